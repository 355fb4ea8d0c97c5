// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension TensorConvertible {
  /// The p-norm of the elements along some axes, (Σ |x|ᵖ)^(1/p): for any p, the greatest and least magnitude for ±∞, and
  /// for 0 the number of elements that are not zero.
  ///
  /// Where it has no derivative, the gradient is the one that PyTorch takes: 0 for a norm of 0 and for elements that are 0,
  /// shared evenly between the extremes of ±∞. With p = 0 no gradient flows.
  public func norm(
    p: Double = 2, axes: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    CallSite("norm", fileID, line).composing {
      let x = checkedPower(p, floating(self))
      switch p {
      case .infinity: return abs(x).max(axes: axes, keepDims: keepDims)
      case -.infinity: return abs(x).min(axes: axes, keepDims: keepDims)
      case 0: return (x .!= 0).converted(to: x.dtype).sum(axes: axes, keepDims: keepDims)
      case 1: return abs(x).sum(axes: axes, keepDims: keepDims)
      case 2: return flatRoot(square(x).sum(axes: axes, keepDims: keepDims))
      default: break
      }
      return flatRoot(powers(of: x, p).sum(axes: axes, keepDims: keepDims), p)
    }
  }
}

private func checkedPower(_ p: Double, _ x: Tensor) -> Tensor {
  checked([x]) { _, _ throws(BuildError) in
    if p.isNaN { throw BuildError("norm.power", "there is no norm of power \(p)") }
  }
}

/// |x|ᵖ for a p that is neither 0 nor infinite; where it has no derivative, that of 0 is 0.
func powers(of x: Tensor, _ p: Double) -> Tensor {
  // Even powers are smooth everywhere.
  if p > 0, p.truncatingRemainder(dividingBy: 2) == 0 { return pow(x, p) }
  let size = abs(x)
  let isZero = size .== 0
  return select(isZero, p < 0 ? Double.infinity : 0, pow(select(isZero, 1, size), p))
}
