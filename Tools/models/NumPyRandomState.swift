// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// NumPy's legacy generator, for programs that must use the very split of a published experiment.
///
/// The bits are MT19937 (Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8, 1998), seeded and used
/// as `numpy.random.RandomState` does; NumPy has frozen that stream, so it is stable across its versions.
public struct NumPyRandomState: Sendable {
  private var state: [UInt32]
  private var position: Int

  private static let length = 624
  private static let middle = 397

  /// `RandomState(seed)` for an integer seed: the reference code's `init_genrand`.
  public init(seed: UInt32) {
    state = []
    state.reserveCapacity(Self.length)
    var word = seed
    for number in 1...UInt32(Self.length) {
      state.append(word)
      word = 1_812_433_253 &* (word ^ (word >> 30)) &+ number
    }
    position = Self.length
  }

  /// `RandomState(key)` for an array of integers: the reference code's `init_by_array`. Nil if `key` is
  /// empty, which NumPy refuses too.
  public init?(key: [UInt32]) {
    guard !key.isEmpty else { return nil }
    self.init(seed: 19_650_218)
    var i = 1
    func advance(_ state: inout [UInt32]) {
      i += 1
      if i == Self.length {
        state[0] = state[Self.length - 1]
        i = 1
      }
    }
    for step in 0..<max(Self.length, key.count) {
      let j = step % key.count
      let mixed = (state[i - 1] ^ (state[i - 1] >> 30)) &* 1_664_525
      state[i] = (state[i] ^ mixed) &+ key[j] &+ UInt32(truncatingIfNeeded: j)
      advance(&state)
    }
    for _ in 1..<Self.length {
      let mixed = (state[i - 1] ^ (state[i - 1] >> 30)) &* 1_566_083_941
      state[i] = (state[i] ^ mixed) &- UInt32(truncatingIfNeeded: i)
      advance(&state)
    }
    state[0] = 0x8000_0000
  }

  /// The next 32 bits.
  public mutating func next() -> UInt32 {
    if position == Self.length { refill() }
    var word = state[position]
    position += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9D2C_5680
    word ^= (word << 15) & 0xEFC6_0000
    word ^= word >> 18
    return word
  }

  private mutating func refill() {
    let length = Self.length
    for i in 0..<length {
      let joined = (state[i] & 0x8000_0000) | (state[(i + 1) % length] & 0x7FFF_FFFF)
      let twist: UInt32 = joined & 1 == 0 ? 0 : 0x9908_B0DF
      state[i] = state[(i + Self.middle) % length] ^ (joined >> 1) ^ twist
    }
    position = 0
  }

  /// A number in 0 ... `bound`, each equally likely: bits under the smallest mask that covers `bound`, drawn
  /// again while they exceed it (NumPy's `legacy_random_interval`, once `rk_interval`).
  public mutating func interval(_ bound: UInt32) -> UInt32 {
    guard bound > 0 else { return 0 }
    let mask = UInt32.max >> UInt32(bound.leadingZeroBitCount)
    var word = next() & mask
    while word > bound { word = next() & mask }
    return word
  }

  /// `permutation(count)`: 0 ..< `count` in random order. Empty if `count` is not positive; at most 2³².
  public mutating func permutation(_ count: Int) -> [Int] {
    guard count > 0 else { return [] }
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, Int(interval(UInt32(last))))
    }
    return order
  }
}

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
