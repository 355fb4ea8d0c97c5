// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

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

@Suite("NumPy's RandomState")
struct NumPyRandomStateTests {
  @Test("MT19937's known answers: init_by_array's first outputs, the 10000th of the default seed")
  func knownAnswers() throws {
    var byArray = try #require(NumPyRandomState(key: [0x123, 0x234, 0x345, 0x456]))
    let expected: [UInt32] = [1_067_595_299, 955_945_823, 477_289_528, 4_107_218_783, 4_228_976_476]
    #expect(expected.map { _ in byArray.next() } == expected)
    var bySeed = NumPyRandomState(seed: 5489)
    for _ in 1..<10_000 { _ = bySeed.next() }
    #expect(bySeed.next() == 4_123_659_995)
    #expect(NumPyRandomState(key: []).map { _ in true } == nil)
  }

  @Test("permutation, against NumPy 2.4")
  func permutations() throws {
    var generator = NumPyRandomState(seed: 42)
    #expect(generator.permutation(10) == [8, 1, 5, 0, 7, 2, 9, 4, 3, 6])
    generator = NumPyRandomState(seed: .max)
    #expect(generator.permutation(10) == [6, 9, 5, 1, 8, 0, 7, 4, 2, 3])
    generator = try #require(NumPyRandomState(key: [1, 2, 3]))
    #expect(generator.permutation(12) == [2, 0, 7, 6, 8, 4, 10, 1, 11, 5, 3, 9])
    // A key longer than the state.
    generator = try #require(NumPyRandomState(key: Array(0..<700)))
    #expect(generator.permutation(10) == [2, 8, 4, 5, 3, 1, 9, 7, 6, 0])
    #expect(generator.permutation(1) == [0])
    #expect(generator.permutation(0).isEmpty)
  }

  @Test("A long permutation, against NumPy: its ends, and the sum of position times value")
  func longPermutation() {
    var generator = NumPyRandomState(seed: 0)
    let order = generator.permutation(27_063)
    #expect(order.prefix(5) == [6925, 10580, 13379, 1132, 20942])
    #expect(order.suffix(5) == [13123, 19648, 9845, 10799, 2732])
    #expect(order.enumerated().reduce(0) { $0 + $1.offset * $1.element } == 4_955_485_066_979)
  }
}
