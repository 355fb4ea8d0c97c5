// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// 1 where the last, new axis has the index's value, else 0; all 0 for an index outside `0 ..< depth`.
///
/// - Parameter indices: integers, `[…]`.
/// - Returns: `[…, depth]`.
public func oneHot(
  _ indices: some TensorConvertible, depth: Int, dtype: DType = .float32, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("oneHot", fileID, line).composing {
    let indices = indices.tensor
    let positions = build([indices], at: .inner, in: indices.graph) { state, terms throws(BuildError) in
      let type = try state.type(of: state.value(terms[0]))
      if !type.dtype.isInteger { throw BuildError("oneHot.indices", "takes integers, got \(type)") }
      if depth < 0 { throw BuildError("oneHot.depth", "a depth of \(depth) is negative") }
      return try state.append(.iota(IotaOp(type: TensorType(.int32, Shape([depth])), axis: 0)))
    }
    return (indices.expandingDims(at: -1) .== positions).converted(to: dtype)
  }
}
