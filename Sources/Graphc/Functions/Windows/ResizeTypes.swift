// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// How a resized tensor's elements come from those around their place.
public struct ResizeMode: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case nearest(NearestRounding)
    case linear
    case cubic(coefficient: Double)
    case area
  }
  let kind: Kind

  /// The nearest element; the one before of two that are as near.
  public static let nearest = ResizeMode(kind: .nearest(.halfDown))
  /// One of the two elements around the place.
  public static func nearest(_ rounding: NearestRounding) -> ResizeMode {
    ResizeMode(kind: .nearest(rounding))
  }
  /// Between two elements along each axis: bilinear and trilinear over several.
  public static let linear = ResizeMode(kind: .linear)
  /// Between four elements along each axis, by Keys's cubic with the coefficient −0.75, as in PyTorch and ONNX.
  public static let cubic = ResizeMode(kind: .cubic(coefficient: -0.75))
  /// Keys's cubic with another coefficient; −0.5 is Catmull and Rom's spline, which TensorFlow and Pillow take.
  public static func cubic(coefficient: Double) -> ResizeMode {
    ResizeMode(kind: .cubic(coefficient: coefficient))
  }
  /// The mean of what an element covers: PyTorch's `area`, an adaptive average.
  public static let area = ResizeMode(kind: .area)
}

/// Which of two neighbours is the nearest.
public enum NearestRounding: Hashable, Sendable {
  /// The one before: ONNX's `floor`, PyTorch's `nearest`.
  case down
  /// The one after: ONNX's `ceil`.
  case up
  /// The nearer, of two as near the one before: ONNX's `round_prefer_floor`.
  case halfDown
  /// The nearer, of two as near the one after: ONNX's `round_prefer_ceil`, PyTorch's `nearest-exact`.
  case halfUp
}

/// Which place of `x` an element of the result stands for; ONNX's names are in parentheses.
///
/// `o` is the element's index, `scale` the result's extent divided by that of `x`.
public enum ResizeCoordinates: Sendable {
  /// Elements are areas: (o + ½) / scale − ½ (`half_pixel`). PyTorch with `align_corners` false.
  case halfPixel
  /// The same about the middle, where a scale of its own gives no whole extent (`half_pixel_symmetric`).
  case halfPixelSymmetric
  /// `halfPixel`, and the first element where there is but one (`pytorch_half_pixel`).
  case halfPixelOrFirst
  /// Elements are points, the outermost on one another: o · (extent of `x` − 1) / (extent − 1) (`align_corners`).
  case alignCorners
  /// o / scale (`asymmetric`).
  case asymmetric
  /// (o + ½) / scale (`tf_half_pixel_for_nn`).
  case halfPixelForNearest
  /// A part of `x` of which 0 is the first element and 1 the last, for each axis; what lies outside of `x` gets a number
  /// (`tf_crop_and_resize`).
  case crop([(start: Double, end: Double)], outside: Double)
}

/// What becomes of sizes whose ratios differ from axis to axis.
public enum AspectRatio: Hashable, Sendable {
  /// Each axis has a scale of its own.
  case stretched
  /// All axes have the least scale, so that none becomes larger than asked for.
  case notLarger
  /// All axes have the greatest scale, so that none becomes smaller than asked for.
  case notSmaller
}
