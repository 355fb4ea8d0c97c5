// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// Angles and hyperbolic functions. Integers and `bool` become `float32`.

/// The angle in [−π/2, π/2] whose sine is x; NaN beyond ±1.
public func asin(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.asin, x, at: CallSite("asin", fileID, line))
}

/// The angle in [0, π] whose cosine is x; NaN beyond ±1.
public func acos(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.acos, x, at: CallSite("acos", fileID, line))
}

/// The angle in [−π/2, π/2] whose tangent is x.
public func atan(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.atan, x, at: CallSite("atan", fileID, line))
}

/// The angle of the point (x, y) with the x-axis, in [−π, π], as in C: that of (0, 0) is 0, and −0 counts as negative.
///
/// Both derivatives are 0 at (0, 0).
public func atan2(
  _ y: some TensorConvertible, _ x: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.atan2, y, x, at: CallSite("atan2", fileID, line))
}

/// The angle of the point (x, y) with the x-axis, in [−π, π], as in C: that of (0, 0) is 0, and −0 counts as negative.
///
/// Both derivatives are 0 at (0, 0).
public func atan2(
  _ y: some ConstantOperand, _ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.atan2, y, x, at: CallSite("atan2", fileID, line))
}

/// The hyperbolic sine.
public func sinh(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.sinh, x, at: CallSite("sinh", fileID, line))
}

/// The hyperbolic cosine.
public func cosh(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.cosh, x, at: CallSite("cosh", fileID, line))
}

/// The inverse of the hyperbolic sine.
public func asinh(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.asinh, x, at: CallSite("asinh", fileID, line))
}

/// The inverse of the hyperbolic cosine from 0 up; NaN below 1.
public func acosh(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.acosh, x, at: CallSite("acosh", fileID, line))
}

/// The inverse of the hyperbolic tangent: ±∞ at ±1, NaN beyond.
public func atanh(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.atanh, x, at: CallSite("atanh", fileID, line))
}

/// An angle in degrees as one in radians.
public func deg2rad(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  CallSite("deg2rad", fileID, line).composing { x.tensor * (Double.pi / 180) }
}

/// An angle in radians as one in degrees.
public func rad2deg(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  CallSite("rad2deg", fileID, line).composing { x.tensor * (180 / Double.pi) }
}

/// sin(πx) / (πx), which is 1 at 0. Its derivatives of all orders are accurate there too: near 0 it is a power series.
public func sinc(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  CallSite("sinc", fileID, line).composing {
    let angle = x.tensor * Double.pi
    let isSmall = abs(angle) .< 0.5
    let square = angle * angle
    // Σ (−1)^k angle^(2k) / (2k + 1)!
    var coefficients = [1.0]
    for k in 1...7 { coefficients.append(-coefficients[k - 1] / Double(2 * k * (2 * k + 1))) }
    var series = square * coefficients[7] + coefficients[6]
    for coefficient in coefficients[..<6].reversed() { series = series * square + coefficient }
    let safe = select(isSmall, 1, angle)
    return select(isSmall, series, sin(safe) / safe)
  }
}
