// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  static let resizing: [String: Build] = [
    "Resize": single(resize),
    "Upsample": single { call in
      let x = try call.input(0)
      guard let scales = try call.reals("scales") ?? call.optionalArray(1)?.doubles else {
        throw FixtureError("Upsample lacks its scales")
      }
      return Graphc.resize(
        x, axes: Array(0..<x.rank), scales: scales,
        mode: call.text("mode", "nearest") == "nearest" ? .nearest(.down) : .linear, coordinates: .asymmetric)
    },
  ]

  private static func resize(_ call: ONNXCall) throws -> Tensor {
    let x = try call.input(0)
    let axes = try call.integers("axes")?.map { try call.axis($0, rank: x.rank) } ?? Array(0..<x.rank)
    // An empty tensor stands for one that is left out.
    let scales = try call.optionalArray(2).flatMap { $0.count == 0 ? nil : $0.doubles }
    let sizes = try call.optionalIntegers(3).flatMap { $0.isEmpty ? nil : $0 }
    let policies: [String: AspectRatio] = ["not_larger": .notLarger, "not_smaller": .notSmaller]
    return Graphc.resize(
      x, axes: axes, to: sizes, scales: scales, mode: try mode(call),
      coordinates: try coordinates(call, axes.count), antialias: call.flag("antialias"),
      excludesOutside: call.flag("exclude_outside"),
      aspectRatio: policies[call.text("keep_aspect_ratio_policy", "stretch")] ?? .stretched)
  }

  private static func mode(_ call: ONNXCall) throws -> ResizeMode {
    switch call.text("mode", "nearest") {
    case "linear": return .linear
    case "cubic": return .cubic(coefficient: call.real("cubic_coeff_a", -0.75))
    default:
      switch call.text("nearest_mode", "round_prefer_floor") {
      case "round_prefer_ceil": return .nearest(.halfUp)
      case "floor": return .nearest(.down)
      case "ceil": return .nearest(.up)
      default: return .nearest(.halfDown)
      }
    }
  }

  private static func coordinates(_ call: ONNXCall, _ count: Int) throws -> ResizeCoordinates {
    switch call.text("coordinate_transformation_mode", "half_pixel") {
    case "half_pixel": return .halfPixel
    case "half_pixel_symmetric": return .halfPixelSymmetric
    case "pytorch_half_pixel": return .halfPixelOrFirst
    case "align_corners": return .alignCorners
    case "asymmetric": return .asymmetric
    case "tf_half_pixel_for_nn": return .halfPixelForNearest
    case "tf_crop_and_resize":
      let part = try call.array(1).doubles
      return .crop(
        (0..<count).map { (part[$0], part[count + $0]) }, outside: call.real("extrapolation_value", 0))
    case let name: throw NotCovered("the coordinates \(name) of Resize")
    }
  }
}
