// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  /// Borders and resampling.
  static let resizing: [String: Writer] = [
    "nn.functional.pad": { call in
      let x = try call.tensor(0)
      var widths = Array(repeating: (low: 0, high: 0), count: x.rank)
      // Pairs from the last axis on.
      let pads = try call.integers(1, "pad") ?? []
      for pair in 0..<pads.count / 2 { widths[x.rank - 1 - pair] = (pads[2 * pair], pads[2 * pair + 1]) }
      switch try call.string(2, "mode") ?? "constant" {
      case "constant": return [x.padded(widths, mode: .constant(try call.number(3, "value", default: 0)))]
      case "reflect": return [x.padded(widths, mode: .reflect)]
      case "replicate": return [x.padded(widths, mode: .edge)]
      case "circular": return [x.padded(widths, mode: .circular)]
      case let mode: throw NotCovered("the border \(mode)")
      }
    },
    "nn.functional.interpolate": interpolate,
    "nn.functional.upsample_bilinear": interpolate, "nn.functional.upsample_nearest": interpolate,
  ]

  @Sendable private static func interpolate(_ call: OpInfoCall) throws -> [Tensor] {
    let x = try call.tensor(0)
    let axes = Array(2..<x.rank)
    let areCorners = try call.bool(4, "align_corners", default: call.op.hasSuffix("upsample_bilinear"))
    var sizes = try call.integers(1, "size").map { given in
      given.count == 1 ? axes.map { _ in given[0] } : given
    }
    var scales: [Double]?
    if sizes == nil {
      let given = try call.numbers(2, "scale_factor") ?? [1]
      let factors = given.count == 1 ? axes.map { _ in given[0] } : given
      sizes = zip(axes, factors).map { Int((Double(x.extents[$0]) * $1).rounded(.down)) }
      // Places are computed with the factor as it was given, unless it is asked for otherwise.
      if try !call.bool(5, "recompute_scale_factor") { scales = factors }
    }
    let mode: ResizeMode
    var coordinates: ResizeCoordinates = .halfPixel
    switch try call.string(3, "mode") ?? (call.op.hasSuffix("upsample_bilinear") ? "bilinear" : "nearest") {
    case "nearest": (mode, coordinates) = (.nearest(.down), .asymmetric)
    case "nearest-exact": mode = .nearest(.halfUp)
    case "area": mode = .area
    case "bicubic": mode = .cubic
    case "linear", "bilinear", "trilinear": mode = .linear
    case let name: throw NotCovered("the mode \(name)")
    }
    if areCorners { (coordinates, scales) = (.alignCorners, nil) }
    return [
      resize(
        x, axes: axes, to: sizes, scales: scales, mode: mode, coordinates: coordinates,
        antialias: try call.bool(6, "antialias"))
    ]
  }
}

extension OpInfoCall {
  /// One number or several.
  fileprivate func numbers(_ position: Int?, _ name: String? = nil) throws -> [Double]? {
    guard case .list(let elements)? = argument(position, name) else {
      return try number(position, name).map { [$0] }
    }
    return elements.compactMap {
      switch $0 {
      case .integer(let number): Double(number)
      case .real(let number): number
      default: nil
      }
    }
  }
}
