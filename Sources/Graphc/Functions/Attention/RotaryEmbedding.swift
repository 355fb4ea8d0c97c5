// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Pairs of features turned by angles, as positions in a sequence give them (Su and others, RoFormer, 2021).
///
/// - Parameters:
///   - x: `[…, n]`, n even.
///   - cosines: of the angles, `[…, n / 2]`, broadcast.
///   - sines: likewise.
///   - isInterleaved: whether feature 2·i is paired with 2·i + 1; otherwise i with i + n / 2.
public func rotaryEmbedding(
  _ x: some TensorConvertible, cosines: some TensorConvertible, sines: some TensorConvertible,
  isInterleaved: Bool = false, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("rotaryEmbedding", fileID, line).composing {
    let x = floating(x)
    let (cosine, sine) = (cosines.tensor, sines.tensor)
    let halves: [Tensor]
    if isInterleaved {
      let pairs = x.reshaped(to: (0..<Swift.max(x.rank - 1, 0)).map(x.shape.extent) + [-1, 2])
      halves = unstack(pairs, axis: -1)
    } else {
      halves = split(x, into: 2, axis: -1)
    }
    if halves.count != 2 { return halves[0] }
    let real = cosine * halves[0] - sine * halves[1]
    let imaginary = sine * halves[0] + cosine * halves[1]
    if !isInterleaved { return concatenate([real, imaginary], axis: -1) }
    return stack([real, imaginary], axis: -1).flattened(fromAxis: -2)
  }
}
