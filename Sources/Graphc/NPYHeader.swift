// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What stands before the elements of a NumPy file: their type, order and number.
///
/// Source: the format's description in `numpy/lib/format.py`. A magic string, two bytes of version, the length of what
/// follows (two bytes in version 1.0, four in 2.0 and 3.0, little-endian), and a Python dictionary.
struct NPYHeader {
  var dtype: DType
  var isBigEndian: Bool
  /// Whether the first axis is the one that lies contiguously.
  var isFortranOrder: Bool
  var shape: [Int]

  /// Bytes of the elements.
  var byteCount: Int { shape.reduce(1, *) * dtype.byteCount }

  /// What NumPy allows.
  private static let greatestRank = 64
  private static let magic = [0x93] + Array("NUMPY".utf8)
}

// MARK: - Reading

extension NPYHeader {
  /// Reads a header.
  ///
  /// - Returns: the header and the position of the first element.
  static func parse(_ bytes: [UInt8]) throws(Diagnostic) -> (header: NPYHeader, end: Int) {
    guard bytes.starts(with: magic) else {
      if bytes.starts(with: Array("PK".utf8)) {
        throw Diagnostic(
          .run, code: "npy.magic",
          "is a zip archive, as numpy.savez writes; unpack it and take one of its .npy files")
      }
      let what = bytes.isEmpty ? "is empty" : "is no NumPy file: it does not begin with \\x93NUMPY"
      throw Diagnostic(.run, code: "npy.magic", what)
    }
    guard bytes.count >= 8 else { throw truncated("the version") }
    let version = (bytes[6], bytes[7])
    let start: Int
    switch version {
    case (1, 0): start = 10
    case (2, 0), (3, 0): start = 12
    default:
      throw Diagnostic(
        .run, code: "npy.version",
        "has version \(version.0).\(version.1) of the NumPy format; 1.0, 2.0 and 3.0 are supported")
    }
    guard bytes.count >= start else { throw truncated("the header's length") }
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - start else {
      throw truncated("the header, which takes \(length) bytes, of which \(bytes.count - start) are there")
    }
    return (try NPYHeader(dictionary: bytes[start..<start + length]), start + length)
  }

  private static func truncated(_ place: String) -> Diagnostic {
    Diagnostic(.run, code: "npy.truncated", "ends within \(place)")
  }

  private init(dictionary: ArraySlice<UInt8>) throws(Diagnostic) {
    var scanner = NPYScanner(dictionary)
    var descriptor: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try scanner.require("{")
    while !scanner.take("}") {
      let key = try scanner.text()
      try scanner.require(":")
      switch key {
      case "descr" where descriptor == nil:
        if scanner.at("[") {
          throw Diagnostic(
            .run, code: "npy.dtype", "holds records (a structured dtype); save each of its fields by itself")
        }
        descriptor = try scanner.text()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try scanner.bool()
      case "shape" where shape == nil: shape = try scanner.tuple()
      default: throw scanner.failure("the key '\(NPYHeader.shown(key))'")
      }
      if !scanner.take(",") {
        try scanner.require("}")
        break
      }
    }
    try scanner.requireEnd()
    guard let descriptor, let isFortranOrder, let shape else {
      let missing = descriptor == nil ? "descr" : isFortranOrder == nil ? "fortran_order" : "shape"
      throw Diagnostic(.run, code: "npy.header", "has a header without the key '\(missing)'")
    }
    (dtype, isBigEndian) = try NPYHeader.elementType(descriptor)
    self.isFortranOrder = isFortranOrder
    self.shape = shape
    try checkExtents()
  }

  /// No product of extents may overflow, also where an extent of 0 makes the array empty.
  private func checkExtents() throws(Diagnostic) {
    if shape.count > NPYHeader.greatestRank {
      throw Diagnostic(
        .run, code: "npy.shape", "has \(shape.count) axes; at most \(NPYHeader.greatestRank) are supported")
    }
    var size = dtype.byteCount
    for extent in shape where extent != 0 {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      if overflow {
        throw Diagnostic(.run, code: "npy.shape", "has the shape \(shape), which no memory holds")
      }
      size = product
    }
  }

  private static func elementType(_ descriptor: String) throws(Diagnostic) -> (DType, isBigEndian: Bool) {
    let order = descriptor.first
    let code = order.map { "<>=|".contains($0) } ?? false ? String(descriptor.dropFirst()) : descriptor
    guard let dtype = DType.allCases.first(where: { $0.npyCode == code }),
      order != "|" || dtype.byteCount == 1
    else {
      let supported = DType.allCases.compactMap { dtype in dtype.npyCode.map { "\($0) (\(dtype))" } }
      let advice =
        code.hasPrefix("U") || code.hasPrefix("S") || code.hasPrefix("O") ? "" : ", with a.astype(…)"
      throw Diagnostic(
        .run, code: "npy.dtype",
        "has elements of type '\(shown(descriptor))'; supported are \(supported.joined(separator: ", "))\(advice)"
      )
    }
    return (dtype, order == ">")
  }

  /// A text from a file, fit to be shown: short and without control characters.
  private static func shown(_ text: String) -> String {
    let printable = text.unicodeScalars.prefix(24).map { $0.value < 32 || $0.value == 127 ? "?" : String($0) }
    return printable.joined() + (text.unicodeScalars.count > 24 ? "…" : "")
  }
}

// MARK: - Writing

extension NPYHeader {
  /// The header as `numpy.save` writes it, byte for byte: padded so that the elements begin at a multiple of 64, with
  /// room for the growth of the first axis.
  var bytes: [UInt8] {
    let code = (dtype.byteCount == 1 ? "|" : "<") + (dtype.npyCode ?? "")
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(code)', 'fortran_order': False, 'shape': (\(extents)), }"
    let digitsOfGreatestExtent = 21
    if let first = shape.first {
      text += String(repeating: " ", count: digitsOfGreatestExtent - String(first).count)
    }
    let alignment = 64
    // Version 1.0 holds every shape of at most `greatestRank` axes.
    let unpadded = NPYHeader.magic.count + 4 + text.utf8.count + 1
    text += String(repeating: " ", count: alignment - unpadded % alignment) + "\n"
    let length = text.utf8.count
    return NPYHeader.magic + [
      1, 0, UInt8(truncatingIfNeeded: length), UInt8(truncatingIfNeeded: length >> 8),
    ]
      + Array(text.utf8)
  }
}

extension DType {
  /// NumPy's code without the byte order, `f4`; nil for a type that NumPy files do not hold.
  var npyCode: String? {
    switch self {
    case .bool: "b1"
    case .uint8: "u1"
    case .int8: "i1"
    case .int32: "i4"
    case .int64: "i8"
    case .uint32: "u4"
    case .float16: "f2"
    case .float32: "f4"
    case .float64: "f8"
    // NumPy has no bfloat16 of its own.
    case .bfloat16, .string: nil
    }
  }
}

/// Reads the few kinds of Python literal that a header holds.
private struct NPYScanner {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  func failure(_ what: String) -> Diagnostic {
    Diagnostic(
      .run, code: "npy.header", "has a header that is no dictionary of NumPy's: \(what) is not expected")
  }

  private func unexpected() -> Diagnostic {
    guard let byte = rest.first else { return failure("its end") }
    return failure(33..<127 ~= byte ? "'\(Unicode.Scalar(byte))'" : "byte \(byte)")
  }

  private mutating func skipSpaces() {
    rest = rest.drop { $0 == 32 || 9...13 ~= $0 }
  }

  mutating func at(_ character: Unicode.Scalar) -> Bool {
    skipSpaces()
    return rest.first.map { UInt32($0) == character.value } ?? false
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard at(character) else { return false }
    rest = rest.dropFirst()
    return true
  }

  mutating func require(_ character: Unicode.Scalar) throws(Diagnostic) {
    if !take(character) { throw unexpected() }
  }

  mutating func requireEnd() throws(Diagnostic) {
    skipSpaces()
    if !rest.isEmpty { throw unexpected() }
  }

  /// A text in quotes of either kind; no text of a valid header has an escape.
  mutating func text() throws(Diagnostic) -> String {
    skipSpaces()
    guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw unexpected()
    }
    let content = rest.dropFirst().prefix { $0 != quote }
    guard content.endIndex < rest.endIndex else { throw failure("a text without an end") }
    rest = rest[(content.endIndex + 1)...]
    return String(decoding: content, as: UTF8.self)
  }

  mutating func bool() throws(Diagnostic) -> Bool {
    skipSpaces()
    for (word, value) in [("True", true), ("False", false)] where rest.starts(with: word.utf8) {
      rest = rest.dropFirst(word.utf8.count)
      return value
    }
    throw unexpected()
  }

  /// Non-negative integers; Python 2 wrote an L behind large ones.
  mutating func tuple() throws(Diagnostic) -> [Int] {
    var elements: [Int] = []
    try require("(")
    while !take(")") {
      skipSpaces()
      let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      guard !digits.isEmpty else { throw unexpected() }
      guard let element = Int(String(decoding: digits, as: UTF8.self)) else {
        throw Diagnostic(.run, code: "npy.shape", "has an extent beyond 63 bits")
      }
      elements.append(element)
      rest = rest.dropFirst(digits.count)
      _ = take("L")
      if !take(",") {
        try require(")")
        break
      }
    }
    return elements
  }
}
