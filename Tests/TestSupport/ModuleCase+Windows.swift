// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension ModuleCase {
  private static func geometry(
    _ axes: [Int], _ sizes: [Int], _ strides: [Int], _ dilations: [Int]
  ) -> WindowGeometry {
    WindowGeometry(axes: axes, sizes: sizes, strides: strides, dilations: dilations)
  }

  /// With the extents along their axes: overlapping and apart, dilated by less, more and a multiple of the stride, short
  /// of the end, of one element.
  private static let geometries: [(WindowGeometry, [Int])] = [
    (geometry([1], [3], [1], [1]), [9]), (geometry([1], [3], [2], [1]), [9]),
    (geometry([1], [2], [3], [1]), [13]), (geometry([1], [3], [1], [2]), [8]),
    (geometry([1], [3], [2], [2]), [11]), (geometry([1], [4], [2], [3]), [15]),
    (geometry([1], [3], [3], [2]), [14]), (geometry([1], [1], [4], [9]), [6]),
    (geometry([1], [5], [1 << 30], [1]), [7]), (geometry([1], [1], [1], [1 << 30]), [3]),
    (geometry([1, 2], [3, 2], [1, 1], [1, 1]), [5, 6]),
    (geometry([1, 2], [3, 3], [2, 2], [1, 1]), [7, 8]),
    (geometry([2, 1], [2, 3], [2, 1], [1, 2]), [9, 7]), (geometry([2], [2], [2], [1]), [5]),
    (geometry([0, 2], [2, 2], [1, 2], [1, 1]), [3, 36]), (geometry([], [], [], []), []),
  ]

  private static func shape(_ geometry: WindowGeometry, _ extents: [Int]) -> [Int] {
    var shape = [2, 4, 3]
    for (axis, extent) in zip(geometry.axes, extents) { shape[axis] = extent }
    return shape
  }

  static func windowCases() throws -> [ModuleCase] {
    try dtypes.map { dtype in
      try ModuleCase("window \(dtype)") { inputs in
        let b = inputs.builder
        return try geometries.flatMap { geometry, extents -> [Value] in
          let window = Op.window(WindowOp(geometry))
          let x = inputs.parameter(dtype, shape(geometry, extents))
          let other = inputs.parameter(dtype, shape(geometry, extents))
          let computed = try b.select(b.apply(.equal, x, other), other, x)
          let direct = try b.append(window, [x])
          // Consumed in place and turned, and behind another view.
          let turned = try b.transpose(
            b.append(window, [computed]), b.type(of: direct).shape.dims.indices.reversed())
          let reversed = try b.append(window, [b.append(.reverse(ReverseOp(axes: [1, 2])), [x])])
          return [direct, try b.apply(.equal, turned, turned), reversed]
        }
      }
    }
  }

  static func foldCases() throws -> [ModuleCase] {
    try numericTypes.map { dtype in
      try ModuleCase("fold \(dtype)") { inputs in
        let b = inputs.builder
        var results = try geometries.flatMap { geometry, extents -> [Value] in
          var windows = shape(geometry, extents)
          for (position, axis) in geometry.axes.enumerated() {
            windows[axis] = geometry.count(position, in: extents[position]) ?? 0
          }
          let x = inputs.parameter(dtype, windows + geometry.sizes)
          let exact = Op.fold(FoldOp(geometry, extents: extents))
          let least = Op.fold(FoldOp(geometry, extents: extents.map { _ in nil }))
          // Of an expression that is not 0 where its operands are, of one behind views, and of a division.
          let computed = try b.add(x, b.full(1, like: x))
          let order = Array(b.type(of: x).shape.dims.indices.reversed())
          let turned = try b.transpose(b.negate(b.transpose(x, order)), order)
          let divided = try b.divide(x, inputs.parameter(dtype, windows + geometry.sizes, .nonzero))
          return [
            try b.append(exact, [x]), try b.append(least, [computed]), try b.append(exact, [turned]),
            try b.append(exact, [divided]),
          ]
        }
        // Of a broadcast value, more positions than a chunk has, no windows, no batch.
        let wide = geometry([1], [300], [1], [1])
        let x = inputs.parameter(dtype, [2, 5])
        let spread = try b.broadcast(x, to: [2, 5, 300], axes: [0, 1])
        results.append(try b.append(.fold(FoldOp(wide, extents: [304])), [spread]))
        let plane = geometry([0, 1], [17, 19], [1, 1], [1, 1])
        let y = inputs.parameter(dtype, [3, 2, 17, 19])
        results.append(try b.append(.fold(FoldOp(plane, extents: [nil, nil])), [y]))
        let none = inputs.parameter(dtype, [2, 0, 3])
        let short = geometry([1], [3], [1], [1])
        results.append(try b.append(.fold(FoldOp(short, extents: [2])), [none]))
        results.append(
          try b.append(.fold(FoldOp(short, extents: [nil])), [inputs.parameter(dtype, [0, 4, 3])]))
        return results
      }
    }
  }
}
