// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc
import Graphc

/// A floating-point element in the fewest decimal digits that give it back.
struct DecimalNumber {
  /// A decimal notation in pieces.
  struct Parts {
    /// With the sign.
    var integer: String
    /// What stands behind the point, without zeros at the end.
    var fraction: String
    /// Sign and at least two digits; nil in the notation without a power of ten.
    var exponent: String?
  }

  let value: Double
  private let isNegative: Bool
  private let isSingle: Bool
  /// The significant digits, without zeros at either end; `0` for zero.
  private let digits: [Character]
  /// The place of the point, counted from the front of the digits.
  private let point: Int

  /// An element of an array of floating-point numbers.
  init(_ array: NDArray, _ position: Int) {
    let bits = array.bits(at: position)
    let text: String
    if array.dtype == .float32 {
      value = Double(Float(bits: bits))
      text = Float(bits: bits).magnitude.description
    } else {
      value = Double(bits: bits)
      text = Double(bits: bits).magnitude.description
    }
    isSingle = array.dtype == .float32
    isNegative = value.sign == .minus
    let halves = text.split(separator: "e")
    let mantissa = halves.first ?? "0"
    let whole = mantissa.prefix { $0 != "." }
    var digits = Array(mantissa.filter(\.isNumber))
    var point = whole.count + (halves.count > 1 ? Int(halves[1]) ?? 0 : 0)
    while digits.count > 1, digits.first == "0" {
      digits.removeFirst()
      point -= 1
    }
    while digits.count > 1, digits.last == "0" { digits.removeLast() }
    self.digits = digits
    self.point = digits == ["0"] ? 1 : point
  }

  private var sign: String { isNegative ? "-" : "" }

  var nonFiniteText: String { value.isNaN ? "nan" : sign + "inf" }

  /// Without a power of ten, rounded to at most `precision` digits behind the point.
  func positional(precision: Int) -> Parts {
    if digits.count - point > precision {
      let halves = Self.formatted("%.*f", precision, value).split(separator: ".")
      return Parts(integer: String(halves[0]), fraction: halves.count > 1 ? Self.trimmed(halves[1]) : "")
    }
    let whole = point > 0 ? String(digits.prefix(point)) + zeros(point - digits.count) : "0"
    let fraction = zeros(-point) + String(digits.dropFirst(max(point, 0)))
    return Parts(integer: sign + whole, fraction: Self.trimmed(fraction[...]))
  }

  /// With a power of ten, rounded to at most `precision` digits behind the point.
  func scientific(precision: Int) -> Parts {
    if digits.count - 1 > precision {
      var parts = exactScientific(precision: precision)
      parts.fraction = Self.trimmed(parts.fraction[...])
      return parts
    }
    let power = digits == ["0"] ? 0 : point - 1
    let magnitude = String(power.magnitude)
    return Parts(
      integer: sign + String(digits[0]), fraction: String(digits.dropFirst()),
      exponent: (power < 0 ? "-" : "+") + zeros(2 - magnitude.count) + magnitude)
  }

  /// With a power of ten and exactly `precision` digits behind the point.
  func exactScientific(precision: Int) -> Parts {
    let halves = Self.formatted("%.*e", precision, value).split(separator: "e")
    let mantissa = halves[0].split(separator: ".")
    return Parts(
      integer: String(mantissa[0]), fraction: mantissa.count > 1 ? String(mantissa[1]) : "",
      exponent: halves.count > 1 ? String(halves[1]) : "+00")
  }

  /// As a number by itself is printed, in all its digits.
  var scalarText: String {
    guard value.isFinite else { return nonFiniteText }
    let magnitude = value.magnitude
    if magnitude == 0 || (1e-4..<(isSingle ? 1e6 : 1e16)).contains(magnitude) {
      let parts = positional(precision: .max)
      return parts.integer + "." + (parts.fraction.isEmpty ? "0" : parts.fraction)
    }
    let parts = scientific(precision: .max)
    let fraction = parts.fraction.isEmpty ? "" : "." + parts.fraction
    return parts.integer + fraction + "e" + (parts.exponent ?? "")
  }

  private func zeros(_ count: Int) -> String { String(repeating: "0", count: max(count, 0)) }

  private static func trimmed(_ fraction: Substring) -> String {
    var fraction = fraction
    while fraction.last == "0" { fraction.removeLast() }
    return String(fraction)
  }

  /// The exact value of the number in C's notation, correctly rounded.
  private static func formatted(_ format: String, _ precision: Int, _ value: Double) -> String {
    withVaList([Int32(clamping: precision), value]) { arguments in
      var buffer = [CChar](repeating: 0, count: 512)
      let length = vsnprintf(&buffer, buffer.count, format, arguments)
      return String(decoding: buffer.prefix(max(Int(length), 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
