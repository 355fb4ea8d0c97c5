// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Testing

/// What samples are held against. Seeds are fixed, so that a bound that holds once holds always.
enum Statistics {
  /// Kolmogorov and Smirnov's largest distance between the sample's distribution and `law`, times √n: above 1.95 for
  /// one sample of `law` in 1000.
  static func kolmogorovDistance(_ sample: [Double], _ law: (Double) -> Double) -> Double {
    let n = Double(sample.count)
    var distance = 0.0
    for (index, x) in sample.sorted().enumerated() {
      let expected = law(x)
      distance = max(distance, expected - Double(index) / n, Double(index + 1) / n - expected)
    }
    return distance * n.squareRoot()
  }

  /// Pearson's statistic of counts against probabilities.
  static func chiSquare(_ counts: [Int], _ probabilities: [Double]) -> Double {
    let total = Double(counts.reduce(0, +))
    return zip(counts, probabilities).reduce(0) { sum, pair in
      let expected = pair.1 * total
      return sum + (Double(pair.0) - expected) * (Double(pair.0) - expected) / expected
    }
  }

  static func mean(_ sample: [Double]) -> Double { sample.reduce(0, +) / Double(sample.count) }

  static func variance(_ sample: [Double]) -> Double {
    let mean = mean(sample)
    return sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(sample.count)
  }

  /// How often each of 0, 1, … comes up.
  static func counts(_ sample: [Double], classes: Int) -> [Int] {
    sample.reduce(into: [Int](repeating: 0, count: classes)) { $0[Int($1)] += 1 }
  }

  static func normalLaw(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
}

extension Statistics {
  /// Mean and variance within four standard errors, by the fourth central moment.
  static func expect(
    _ sample: [Double], mean: Double, variance: Double, fourth: Double,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    let n = Double(sample.count)
    let meanError = abs(Statistics.mean(sample) - mean) / (variance / n).squareRoot()
    let varianceError =
      abs(Statistics.variance(sample) - variance) / ((fourth - variance * variance) / n).squareRoot()
    #expect(meanError < 4, sourceLocation: sourceLocation)
    #expect(varianceError < 4, sourceLocation: sourceLocation)
  }
}
