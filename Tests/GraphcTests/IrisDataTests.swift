// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import GraphcModels
import Testing

@Suite("Iris")
struct IrisDataTests {
  @Test("Shapes, names and the number of flowers of each species")
  func shape() {
    #expect(IrisData.features.count == 600)
    #expect(IrisData.featureNames.count == 4)
    #expect(IrisData.classNames == ["setosa", "versicolor", "virginica"])
    #expect(IrisData.labels.count == IrisData.count)
    for label in 0..<3 as Range<Int32> {
      #expect(IrisData.labels.filter { $0 == label }.count == 50)
    }
  }

  @Test("The sums of each feature by species, in tenths of a centimetre, from the UCI file")
  func sums() {
    var sums = [[Int]](repeating: [0, 0, 0, 0], count: 3)
    for row in 0..<IrisData.count {
      for column in 0..<4 {
        let tenths = (IrisData.features[4 * row + column] * 10).rounded()
        #expect(IrisData.features[4 * row + column] == tenths / 10)
        sums[Int(IrisData.labels[row])][column] += Int(tenths)
      }
    }
    #expect(sums == [[2503, 1709, 732, 122], [2968, 1385, 2130, 663], [3294, 1487, 2776, 1013]])
  }

  @Test("Rows that tell the copies of the table apart, and the last row")
  func rows() {
    func row(_ i: Int) -> [Float] { Array(IrisData.features[4 * i..<4 * i + 4]) }
    #expect(row(0) == [5.1, 3.5, 1.4, 0.2])
    #expect(row(34) == [4.9, 3.1, 1.5, 0.1])
    #expect(row(37) == [4.9, 3.1, 1.5, 0.1])
    #expect(row(118) == [7.7, 2.6, 6.9, 2.3])
    #expect(row(149) == [5.9, 3.0, 5.1, 1.8])
  }

  @Test("scikit-learn's split: train_test_split(test_size=0.2, random_state=0)")
  func split() {
    let (train, test) = trainTestSplit(count: IrisData.count, testSize: 0.2, randomState: 0)
    #expect(
      test == [
        114, 62, 33, 107, 7, 100, 40, 86, 76, 71, 134, 51, 73, 54, 63, 37, 78, 90, 45, 16, 121, 66, 24, 8,
        126, 22, 44, 97, 93, 26,
      ])
    #expect(
      test.map { IrisData.labels[$0] } == [
        2, 1, 0, 2, 0, 2, 0, 1, 1, 1, 2, 1, 1, 1, 1, 0, 1, 1, 0, 0, 2, 1, 0, 0, 2, 0, 0, 1, 1, 0,
      ])
    var generator = NumPyRandomState(seed: 0)
    #expect(test + train == generator.permutation(IrisData.count))
    #expect((test + train).sorted() == Array(0..<IrisData.count))
  }

  @Test("The test share is rounded up; a share outside 0 ... 1 acts as the nearer end")
  func splitSizes() {
    func testCount(_ count: Int, _ size: Double) -> Int {
      trainTestSplit(count: count, testSize: size, randomState: 1).test.count
    }
    #expect(testCount(27_063, 0.2) == 5413)
    #expect(testCount(10, 0.25) == 3)
    #expect(testCount(10, 0) == 0)
    #expect(testCount(10, 1) == 10)
    #expect(testCount(10, -.infinity) == 0)
    #expect(testCount(10, .infinity) == 10)
    #expect(testCount(10, .nan) == 0)
    #expect(testCount(0, 0.5) == 0)
  }
}
