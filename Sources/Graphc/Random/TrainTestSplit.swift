// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The row numbers of scikit-learn's `train_test_split(test_size=testSize, random_state=randomState)`.
///
/// The test rows are the first ⌈`testSize` · `count`⌉ entries of NumPy's permutation, the training rows the
/// others, both in the permutation's order. A size outside [0, 1] acts as the nearer end of it, where
/// scikit-learn raises an error.
/// - Parameters:
///   - count: the number of rows.
///   - testSize: the share of the rows to test with, in [0, 1].
///   - randomState: the seed.
public func trainTestSplit(
  count: Int, testSize: Double, randomState: UInt32
) -> (train: [Int], test: [Int]) {
  var generator = NumPyRandomState(seed: randomState)
  let order = generator.permutation(count)
  let wanted = (testSize * Double(order.count)).rounded(.up)
  // Compared before it is converted: the size may be infinite or not a number.
  let testCount = wanted > 0 ? (wanted < Double(order.count) ? Int(wanted) : order.count) : 0
  return (train: Array(order[testCount...]), test: Array(order[..<testCount]))
}
