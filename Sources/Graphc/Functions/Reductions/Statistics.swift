// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension TensorConvertible {
  /// The squared distances from the mean, summed and divided by their number less `correction` (but at least 0): 0 gives
  /// the variance of a population, 1 the estimate from a sample. The mean is computed first, so that nothing cancels.
  public func variance(
    axes: [Int]? = nil, keepDims: Bool = false, correction: Double = 0, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    CallSite("variance", fileID, line).composing {
      let x = floating(self)
      return x.variance(axes, around: x.mean(axes: axes, keepDims: true), keepDims, correction)
    }
  }

  /// The variance and the mean; see `variance`.
  public func varianceAndMean(
    axes: [Int]? = nil, keepDims: Bool = false, correction: Double = 0, fileID: String = #fileID,
    line: Int = #line
  ) -> (variance: Tensor, mean: Tensor) {
    CallSite("varianceAndMean", fileID, line).composing {
      let x = floating(self)
      let mean = x.mean(axes: axes, keepDims: true)
      let variance = x.variance(axes, around: mean, keepDims, correction)
      return (variance, keepDims ? mean : mean.squeezing(axes: axes ?? Array(0..<x.rank)))
    }
  }

  /// The square root of the variance. Its gradient is 0 where the variance is.
  public func standardDeviation(
    axes: [Int]? = nil, keepDims: Bool = false, correction: Double = 0, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    CallSite("standardDeviation", fileID, line).composing {
      flatRoot(variance(axes: axes, keepDims: keepDims, correction: correction))
    }
  }

  /// The number of elements that are not zero; `i32`.
  public func countNonzero(
    axes: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    CallSite("countNonzero", fileID, line).composing {
      converted(to: .bool).sum(axes: axes, keepDims: keepDims)
    }
  }

  /// The sum of what is not NaN.
  public func nanSum(
    axes: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    CallSite("nanSum", fileID, line).composing {
      select(tensor .== tensor, tensor, 0).sum(axes: axes, keepDims: keepDims)
    }
  }

  /// The mean of what is not NaN; NaN where nothing is.
  public func nanMean(
    axes: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    CallSite("nanMean", fileID, line).composing {
      let x = floating(self)
      let isNumber = x .== x
      let count = isNumber.sum(axes: axes, keepDims: keepDims).converted(to: x.dtype)
      return select(isNumber, x, 0).sum(axes: axes, keepDims: keepDims) / count
    }
  }
}

extension Tensor {
  fileprivate func variance(
    _ axes: [Int]?, around mean: Tensor, _ keepDims: Bool, _ correction: Double
  ) -> Tensor {
    let squares = square(self - mean)
    if correction == 0 { return squares.mean(axes: axes, keepDims: keepDims) }
    let count = elementCount(of: self, axes: axes)
    return squares.sum(axes: axes, keepDims: keepDims) / maximum(count - correction, 0)
  }
}
