// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// x / (`bias` + `alpha` / size · s)^`beta`, where s is the sum of x² over `size` neighbouring channels (Krizhevsky and
/// others, 2012).
///
/// - Parameters:
///   - size: how many channels count, the one itself in their middle. TensorFlow's depth radius r is a size of 2·r + 1,
///     and its alpha is not divided by it.
///   - axis: that of the channels.
///   - leansForward: where the size is even, whether the one channel more is after the middle (ONNX) or before (PyTorch).
public func localResponseNormalization(
  _ x: some TensorConvertible, size: Int, alpha: Double = 1e-4, beta: Double = 0.75, bias: Double = 1,
  axis: Int = -1, leansForward: Bool = false, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("localResponseNormalization", fileID, line).composing {
    let x = floating(x)
    let squares = build([square(x)], at: .inner, in: x.graph) { state, terms throws(BuildError) in
      let value = try state.value(terms[0])
      if !(1..<1 << 12).contains(size) {
        throw BuildError("window.size", "a window of \(size) channels is out of range")
      }
      let (short, long) = ((size - 1) / 2, size / 2)
      return try state.neighbourSum(
        value, state.axis(axis, of: value), before: leansForward ? short : long,
        after: leansForward ? long : short)
    }
    return x / pow(bias + alpha / Double(Swift.max(size, 1)) * squares, beta)
  }
}

extension GraphState {
  /// For each place along an axis the sum over some places before it, itself, and some after it.
  fileprivate mutating func neighbourSum(
    _ operand: Value, _ axis: Int, before: Int, after: Int
  ) throws(BuildError) -> Value {
    let type = type(of: operand)
    guard let extent = type.shape[axis].value else {
      throw BuildError("window.extent", "axis \(axis) of \(type) must have a known extent")
    }
    var (low, high) = ([Int](repeating: 0, count: type.rank), [Int](repeating: 0, count: type.rank))
    (low[axis], high[axis]) = (before, after)
    let pad = PadOp(low: low, high: high, interior: low.map { _ in 0 })
    let padded = try append(.pad(pad), [operand, constant(.integer(0), as: type.dtype)])
    var sum = try sliced(padded, axis: axis, from: 0, to: extent)
    for shift in 0..<before + after {
      sum = try pointwise(.add, sum, sliced(padded, axis: axis, from: shift + 1, to: shift + 1 + extent))
    }
    return sum
  }
}
