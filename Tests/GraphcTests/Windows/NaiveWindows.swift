// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Whole numbers in a shape: what is summed in any order is exact.
struct Grid: Equatable {
  var shape: [Int]
  var numbers: [Double]

  init(_ shape: [Int], _ number: (Int) -> Double) {
    self.shape = shape
    numbers = (0..<shape.reduce(1, *)).map(number)
  }

  init(_ shape: [Int], seed: Int = 1) {
    self.init(shape) { index in Double((index * 37 + seed * 11) % 17 - 8) }
  }

  subscript(point: [Int]) -> Double {
    get { numbers[offset(point)] }
    set { numbers[offset(point)] = newValue }
  }

  private func offset(_ point: [Int]) -> Int { zip(point, shape).reduce(0) { $0 * $1.1 + $1.0 } }

  /// All points of a shape in row-major order.
  static func points(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { points, extent in points.flatMap { point in (0..<extent).map { point + [$0] } } }
  }
}

/// Windows as the definitions have them: one sum at a time, asking of each element whether it is there.
enum Naive {
  struct Geometry {
    var sizes: [Int]
    var strides: [Int]
    var dilations: [Int]
    var low: [Int]
    var high: [Int]

    func count(_ axis: Int, of extent: Int) -> Int {
      (extent + low[axis] + high[axis] - (sizes[axis] - 1) * dilations[axis] - 1) / strides[axis] + 1
    }
  }

  /// `[N, spatial…, C]` with a filter `[spatial…, C / groups, O]`.
  static func convolution(_ x: Grid, _ filter: Grid, _ g: Geometry, groups: Int) -> Grid {
    let spatial = g.sizes.indices
    let extents = spatial.map { x.shape[$0 + 1] }
    let counts = spatial.map { g.count($0, of: extents[$0]) }
    let (inputs, outputs) = (filter.shape[g.sizes.count], filter.shape[g.sizes.count + 1])
    var result = Grid([x.shape[0]] + counts + [outputs]) { _ in 0 }
    for point in Grid.points(result.shape) {
      let output = point[point.count - 1]
      let group = output / (outputs / groups)
      for element in Grid.points(g.sizes) {
        let place = spatial.map {
          point[$0 + 1] * g.strides[$0] + element[$0] * g.dilations[$0] - g.low[$0]
        }
        guard zip(place, extents).allSatisfy({ 0 <= $0 && $0 < $1 }) else { continue }
        for input in 0..<inputs {
          result[point] +=
            x[[point[0]] + place + [group * inputs + input]] * filter[element + [input, output]]
        }
      }
    }
    return result
  }

  /// The adjoint in `x` of the convolution of `[N, spatial…, O]` that has `g`: `[N, spatial…, C]` with a filter
  /// `[spatial…, O / groups, C]` to a result of the given extents.
  static func transposedConvolution(
    _ x: Grid, _ filter: Grid, _ g: Geometry, groups: Int, extents: [Int]
  ) -> Grid {
    let spatial = g.sizes.indices
    let (outputs, inputs) = (filter.shape[g.sizes.count], filter.shape[g.sizes.count + 1])
    var result = Grid([x.shape[0]] + extents + [outputs * groups]) { _ in 0 }
    for point in Grid.points(x.shape) {
      let input = point[point.count - 1]
      let group = input / (inputs / groups)
      for element in Grid.points(g.sizes) {
        let place = spatial.map {
          point[$0 + 1] * g.strides[$0] + element[$0] * g.dilations[$0] - g.low[$0]
        }
        guard zip(place, extents).allSatisfy({ 0 <= $0 && $0 < $1 }) else { continue }
        for output in 0..<outputs {
          result[[point[0]] + place + [group * outputs + output]] +=
            x[point] * filter[element + [output, input]]
        }
      }
    }
    return result
  }

  /// What `reduce` makes of the elements of each window that are there, with their places.
  static func pool(
    _ x: Grid, _ g: Geometry, counts: [Int]? = nil, _ reduce: ([(value: Double, place: [Int])]) -> Double
  ) -> Grid {
    let spatial = g.sizes.indices
    let extents = spatial.map { x.shape[$0 + 1] }
    let counts = counts ?? spatial.map { g.count($0, of: extents[$0]) }
    var result = Grid([x.shape[0]] + counts + [x.shape[x.shape.count - 1]]) { _ in 0 }
    for point in Grid.points(result.shape) {
      let elements = Grid.points(g.sizes).compactMap { element -> (value: Double, place: [Int])? in
        let place = spatial.map {
          point[$0 + 1] * g.strides[$0] + element[$0] * g.dilations[$0] - g.low[$0]
        }
        guard zip(place, extents).allSatisfy({ 0 <= $0 && $0 < $1 }) else { return nil }
        return (x[[point[0]] + place + [point[point.count - 1]]], place)
      }
      result[point] = reduce(elements)
    }
    return result
  }
}
