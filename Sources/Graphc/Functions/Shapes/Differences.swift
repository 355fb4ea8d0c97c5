// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension TensorConvertible {
  /// Each element less the one before it along an axis, which becomes shorter by one; `order` times over (NumPy's `diff`).
  public func differences(
    order: Int = 1, axis: Int = -1, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    CallSite("differences", fileID, line).composing {
      var result = checked([self]) { state, values throws(BuildError) in
        _ = try state.axis(axis, of: values[0])
        if !(0...1 << 10).contains(order) {
          throw BuildError("differences.order", "there are no differences of order \(order)")
        }
      }
      for _ in 0..<(result.isValid ? order : 0) {
        let later = result.sliced(axis: axis, from: 1)
        result = later.isValid ? later - result.sliced(axis: axis, from: 0, to: -1) : later
      }
      return result
    }
  }
}
