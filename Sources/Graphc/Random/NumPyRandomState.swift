// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// NumPy's legacy generator, for programs that must use the very split of a published experiment.
///
///     var random = NumPyRandomState(seed: 0)
///     let order = random.permutation(150)  // numpy.random.RandomState(0).permutation(150)
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

  /// The next 64 bits: the earlier word is the high half.
  public mutating func next64() -> UInt64 {
    let high = UInt64(next())
    return high << 32 | UInt64(next())
  }

  /// `random_sample()`: a multiple of 2⁻⁵³ in [0, 1), from 27 and then 26 bits.
  public mutating func randomSample() -> Double {
    let (high, low) = (next() >> 5, next() >> 6)
    return (Double(high) * 67_108_864 + Double(low)) / 9_007_199_254_740_992
  }

  /// `random_sample(count)`. Empty if `count` is not positive.
  public mutating func randomSample(_ count: Int) -> [Double] {
    (0..<max(count, 0)).map { _ in randomSample() }
  }

  /// `uniform(low, high)`: low + (high − low) · `random_sample()`.
  public mutating func uniform(_ low: Double = 0, _ high: Double = 1) -> Double {
    let range = high - low
    return low + range * randomSample()
  }

  /// `randint(low, high)`: a number of `range`, each equally likely, as NumPy draws it for its default type, i64.
  public mutating func randint(_ range: Range<Int>) -> Int {
    // The difference of two 64-bit numbers in order fits 64 bits without a sign.
    let bound =
      UInt64(bitPattern: Int64(range.upperBound)) &- UInt64(bitPattern: Int64(range.lowerBound)) &- 1
    if range.isEmpty { return range.lowerBound }
    return range.lowerBound &+ Int(bitPattern: UInt(interval64(bound)))
  }

  /// `randint(low, high, count)`. Empty if `count` is not positive.
  public mutating func randint(_ range: Range<Int>, count: Int) -> [Int] {
    (0..<max(count, 0)).map { _ in randint(range) }
  }

  /// As `interval`, for bounds of any size; those above 2³² − 1 take 64 bits a draw.
  private mutating func interval64(_ bound: UInt64) -> UInt64 {
    if let narrow = UInt32(exactly: bound) { return UInt64(interval(narrow)) }
    let mask = UInt64.max >> UInt64(bound.leadingZeroBitCount)
    var word = next64() & mask
    while word > bound { word = next64() & mask }
    return word
  }

  /// `shuffle(elements)`: Fisher and Yates's, from the last element down.
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, Int(interval64(UInt64(last))))
    }
  }

  /// `permutation(count)`: 0 ..< `count` in random order. Empty if `count` is not positive.
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<max(count, 0))
    shuffle(&order)
    return order
  }

  /// `choice(population, count, replace)` with equal weights: numbers of 0 ..< `population`. Nil where NumPy raises an
  /// error: more than there are, without replacement, or any of none.
  public mutating func choice(_ population: Int, count: Int, replacing: Bool = true) -> [Int]? {
    if count < 0 || population < 0 || (population == 0 && count > 0) { return nil }
    if replacing { return randint(0..<population, count: count) }
    return count > population ? nil : Array(permutation(population).prefix(count))
  }
}
