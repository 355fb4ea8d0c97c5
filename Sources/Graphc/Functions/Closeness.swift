// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Where x is near a reference: |x − y| ≤ `absolute` + `relative` · |y|, as in NumPy and PyTorch. Equal infinities are
/// near, an infinity and anything else are not. Integers are held against each other as `float32`, but for equality.
///
/// - Parameter nanEqual: whether NaN is near NaN.
public func isClose(
  _ x: some TensorConvertible, _ reference: some TensorOperand, relative: Double = 1e-5,
  absolute: Double = 1e-8, nanEqual: Bool = false, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("isClose", fileID, line).composing {
    let whole = promoted([x, reference], .arithmetic, in: x.tensor.graph)
    let operands = promoted(whole, .floating, in: x.tensor.graph)
    let (x, y) = (operands[0], operands[1])
    let isNear = (abs(x - y) .<= absolute + relative * abs(y)) .& isFinite(y)
    let result = (whole[0] .== whole[1]) .| isNear
    return nanEqual ? result .| (isNaN(x) .& isNaN(y)) : result
  }
}

/// x · 2ⁿ, without overflow on the way where the result has none, and exact where it is no subnormal number. Integers
/// become `float32`.
public func ldexp(
  _ x: some TensorConvertible, _ exponent: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("ldexp", fileID, line).composing {
    let operands = promoted([x, exponent], .floating, in: x.tensor.graph)
    // In three steps, since 2ⁿ and its root may be beyond the range; the last one has the derivative of all.
    let third = stopGradient(trunc(operands[1] / 3))
    let power = exp2(third)
    return operands[0] * power * power * exp2(operands[1] - (third + third))
  }
}
