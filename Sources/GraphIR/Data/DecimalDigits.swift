// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A finite floating-point number in decimal: the shortest digits that read back as the number, or another count of
/// them, correctly rounded.
struct DecimalDigits {
  let isNegative: Bool
  /// 0 … 9, neither starting nor ending with a zero; empty for zero.
  private(set) var digits: [UInt8]
  /// The power of ten of the first digit.
  private(set) var exponent: Int
  private let magnitude: Double

  init(_ value: Float) { self.init(value.description, Double(value)) }
  init(_ value: Double) { self.init(value.description, value) }

  /// The shortest digits that read back as a finite number of a type of 16 bits.
  init(shortest value: Double, in dtype: DType) {
    self.init(value)
    let all = self
    for count in 1..<max(digits.count, 1) {
      self = all
      round(toPowerOfTen: all.exponent - count + 1)
      let read = Double(shortestText).map { dtype.number(bits: dtype.bits(rounding: $0)) }
      if read?.magnitude == value.magnitude { return }
    }
    self = all
  }

  /// Reads what Swift prints for a number, `-12.5` or `1e-07`: its digits are the shortest.
  private init(_ description: String, _ value: Double) {
    isNegative = value.sign == .minus
    magnitude = value.magnitude
    digits = []
    exponent = -1
    let parts = description.utf8.split { $0 == UInt8(ascii: "e") }
    var seenPoint = false
    for byte in parts.first.map(Array.init) ?? [] {
      if byte == UInt8(ascii: ".") {
        seenPoint = true
      } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        digits.append(byte - UInt8(ascii: "0"))
        if !seenPoint { exponent += 1 }
      }
    }
    if parts.count > 1, let power = Int(String(decoding: parts[1], as: UTF8.self)) { exponent += power }
    normalize()
  }

  private mutating func normalize() {
    let zeros = digits.prefix { $0 == 0 }.count
    digits.removeFirst(zeros)
    exponent -= zeros
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty { exponent = 0 }
  }

  /// Cuts the shortest digits off below the given power of ten, where there are any: rounded from the number itself, of
  /// two equally near ones to the even one.
  mutating func round(toPowerOfTen power: Int) {
    if exponent - power + 1 < digits.count { roundExactly(toPowerOfTen: power) }
  }

  /// Gives the number's own digits down to a power of ten, beyond the shortest ones where need be, rounded like that.
  mutating func roundExactly(toPowerOfTen power: Int) {
    if digits.isEmpty { return }
    digits = exactDigits
    let kept = exponent - power + 1
    guard kept < digits.count else { return }
    guard kept >= 0 else {
      digits = []
      return normalize()
    }
    let half: UInt8 = 5
    let isTie = digits[kept] == half && kept + 1 == digits.count
    let isUp = isTie ? kept > 0 && digits[kept - 1] % 2 == 1 : digits[kept] >= half
    digits.removeSubrange(kept...)
    if isUp {
      digits.insert(0, at: 0)
      exponent += 1
      var position = digits.count - 1
      digits[position] += 1
      while digits[position] == 10 {
        digits[position] = 0
        position -= 1
        digits[position] += 1
      }
    }
    normalize()
  }

  /// All digits of the binary number, the first at the same power of ten as that of the shortest ones, before which a
  /// zero may stand.
  private var exactDigits: [UInt8] {
    // magnitude = significand · 2^binary, and 2^-n = 5^n · 10^-n.
    let isSubnormal = magnitude.exponentBitPattern == 0
    let binary = Int(isSubnormal ? 1 : magnitude.exponentBitPattern) - 1075
    var number = Natural(magnitude.significandBitPattern | (isSubnormal ? 0 : 1 << 52))
    for _ in 0..<binary.magnitude { number.multiply(by: binary < 0 ? 5 : 2) }
    var result = number.decimalDigits
    let first = result.count - 1 + min(binary, 0)
    // 9.999… may have a shortest form that starts a power higher.
    if first < exponent { result.insert(contentsOf: repeatElement(0, count: exponent - first), at: 0) }
    while result.last == 0 { result.removeLast() }
    return result
  }

  // MARK: Text

  /// As Swift writes numbers: `0.1`, `1e+20`, and `1.0` for a whole one.
  var shortestText: String {
    if (-5..<16).contains(exponent) {
      let parts = positional
      return parts.integer + "." + (parts.fraction.isEmpty ? "0" : parts.fraction)
    }
    let parts = scientific
    return parts.integer + (parts.fraction.isEmpty ? "" : "." + parts.fraction) + "e" + parts.exponent
  }

  /// `-12.`, `0.5`: the parts before and after the point, trailing zeros left out.
  var positional: (integer: String, fraction: String) {
    let sign = isNegative ? "-" : ""
    if exponent < 0 {
      return (
        sign + "0", digits.isEmpty ? "" : String(repeating: "0", count: -exponent - 1) + text(digits[...])
      )
    }
    let count = min(exponent + 1, digits.count)
    let zeros = String(repeating: "0", count: exponent + 1 - count)
    return (sign + text(digits[..<count]) + zeros, text(digits[count...]))
  }

  /// `-1.25e-07`: the digit before the point, those after it, and the exponent with its sign and two digits or more.
  var scientific: (integer: String, fraction: String, exponent: String) {
    let power = String(exponent.magnitude)
    return (
      (isNegative ? "-" : "") + (digits.isEmpty ? "0" : text(digits[..<1])), text(digits.dropFirst()),
      (exponent < 0 ? "-" : "+") + (power.count < 2 ? "0" : "") + power
    )
  }

  private func text(_ digits: ArraySlice<UInt8>) -> String {
    String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
  }
}

/// A natural number of any size, as far as exact decimal digits need one.
private struct Natural {
  /// The least significant first, without leading zeros.
  private var limbs: [UInt32]

  init(_ value: UInt64) {
    limbs = [UInt32(truncatingIfNeeded: value), UInt32(value >> 32)]
    trim()
  }

  mutating func multiply(by factor: UInt32) {
    var carry: UInt64 = 0
    for index in limbs.indices {
      carry += UInt64(limbs[index]) * UInt64(factor)
      limbs[index] = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
    }
    if carry > 0 { limbs.append(UInt32(carry)) }
  }

  /// The most significant first; none for zero.
  var decimalDigits: [UInt8] {
    var rest = self
    var digits: [UInt8] = []
    while !rest.limbs.isEmpty {
      var remainder: UInt64 = 0
      for index in rest.limbs.indices.reversed() {
        let part = remainder << 32 | UInt64(rest.limbs[index])
        rest.limbs[index] = UInt32(part / 1_000_000_000)
        remainder = part % 1_000_000_000
      }
      rest.trim()
      for _ in 0..<9 {
        digits.append(UInt8(remainder % 10))
        remainder /= 10
      }
    }
    while digits.last == 0 { digits.removeLast() }
    return digits.reversed()
  }

  private mutating func trim() {
    while limbs.last == 0 { limbs.removeLast() }
  }
}
