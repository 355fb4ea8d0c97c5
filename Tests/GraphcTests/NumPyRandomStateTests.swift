// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

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

  @Test("random_sample and uniform, against NumPy 2.4")
  func samples() {
    var generator = NumPyRandomState(seed: 42)
    #expect(generator.randomSample(3) == [0.3745401188473625, 0.9507143064099162, 0.7319939418114051])
    #expect([0, 0].map { _ in generator.uniform(-2, 5) } == [2.190609389379256, -0.9078695169029443])
    #expect(generator.randomSample(-1).isEmpty)
  }

  @Test("randint, against NumPy 2.4: narrow and wide ranges in one stream, and the widest that NumPy takes")
  func integers() {
    var generator = NumPyRandomState(seed: 7)
    #expect(generator.randint(0..<10, count: 12) == [4, 9, 6, 3, 3, 7, 7, 9, 7, 8, 9, 8])
    #expect(generator.randint(-5..<5, count: 4) == [2, 1, -1, -5])
    #expect(
      generator.randint(0..<1 << 40, count: 3) == [546_881_790_343, 740_422_049_280, 325_018_774_327])
    #expect(generator.randint(0..<1 << 32, count: 2) == [1_237_575_930, 2_887_580_678])
    #expect(
      generator.randint(.min ..< .max, count: 2) == [7_555_666_969_289_821_628, -5_287_107_024_812_659_009])
    // One number alone takes no bits.
    #expect(generator.randint(3..<4, count: 2) == [3, 3])
    #expect(generator.randint(5..<5) == 5)
    #expect(generator.randint(0..<100, count: 2) == [69, 56])
  }

  @Test("shuffle and choice, against NumPy 2.4")
  func shuffles() {
    var generator = NumPyRandomState(seed: 3)
    var letters = ["a", "b", "c", "d", "e", "f", "g", "h"]
    generator.shuffle(&letters)
    #expect(letters == ["f", "h", "e", "g", "d", "b", "a", "c"])
    var numbers = [0, 1, 2, 3, 4]
    generator.shuffle(&numbers)
    #expect(numbers == [0, 4, 1, 2, 3])
    generator = NumPyRandomState(seed: 5)
    #expect(generator.choice(10, count: 6) == [3, 6, 6, 0, 9, 8])
    #expect(generator.choice(10, count: 6, replacing: false) == [2, 1, 9, 8, 5, 0])
    #expect(generator.choice(3, count: 0) == [])
    #expect(generator.choice(0, count: 0) == [])
    #expect(generator.choice(0, count: 1) == nil)
    #expect(generator.choice(3, count: 4, replacing: false) == nil)
    #expect(generator.choice(3, count: -1) == nil)
  }

  @Test("E112 the split of 27,063 house sales and of 150 irises, as scikit-learn makes it")
  func splits() {
    let houses = trainTestSplit(count: 27_063, testSize: 0.2, randomState: 0)
    #expect((houses.train.count, houses.test.count) == (21_650, 5413))
    #expect(houses.test.prefix(5) == [6925, 10580, 13379, 1132, 20942])
    #expect(Set(houses.train).isDisjoint(with: houses.test))
    let irises = trainTestSplit(count: 150, testSize: 0.2, randomState: 0)
    #expect((irises.train.count, irises.test.count) == (120, 30))
  }
}
