// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A number of 16 bits with the exponent of a `Float` and 8 significant bits: the upper half of a `Float`.
public struct BFloat16: Hashable, Sendable {
  public var bitPattern: UInt16

  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// The nearest number, of two as near the even one.
  public init(_ value: Float) {
    let bits = value.bitPattern
    if value.isNaN {
      bitPattern = UInt16(truncatingIfNeeded: bits >> 16) | 0x40
    } else {
      bitPattern = UInt16(truncatingIfNeeded: (bits + 0x7fff + ((bits >> 16) & 1)) >> 16)
    }
  }

  /// The nearest number, of two as near the even one; rounded once.
  public init(_ value: Double) { self.init(Float(roundedToOdd: value)) }

  public var isNaN: Bool { Float(self).isNaN }
}

extension BFloat16: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Double(value)) }
}

extension BFloat16: CustomStringConvertible {
  /// The shortest digits that read back, as a `Float` shows them.
  public var description: String {
    let value = Float(self)
    return value.isFinite
      ? DecimalDigits(shortest: Double(value), in: .bfloat16).shortestText : value.description
  }
}

extension Float {
  /// The same number.
  public init(_ value: BFloat16) { self.init(bitPattern: UInt32(value.bitPattern) << 16) }

  /// The number, or if it is no `Float` that one of its neighbours whose last bit is set: what is rounded to fewer bits
  /// after that has been rounded once.
  init(roundedToOdd value: Double) {
    let nearest = Float(value)
    let back = Double(nearest)
    if back == value || value.isNaN {
      self = nearest
    } else {
      let below = back.magnitude > value.magnitude ? nearest.bitPattern - 1 : nearest.bitPattern
      self.init(bitPattern: below | 1)
    }
  }
}

extension Double {
  /// As for `Float`.
  init(roundedToOdd value: Int64) {
    let nearest = Double(value)
    guard let back = Int64(exactly: nearest), back != value else {
      self = nearest
      return
    }
    let isFarther = back.magnitude > value.magnitude
    self.init(bitPattern: (isFarther ? nearest.bitPattern - 1 : nearest.bitPattern) | 1)
  }
}
