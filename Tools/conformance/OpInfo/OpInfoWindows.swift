// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  /// What slides over axes: convolutions, pools and windows themselves.
  static let windows: [String: Writer] = [
    "nn.functional.conv1d": convolution(1), "nn.functional.conv2d": convolution(2),
    "nn.functional.conv3d": convolution(3),
    "nn.functional.conv_transpose1d": transposedConvolution(1),
    "nn.functional.conv_transpose2d": transposedConvolution(2),
    "nn.functional.conv_transpose3d": transposedConvolution(3),
    "nn.functional.max_pool1d": maxPool(1), "nn.functional.max_pool2d": maxPool(2),
    "nn.functional.max_pool3d": maxPool(3),
    "nn.functional.avg_pool1d": averagePool(1), "nn.functional.avg_pool2d": averagePool(2),
    "nn.functional.avg_pool3d": averagePool(3),
    "nn.functional.adaptive_avg_pool1d": adaptiveAveragePool(1),
    "nn.functional.adaptive_avg_pool2d": adaptiveAveragePool(2),
    "nn.functional.adaptive_avg_pool3d": adaptiveAveragePool(3),
    "nn.functional.adaptive_max_pool1d": adaptiveMaxPool(1),
    "nn.functional.adaptive_max_pool2d": adaptiveMaxPool(2),
    "nn.functional.adaptive_max_pool3d": adaptiveMaxPool(3),
    "unfold": { call in
      let x = try call.tensor(0)
      let (size, step) = (try call.integer(2, "size", default: 1), try call.integer(3, "step", default: 1))
      // One element has one window.
      if x.rank == 0 { return [x.broadcast(to: [size])] }
      let axis = try call.integer(1, "dimension", default: 0)
      return [Graphc.windows(of: x, axes: [axis], sizes: [size], strides: [step])]
    },
    "nn.functional.unfold": { call in
      let x = try call.tensor(0)
      let pads = try call.integers(3, "padding", count: 2, default: 0)
      let windows = Graphc.windows(
        of: x.padded([(0, 0), (0, 0)] + pads.map { ($0, $0) }, mode: .constant(0)), axes: [2, 3],
        sizes: try call.integers(1, "kernel_size", count: 2, default: 1),
        strides: try call.integers(4, "stride", count: 2, default: 1),
        dilations: try call.integers(2, "dilation", count: 2, default: 1))
      let extents = windows.extents
      let columns = windows.transposed(permutation: [0, 1, 4, 5, 2, 3])
      return [
        columns.reshaped(to: [extents[0], extents[1] * extents[4] * extents[5], extents[2] * extents[3]])
      ]
    },
  ]

  /// A function of `[N, C, spatial…]`, on a tensor that may lack the batch.
  private static func withBatch(
    _ x: Tensor, _ spatial: Int, _ function: (Tensor) throws -> [Tensor]
  ) rethrows -> [Tensor] {
    if x.rank == spatial + 2 { return try function(x) }
    return try function(x.expandingDims(at: 0)).map { $0.squeezing(axes: [0]) }
  }

  private static func explicit(_ pads: [Int]) -> Padding { .explicit(pads.map { ($0, $0) }) }

  // MARK: Convolutions

  private static func withBias(_ call: OpInfoCall, _ y: Tensor, _ spatial: Int) throws -> Tensor {
    guard let bias = try call.optionalTensor(2, "bias") else { return y }
    return y + bias.reshaped(to: [-1] + Array(repeating: 1, count: spatial))
  }

  private static func convolution(_ spatial: Int) -> Writer {
    { call in
      let padding: Padding
      switch call.argument(4, "padding") {
      case .string("same")?: padding = .same
      case .string?: padding = .valid
      default: padding = explicit(try call.integers(4, "padding", count: spatial, default: 0))
      }
      return try withBatch(try call.tensor(0), spatial) { x in
        let y = Graphc.convolution(
          x, try call.tensor(1, "weight"),
          strides: try call.integers(3, "stride", count: spatial, default: 1), padding: padding,
          dilations: try call.integers(5, "dilation", count: spatial, default: 1),
          groups: try call.integer(6, "groups", default: 1), layout: .channelsFirst)
        return [try withBias(call, y, spatial)]
      }
    }
  }

  private static func transposedConvolution(_ spatial: Int) -> Writer {
    { call in
      try withBatch(try call.tensor(0), spatial) { x in
        let y = Graphc.transposedConvolution(
          x, try call.tensor(1, "weight"),
          strides: try call.integers(3, "stride", count: spatial, default: 1),
          padding: explicit(try call.integers(4, "padding", count: spatial, default: 0)),
          outputPadding: try call.integers(5, "output_padding", count: spatial, default: 0),
          dilations: try call.integers(7, "dilation", count: spatial, default: 1),
          groups: try call.integer(6, "groups", default: 1), layout: .channelsFirst)
        return [try withBias(call, y, spatial)]
      }
    }
  }

  // MARK: Pools

  private static func maxPool(_ spatial: Int) -> Writer {
    { call in
      let window = try call.integers(1, "kernel_size", count: spatial, default: 1)
      let strides = try call.integers(2, "stride").map { given in
        given.count == 1 ? Array(repeating: given[0], count: spatial) : given
      }
      let padding = explicit(try call.integers(3, "padding", count: spatial, default: 0))
      let dilations = try call.integers(4, "dilation", count: spatial, default: 1)
      let roundsUp = try call.bool(5, "ceil_mode")
      let wantsIndices = try call.bool(6, "return_indices")
      let x = try call.tensor(0)
      return withBatch(x, spatial) { x in
        if !wantsIndices {
          return [
            Graphc.maxPool(
              x, window: window, strides: strides, padding: padding, dilations: dilations,
              layout: .channelsFirst, roundsUp: roundsUp)
          ]
        }
        let found = maxPoolWithIndices(
          x, window: window, strides: strides, padding: padding, dilations: dilations, layout: .channelsFirst,
          roundsUp: roundsUp)
        return [found.values, found.indices.converted(to: .int64)]
      }
    }
  }

  private static func averagePool(_ spatial: Int) -> Writer {
    { call in
      let window = try call.integers(1, "kernel_size", count: spatial, default: 1)
      let strides = try call.integers(2, "stride").map { given in
        given.count == 1 ? Array(repeating: given[0], count: spatial) : given
      }
      return try withBatch(try call.tensor(0), spatial) { x in
        [
          Graphc.averagePool(
            x, window: window, strides: strides,
            padding: explicit(try call.integers(3, "padding", count: spatial, default: 0)),
            layout: .channelsFirst, roundsUp: try call.bool(4, "ceil_mode"),
            countsPadding: try call.bool(5, "count_include_pad", default: true),
            divisor: try call.integer(6, "divisor_override"))
        ]
      }
    }
  }

  /// Sizes along the spatial axes, nil for one that stays.
  private static func sizes(_ call: OpInfoCall, _ spatial: Int) throws -> [Int?] {
    guard case .list(let elements)? = call.argument(1, "output_size") else {
      return Array(repeating: try call.integer(1, "output_size"), count: spatial)
    }
    return elements.map { if case .integer(let size) = $0 { size } else { nil } }
  }

  private static func adaptiveAveragePool(_ spatial: Int) -> Writer {
    { call in
      try withBatch(try call.tensor(0), spatial) { x in
        [Graphc.adaptiveAveragePool(x, to: try sizes(call, spatial), layout: .channelsFirst)]
      }
    }
  }

  private static func adaptiveMaxPool(_ spatial: Int) -> Writer {
    { call in
      try withBatch(try call.tensor(0), spatial) { x in
        let sizes = try sizes(call, spatial)
        if try !call.bool(2, "return_indices") {
          return [Graphc.adaptiveMaxPool(x, to: sizes, layout: .channelsFirst)]
        }
        let found = adaptiveMaxPoolWithIndices(x, to: sizes, layout: .channelsFirst)
        return [found.values, found.indices.converted(to: .int64)]
      }
    }
  }
}
