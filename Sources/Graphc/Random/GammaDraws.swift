// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Graph {
  /// Numbers of the gamma distribution of a shape parameter and a rate: of mean concentration / rate.
  ///
  /// Each is the first that is accepted of six proposals by Marsaglia and Tsang (2000, "A simple method for generating
  /// gamma variables"), and what they propose in the middle, where all are refused, as happens to one number in 10⁸ at
  /// most. A concentration below 1 is raised by 1, and the number multiplied by u^(1/concentration) for a uniform u.
  public func randomGamma(
    _ shape: [Extent], concentration: Double, rate: Double = 1, dtype: DType = .float32,
    fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    let site = CallSite("randomGamma", fileID, line)
    return draw(shape, dtype, at: site) { state, bits throws(BuildError) in
      if !(rate > 0 && rate.isFinite) { throw BuildError("random.rate", "the rate \(rate) is not positive") }
      if !(concentration > 0 && concentration.isFinite) {
        throw BuildError("random.concentration", "the concentration \(concentration) is not positive")
      }
      let a = try state.full(.real(concentration), dtype == .float64 ? .float64 : .float32, bits.row)
      return try state.scaled(state.gamma(a, bits, dtype), by: 1 / rate)
    }
  }

  @_disfavoredOverload
  public func randomGamma(
    _ shape: some ShapeConvertible, concentration: Double, rate: Double = 1, dtype: DType = .float32,
    fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    randomGamma(
      shape.extentList, concentration: concentration, rate: rate, dtype: dtype, fileID: fileID, line: line)
  }

  /// Numbers of gamma distributions of rate 1, one for each shape parameter of a tensor. NaN for one that is not
  /// positive. No gradient flows to the parameters.
  public func randomGamma(
    concentration: some TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    build([concentration], at: CallSite("randomGamma", fileID, line)) { state, terms throws(BuildError) in
      let concentration = try state.promoted(terms, .floating)[0]
      let type = state.type(of: concentration)
      let bits = try state.draw(type.shape)
      let precise = try state.converted(concentration, to: type.dtype == .float64 ? .float64 : .float32)
      let a = try state.append(
        .stopGradient(StopGradientOp()), [state.reshaped(precise, to: bits.row)])
      return try state.finished(state.gamma(a, bits, type.dtype), bits, type.dtype)
    }
  }
}

extension GraphState {
  /// Of a shape parameter for each number, positive.
  fileprivate mutating func gamma(
    _ a: Value, _ bits: RandomBits, _ dtype: DType
  ) throws(BuildError) -> Value {
    let one = try full(1, like: a)
    let isSmall = try pointwise(.less, a, one)
    let raised = try pointwise(.select, isSmall, pointwise(.add, a, one), a)
    let d = try pointwise(.subtract, raised, full(1.0 / 3, like: a))
    let c = try pointwise(.divide, one, pointwise(.sqrt, scaled(d, by: 9)))
    var factor = one
    // The first that is accepted counts, and therefore comes last.
    for _ in 0..<6 {
      let (v, isAccepted) = try proposal(c, d, draw(bits.shape), draw(bits.shape), dtype)
      factor = try pointwise(.select, isAccepted, v, factor)
    }
    let number = try pointwise(.multiply, d, factor)
    // u^(1/a), for u in (0, 1].
    let share = try pointwise(.divide, exponential(bits, dtype), a)
    let power = try pointwise(.exp, pointwise(.negate, share))
    let result = try pointwise(.select, isSmall, pointwise(.multiply, number, power), number)
    let isPositive = try pointwise(.greater, a, full(0, like: a))
    return try pointwise(.select, isPositive, result, full(.nan, like: a))
  }

  /// (1 + c·z)³ for a standard normal z, and whether it is accepted.
  private mutating func proposal(
    _ c: Value, _ d: Value, _ first: RandomBits, _ second: RandomBits, _ dtype: DType
  ) throws(BuildError) -> (v: Value, isAccepted: Value) {
    let z = try normal(first, dtype)
    let one = try full(1, like: c)
    let root = try pointwise(.add, one, pointwise(.multiply, c, z))
    let v = try pointwise(.multiply, root, pointwise(.multiply, root, root))
    let zero = try full(0, like: c)
    let isPositive = try pointwise(.greater, root, zero)
    let logarithm = try pointwise(.log, pointwise(.select, isPositive, v, one))
    // −log u < ... is z²/2 + d·(1 − v + log v) > log u, for an exponential −log u.
    let energy = try pointwise(.multiply, full(0.5, like: c), pointwise(.multiply, z, z))
    let rest = try pointwise(.add, pointwise(.subtract, one, v), logarithm)
    let bound = try pointwise(.add, energy, pointwise(.multiply, d, rest))
    let isBelow = try pointwise(.less, pointwise(.negate, exponential(second, dtype)), bound)
    return (v, try pointwise(.and, isPositive, isBelow))
  }
}
