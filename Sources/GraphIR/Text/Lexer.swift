// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A program text with its name, addressed by UTF-8 offset.
struct SourceText: Sendable {
  let file: String
  let bytes: [UInt8]
  private let lineStarts: [Int]

  init(_ text: String, file: String) {
    self.file = file
    bytes = Array(text.utf8)
    lineStarts = [0] + bytes.indices.filter { [bytes] in bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
  }

  func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The line and column of an offset.
  func location(of offset: Int) -> SourceLocation {
    let line = line(of: offset)
    return SourceLocation(
      file: file, line: line + 1, column: scalars(lineStarts[line]..<offset).count + 1)
  }

  /// The number of the line with an offset, from 0.
  private func line(of offset: Int) -> Int {
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  /// The line around a range, with a mark below it: `^~~~`. A long line is cut to what is near.
  func excerpt(of range: Range<Int>) -> String {
    let start = lineStarts[line(of: range.lowerBound)]
    let end = bytes[range.lowerBound...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    let before = scalars(start..<range.lowerBound)
    let marked = max(scalars(range.lowerBound..<min(max(range.upperBound, range.lowerBound), end)).count, 1)
    let line = before + scalars(range.lowerBound..<end)
    let radius = 60
    let first = before.count > radius ? before.count - radius : 0
    let last = min(line.count, before.count + 90)
    let visible = (first > 0 ? "…" : "") + text(line[first..<last]) + (last < line.count ? "…" : "")
    // Tabs stay tabs, so that the mark stands where the line's text does.
    let margin = (first > 0 ? " " : "") + text(before[first...].map { $0 == "\t" ? "\t" : " " })
    let number = String(location(of: range.lowerBound).line)
    let gutter = String(repeating: " ", count: max(4, number.count))
    let mark = "^" + String(repeating: "~", count: min(marked, 90) - 1)
    return "\(gutter.dropLast(number.count))\(number) | \(visible)\n\(gutter) | \(margin)\(mark)"
  }

  private func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars.map { $0.value < 32 && $0 != "\t" ? "\u{FFFD}" : $0 })
    return String(result)
  }

  private func scalars(_ range: Range<Int>) -> [Unicode.Scalar] { Array(string(range).unicodeScalars) }
}

/// A word of the language: a kind and where it stands.
struct Token: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// `dot`, `f32`, `x`, `inf`
    case word
    /// `%x`, `%3`
    case value
    /// `@w`
    case symbolName
    /// `?0`
    case dimension
    /// `-1.5e-07`, `0x7fc00001`, `-inf`
    case number
    /// `"text"`
    case text
    /// One of `{ } [ ] ( ) , : = * #`
    case punctuation(UInt8)
    case newline
    case end
    /// What the language has no place for.
    case invalid
  }

  let kind: Kind
  let range: Range<Int>
}

/// Cuts a text into tokens. Never fails: what is no token becomes one of the kind `invalid`.
struct Lexer {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ source: SourceText) { bytes = source.bytes }

  static func startsIdentifier(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    default: false
    }
  }

  static func continuesIdentifier(_ byte: UInt8) -> Bool {
    startsIdentifier(byte) || isDigit(byte) || byte == UInt8(ascii: ".")
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// All tokens, the last of kind `end`.
  mutating func tokens() -> [Token] {
    var tokens: [Token] = []
    repeat { tokens.append(next()) } while tokens[tokens.count - 1].kind != .end
    return tokens
  }

  private func byte(at position: Int) -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func next() -> Token {
    skipBlanks()
    let start = offset
    guard let first = byte(at: offset) else { return Token(kind: .end, range: start..<start) }
    offset += 1
    let kind: Token.Kind
    switch first {
    case UInt8(ascii: "\n"): kind = .newline
    case UInt8(ascii: "%"), UInt8(ascii: "@"):
      skip(while: Lexer.continuesIdentifier)
      kind = offset == start + 1 ? .invalid : first == UInt8(ascii: "%") ? .value : .symbolName
    case UInt8(ascii: "?"):
      skip(while: Lexer.continuesIdentifier)
      kind =
        bytes[(start + 1)..<offset].allSatisfy(Lexer.isDigit) && offset > start + 1 ? .dimension : .invalid
    case UInt8(ascii: "\""): kind = text()
    case UInt8(ascii: "-"): kind = number()
    case _ where Lexer.isDigit(first):
      offset -= 1
      kind = number()
    case _ where Lexer.startsIdentifier(first):
      skip(while: Lexer.continuesIdentifier)
      kind = .word
    default:
      if ",:=*#{}[]()".utf8.contains(first) {
        kind = .punctuation(first)
      } else {
        // The whole of a scalar beyond ASCII.
        skip { $0 & 0xC0 == 0x80 }
        kind = .invalid
      }
    }
    return Token(kind: kind, range: start..<offset)
  }

  private mutating func skip(while condition: (UInt8) -> Bool) {
    while let byte = byte(at: offset), condition(byte) { offset += 1 }
  }

  private mutating func skipBlanks() {
    while let byte = byte(at: offset) {
      if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") {
        offset += 1
      } else if byte == UInt8(ascii: "/"), self.byte(at: offset + 1) == UInt8(ascii: "/") {
        skip { $0 != UInt8(ascii: "\n") }
      } else {
        return
      }
    }
  }

  /// After the sign, or at the first digit: `[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?`, `0x[0-9a-fA-F]+` or `inf`.
  private mutating func number() -> Token.Kind {
    let start = offset
    skip(while: Lexer.isDigit)
    if offset == start {
      skip(while: Lexer.continuesIdentifier)
      return bytes[start..<offset].elementsEqual("inf".utf8) ? .number : .invalid
    }
    if offset == start + 1, bytes[start] == UInt8(ascii: "0"), byte(at: offset) == UInt8(ascii: "x") {
      offset += 1
      let digits = offset
      skip(while: Lexer.continuesIdentifier)
      let isHexadecimal = bytes[digits..<offset].allSatisfy {
        Lexer.isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0 | 0x20)
      }
      return isHexadecimal && offset > digits ? .number : .invalid
    }
    if byte(at: offset) == UInt8(ascii: "."), byte(at: offset + 1).map(Lexer.isDigit) == true {
      offset += 1
      skip(while: Lexer.isDigit)
    }
    if let byte = byte(at: offset), byte | 0x20 == UInt8(ascii: "e") {
      let exponent = offset
      offset += 1
      if let sign = self.byte(at: offset), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
        offset += 1
      }
      let digits = offset
      skip(while: Lexer.isDigit)
      if offset == digits { offset = exponent }
    }
    guard byte(at: offset).map(Lexer.continuesIdentifier) != true else {
      skip(while: Lexer.continuesIdentifier)
      return .invalid
    }
    return .number
  }

  /// After the opening quote; a text ends on its line.
  private mutating func text() -> Token.Kind {
    while let byte = byte(at: offset), byte != UInt8(ascii: "\n") {
      offset += 1
      if byte == UInt8(ascii: "\"") { return .text }
      if byte == UInt8(ascii: "\\"), let escaped = self.byte(at: offset), escaped != UInt8(ascii: "\n") {
        offset += 1
      }
    }
    return .invalid
  }

  /// What a text token with its quotes stands for, or nil for an escape that there is none of.
  static func unescaped(_ token: String) -> String? {
    var result = ""
    var rest = token.unicodeScalars.dropFirst().dropLast()
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        result.unicodeScalars.append(scalar)
        continue
      }
      switch rest.popFirst() {
      case "\"": result += "\""
      case "\\": result += "\\"
      case "n": result += "\n"
      case "r": result += "\r"
      case "t": result += "\t"
      case "u":
        guard rest.popFirst() == "{", let end = rest.firstIndex(of: "}"),
          let value = UInt32(String(rest[..<end]), radix: 16), let scalar = Unicode.Scalar(value)
        else { return nil }
        result.unicodeScalars.append(scalar)
        rest = rest[rest.index(after: end)...]
      default: return nil
      }
    }
    return result
  }
}
