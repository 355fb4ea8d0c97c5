// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// In which order the channels of an image hold the pixels of a block.
public enum DepthOrder: Hashable, Sendable {
  /// Depth, column, row: the place in the block first, then the channel (TensorFlow, ONNX's default).
  case dcr
  /// Column, row, depth: the channel first, then the place in the block (PyTorch's `pixel_shuffle`).
  case crd
}

/// Channels rearranged into blocks of pixels: with `.channelsLast` `[…, H, W, b²·C]` becomes `[…, b·H, b·W, C]`, with
/// `.channelsFirst` `[…, b²·C, H, W]` becomes `[…, C, b·H, b·W]`.
public func depthToSpace(
  _ x: some TensorConvertible, block: Int, layout: Layout = .channelsLast, mode: DepthOrder = .dcr,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  depthToSpace(x, block, layout, mode, at: CallSite("depthToSpace", fileID, line))
}

/// Blocks of pixels rearranged into channels, the inverse of `depthToSpace`: with `.channelsLast` `[…, b·H, b·W, C]`
/// becomes `[…, H, W, b²·C]`, with `.channelsFirst` `[…, C, b·H, b·W]` becomes `[…, b²·C, H, W]`.
public func spaceToDepth(
  _ x: some TensorConvertible, block: Int, layout: Layout = .channelsLast, mode: DepthOrder = .dcr,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  spaceToDepth(x, block, layout, mode, at: CallSite("spaceToDepth", fileID, line))
}

/// Channels rearranged into pixels as PyTorch's `pixel_shuffle`: `[…, C·r², H, W]` becomes `[…, C, r·H, r·W]`.
public func pixelShuffle(
  _ x: some TensorConvertible, factor: Int, layout: Layout = .channelsFirst, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  depthToSpace(x, factor, layout, .crd, at: CallSite("pixelShuffle", fileID, line))
}

/// Pixels rearranged into channels as PyTorch's `pixel_unshuffle`: `[…, C, r·H, r·W]` becomes `[…, C·r², H, W]`.
public func pixelUnshuffle(
  _ x: some TensorConvertible, factor: Int, layout: Layout = .channelsFirst, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  spaceToDepth(x, factor, layout, .crd, at: CallSite("pixelUnshuffle", fileID, line))
}

private func depthToSpace(
  _ x: some TensorConvertible, _ block: Int, _ layout: Layout, _ mode: DepthOrder, at site: CallSite
) -> Tensor {
  build([x], at: site, in: x.tensor.graph) { state, terms throws(BuildError) in
    let image = try state.image(terms[0], layout, block)
    let (height, width, channels) = (image.dims[0], image.dims[1], image.dims[2])
    guard let depth = channels.divided(by: Dim(block * block)) else {
      throw BuildError(
        "depthToSpace.channels",
        "the channels of \(state.type(of: image.original)), \(channels), are no multiple of \(block)²")
    }
    // From [H, W, C] to [H, row, W, column, depth].
    let place = mode == .dcr ? [Dim(block), Dim(block), depth] : [depth, Dim(block), Dim(block)]
    let split = try state.reshaped(image.value, to: Shape(image.batch + [height, width] + place))
    let order = mode == .dcr ? [0, 2, 1, 3, 4] : [0, 3, 1, 4, 2]
    let mixed = try state.transposed(split, state.trailing(order, behind: image.batch.count))
    let dims = [height * Dim(block), width * Dim(block), depth]
    return try state.restored(state.reshaped(mixed, to: Shape(image.batch + dims)), layout)
  }
}

private func spaceToDepth(
  _ x: some TensorConvertible, _ block: Int, _ layout: Layout, _ mode: DepthOrder, at site: CallSite
) -> Tensor {
  build([x], at: site, in: x.tensor.graph) { state, terms throws(BuildError) in
    let image = try state.image(terms[0], layout, block)
    let channels = image.dims[2]
    guard let height = image.dims[0].divided(by: Dim(block)),
      let width = image.dims[1].divided(by: Dim(block))
    else {
      throw BuildError(
        "spaceToDepth.extent",
        "the height \(image.dims[0]) and width \(image.dims[1]) of \(state.type(of: image.original)) must be "
          + "known multiples of \(block)")
    }
    // From [H, row, W, column, C] to [H, W, …].
    let split = try state.reshaped(
      image.value, to: Shape(image.batch + [height, Dim(block), width, Dim(block), channels]))
    let order = mode == .dcr ? [0, 2, 1, 3, 4] : [0, 2, 4, 1, 3]
    let mixed = try state.transposed(split, state.trailing(order, behind: image.batch.count))
    let dims = [height, width, channels * Dim(block * block)]
    return try state.restored(state.reshaped(mixed, to: Shape(image.batch + dims)), layout)
  }
}

extension GraphState {
  /// A term with its last three axes as height, width and channels.
  fileprivate mutating func image(
    _ term: Term, _ layout: Layout, _ block: Int
  ) throws(BuildError) -> (original: Value, value: Value, batch: [Dim], dims: [Dim]) {
    let original = try value(term)
    let type = type(of: original)
    if type.rank < 3 {
      throw BuildError("image.rank", "takes images with height, width and channels, got \(type)")
    }
    if !(1...1 << 20).contains(block) {
      throw BuildError("image.block", "a block of \(block) by \(block) pixels is out of range")
    }
    let last =
      layout == .channelsLast ? original : try moved(original, [(type.rank - 3, type.rank - 1)])
    let dims = self.type(of: last).shape.dims
    return (original, last, Array(dims.dropLast(3)), Array(dims.suffix(3)))
  }

  /// An image with its channels where the layout has them.
  fileprivate mutating func restored(_ image: Value, _ layout: Layout) throws(BuildError) -> Value {
    let rank = type(of: image).rank
    return layout == .channelsLast ? image : try moved(image, [(rank - 1, rank - 3)])
  }

  /// A permutation of the axes behind the first few.
  fileprivate func trailing(_ order: [Int], behind count: Int) -> [Int] {
    Array(0..<count) + order.map { count + $0 }
  }
}
