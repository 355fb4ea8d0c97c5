// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension JSONValue {
  /// - Throws: `FixtureError` for bytes that are no JSON value, or have more behind one.
  init(parsing bytes: UnsafeRawBufferPointer) throws(FixtureError) {
    var parser = JSONParser(bytes: bytes)
    self = try parser.value(depth: 0)
    parser.skipSpace()
    if parser.position < bytes.count { throw parser.error("there is more behind the value") }
  }

  init(parsing text: String) throws(FixtureError) {
    let bytes = Array(text.utf8)
    let outcome = bytes.withUnsafeBytes { bytes in
      Result { () throws(FixtureError) in try JSONValue(parsing: bytes) }
    }
    self = try outcome.get()
  }
}

/// Works on bytes: a debug build reads megabytes of fixtures in about a second.
private struct JSONParser {
  let bytes: UnsafeRawBufferPointer
  var position = 0

  private static let deepestNesting = 64

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  func error(_ message: String) -> FixtureError { FixtureError("JSON, byte \(position): \(message)") }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0a, 0x0d, 0x09: position += 1
      default: return
      }
    }
  }

  mutating func value(depth: Int) throws(FixtureError) -> JSONValue {
    if depth > JSONParser.deepestNesting { throw error("the value is nested too deeply") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(FixtureError) -> JSONValue {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count,
      (0..<word.utf8CodeUnitCount).allSatisfy({ bytes[position + $0] == word.utf8Start[$0] })
    else { throw error("'\(word)' was expected") }
    position = end
    return value
  }

  private mutating func expect(_ byte: UInt8) throws(FixtureError) {
    skipSpace()
    guard next == byte else { throw error("'\(Character(UnicodeScalar(byte)))' was expected") }
    position += 1
  }

  private mutating func object(_ depth: Int) throws(FixtureError) -> JSONValue {
    position += 1
    var members: [String: JSONValue] = [:]
    skipSpace()
    if next == UInt8(ascii: "}") {
      position += 1
      return .object(members)
    }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw error("a key was expected") }
      let key = try string()
      try expect(UInt8(ascii: ":"))
      members[key] = try value(depth: depth + 1)
      skipSpace()
      if next != UInt8(ascii: ",") { break }
      position += 1
    }
    try expect(UInt8(ascii: "}"))
    return .object(members)
  }

  private mutating func array(_ depth: Int) throws(FixtureError) -> JSONValue {
    position += 1
    var elements: [JSONValue] = []
    skipSpace()
    if next == UInt8(ascii: "]") {
      position += 1
      return .array(elements)
    }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if next != UInt8(ascii: ",") { break }
      position += 1
    }
    try expect(UInt8(ascii: "]"))
    return .array(elements)
  }

  private mutating func number() throws(FixtureError) -> JSONValue {
    let start = position
    var isReal = false
    loop: while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
      case UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isReal = true
      default: break loop
      }
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if !isReal, let number = Int(text) { return .integer(number) }
    if let number = Double(text) { return .real(number) }
    position = start
    throw error("a value was expected")
  }

  /// The text between quotes. Most have no escapes and are copied in one go.
  private mutating func string() throws(FixtureError) -> String {
    position += 1
    var start = position
    var text = ""
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        text += String(decoding: bytes[start..<position], as: UTF8.self)
        position += 1
        return text
      case UInt8(ascii: "\\"):
        text += String(decoding: bytes[start..<position], as: UTF8.self)
        position += 1
        text.unicodeScalars.append(try escape())
        start = position
      default: position += 1
      }
    }
    throw error("a text does not end")
  }

  private mutating func escape() throws(FixtureError) -> UnicodeScalar {
    guard let byte = next else { throw error("a text does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "u"):
      let unit = try hexadecimal()
      if let scalar = UnicodeScalar(unit) { return scalar }
      // Half of a pair, as UTF-16 writes what does not fit in 16 bits.
      guard 0xd800..<0xdc00 ~= unit, next == UInt8(ascii: "\\") else { throw error("no character") }
      position += 2
      let low = try hexadecimal()
      guard 0xdc00..<0xe000 ~= low,
        let scalar = UnicodeScalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
      else { throw error("no character") }
      return scalar
    default: return UnicodeScalar(byte)
    }
  }

  private mutating func hexadecimal() throws(FixtureError) -> UInt32 {
    let end = position + 4
    guard end <= bytes.count,
      let unit = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16)
    else { throw error("four hexadecimal digits were expected") }
    position = end
    return unit
  }
}
