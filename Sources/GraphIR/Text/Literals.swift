// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Elements and texts as the language writes them: bit for bit, with the shortest digits that read back.
enum Literal {
  /// The element of an array at a row-major index.
  static func text(_ array: NDArray, at index: Int) -> String {
    let bits = array.bits(at: index)
    switch array.dtype {
    case .bool: return bits == 0 ? "false" : "true"
    case .uint8, .uint32: return String(bits)
    case .int8: return String(Int8(bits: bits))
    case .int32: return String(Int32(bits: bits))
    case .int64: return String(Int64(bits: bits))
    case .float16:
      let value = Float16(bits: bits)
      if value.isNaN { return nan(bits, .float16) }
      guard value.isFinite else { return value.description }
      return trimmed(DecimalDigits(shortest: Double(value), in: .float16).shortestText, isZero: value == 0)
    case .bfloat16:
      let value = BFloat16(bits: bits)
      return value.isNaN ? nan(bits, .bfloat16) : trimmed(value.description, isZero: Float(value) == 0)
    case .float32:
      let value = Float(bits: bits)
      return value.isNaN ? nan(bits, .float32) : trimmed(value.description, isZero: value == 0)
    case .float64:
      let value = Double(bits: bits)
      return value.isNaN ? nan(bits, .float64) : trimmed(value.description, isZero: value == 0)
    case .string: return quoted(array.string(at: index))
    }
  }

  /// `nan` is the quiet NaN without sign and payload; every other NaN shows its bits.
  private static func nan(_ bits: UInt64, _ dtype: DType) -> String {
    if bits == quietNaN(dtype) { return "nan" }
    let digits = String(bits, radix: 16)
    return "0x" + String(repeating: "0", count: dtype.byteCount * 2 - digits.count) + digits
  }

  private static func quietNaN(_ dtype: DType) -> UInt64 {
    switch dtype {
    case .float16: 0x7e00
    case .bfloat16: 0x7fc0
    case .float32: 0x7fc0_0000
    default: 0x7ff8_0000_0000_0000
    }
  }

  /// `2.0` is written `2`; only −0 keeps its fraction, since `-0` reads as a slip.
  private static func trimmed(_ digits: String, isZero: Bool) -> String {
    digits.hasSuffix(".0") && digits != "-0.0" ? String(digits.dropLast(2)) : digits
  }

  /// A text in quotes. Quotes, backslashes and what would not show are escaped.
  static func quoted(_ text: String) -> String {
    "\"" + escaped(text) + "\""
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if isControl(scalar) {
          result += "\\u{" + String(scalar.value, radix: 16) + "}"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: true
    default: false
    }
  }

  /// The bits of a numeric or `bool` element, or what is wrong with the word.
  static func bits(_ word: String, _ dtype: DType) -> Result<UInt64, AttributeError> {
    let bits: UInt64? =
      switch dtype {
      case .bool: word == "true" ? 1 : word == "false" ? 0 : nil
      case .uint8: UInt8(word)?.bits
      case .int8: Int8(word)?.bits
      case .int32: Int32(word)?.bits
      case .int64: Int64(word)?.bits
      case .uint32: UInt32(word)?.bits
      case .float16, .bfloat16, .float32, .float64: floatBits(word, dtype)
      case .string: nil
      }
    if let bits { return .success(bits) }
    let article = dtype.name.first.map { "if".contains($0) } ?? false ? "an" : "a"
    let hint = dtype.isInteger && Double(word) != nil ? ", or it is out of range" : ""
    return .failure(AttributeError("'\(word)' is not \(article) \(dtype) element\(hint)"))
  }

  private static func floatBits(_ word: String, _ dtype: DType) -> UInt64? {
    if word.hasPrefix("0x") {
      let digits = word.dropFirst(2)
      return digits.utf8.count == dtype.byteCount * 2 ? UInt64(digits, radix: 16) : nil
    }
    switch word {
    case "nan": return quietNaN(dtype)
    case "inf": return dtype.bits(rounding: .infinity)
    case "-inf": return dtype.bits(rounding: -.infinity)
    default: break
    }
    guard let last = word.utf8.last, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(last) else {
      return nil
    }
    // A decimal beyond the greatest number is a slip, not an infinity.
    if dtype == .float32 { return Float(word).flatMap { $0.isFinite ? $0.bits : nil } }
    // Those of 16 bits are read by way of f64.
    guard let bits = Double(word).map(dtype.bits(rounding:)) else { return nil }
    return dtype.number(bits: bits).isFinite ? bits : nil
  }
}
