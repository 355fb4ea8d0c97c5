// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The places and weights of one axis that is resized.
struct ResizeAxis {
  let extent: Int
  let count: Int
  /// A scale that was given; nil for the extents' quotient, which is not rounded where it need not be.
  let given: Double?
  let coordinates: ResizeCoordinates
  /// Of a crop: where it starts and ends.
  let region: (start: Double, end: Double)

  /// Elements, which may lie beyond the ends, and what they count for; empty outside of a crop.
  typealias Taps = [(index: Int, weight: Double)]

  var scale: Double { given ?? Double(count) / Double(extent) }
  /// The extent of the result before it was rounded.
  private var length: Double { given.map { $0 * Double(extent) } ?? Double(count) }

  private func unscaled(_ place: Double) -> Double {
    given.map { place / $0 } ?? place * Double(extent) / Double(count)
  }

  /// Where an element's place is in `x`.
  func place(of index: Int) -> Double {
    let (o, last) = (Double(index), Double(extent - 1))
    switch coordinates {
    case .halfPixel: return unscaled(o + 0.5) - 0.5
    case .halfPixelSymmetric:
      return Double(extent) / 2 * (1 - Double(count) / length) + unscaled(o + 0.5) - 0.5
    case .halfPixelOrFirst: return length == 1 ? -0.5 : unscaled(o + 0.5) - 0.5
    case .alignCorners: return length == 1 ? 0 : o * last / (length - 1)
    case .asymmetric: return unscaled(o)
    case .halfPixelForNearest: return unscaled(o + 0.5)
    case .crop:
      let width = (region.end - region.start) * last
      return region.start * last + (length == 1 ? width / 2 : o * width / (length - 1))
    }
  }

  /// Whether a place lies outside of a tensor that is cropped.
  func isOutside(_ place: Double) -> Bool {
    guard case .crop = coordinates else { return false }
    return place < 0 || place > Double(extent - 1)
  }

  func clamped(_ index: Int) -> Int { min(max(index, 0), extent - 1) }

  /// So many results and the elements of `x` for them after which places recur; nil where they do not.
  var period: (results: Int, elements: Int)? {
    switch coordinates {
    case .halfPixel, .asymmetric, .halfPixelForNearest: break
    default: return nil
    }
    if let given, given * Double(extent) != Double(count) { return nil }
    let blocks = GraphState.greatestCommonDivisor(extent, count)
    return (count / blocks, extent / blocks)
  }

  func nearest(_ rounding: NearestRounding) -> [Int] {
    (0..<count).map { index in
      let place = place(of: index)
      switch rounding {
      case .down: return clamped(Int(place.rounded(.down)))
      case .up: return clamped(Int(place.rounded(.up)))
      case .halfDown: return clamped(Int((place - 0.5).rounded(.up)))
      case .halfUp: return clamped(Int((place + 0.5).rounded(.down)))
      }
    }
  }

  /// - Parameters:
  ///   - antialias: whether a smaller result sees all that its elements cover.
  ///   - excludesOutside: whether only what is there counts.
  func taps(_ kind: ResizeMode.Kind, antialias: Bool, excludesOutside: Bool) -> [Taps] {
    let shrink = antialias ? min(scale, 1) : 1
    let reach = (kind == .linear ? 1 : 2) / shrink
    return (0..<count).map { index in
      let place = place(of: index)
      if isOutside(place) { return [] }
      var taps = Taps()
      for neighbour in Int((place - reach).rounded(.down))...Int((place + reach).rounded(.up)) {
        let weight = ResizeAxis.weight(kind, abs(Double(neighbour) - place) * shrink)
        if weight == 0 || excludesOutside && !(0..<extent).contains(neighbour) { continue }
        taps.append((neighbour, weight))
      }
      let total = taps.reduce(0) { $0 + $1.weight }
      return antialias || excludesOutside ? taps.map { ($0.index, $0.weight / total) } : taps
    }
  }

  /// Keys (1981), equation 15 with the coefficient a; a linear one is a hat.
  private static func weight(_ kind: ResizeMode.Kind, _ x: Double) -> Double {
    guard case .cubic(let a) = kind else { return max(1 - x, 0) }
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }
}
