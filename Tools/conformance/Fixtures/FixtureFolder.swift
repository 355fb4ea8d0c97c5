// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Graphc

/// The files of one suite: `cases.jsonl`, a case a line, and `tensors.safetensors`.
///
/// Lines are parsed when a case is wanted; what a list of cases needs is found by looking for a member's text.
struct FixtureFolder: Sendable {
  let path: String
  let tensors: SafeTensors
  private let data: Data
  private let lines: [Range<Int>]

  init(_ path: String) throws {
    self.path = path
    tensors = try SafeTensors(contentsOf: path + "/tensors.safetensors")
    let file = path + "/cases.jsonl"
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: file)) else {
      throw FixtureError("cannot read '\(file)'")
    }
    self.data = data
    lines = data.withUnsafeBytes { bytes in
      var lines: [Range<Int>] = []
      var start = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        if end > start { lines.append(start..<end) }
        start = end + 1
      }
      return lines
    }
  }

  var count: Int { lines.count }

  /// The case on a line.
  func parsed(_ line: Int) throws -> JSONValue {
    let range = lines[line]
    do {
      return try data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
        try JSONValue(parsing: UnsafeRawBufferPointer(rebasing: bytes[range]))
      }
    } catch let error as FixtureError {
      throw FixtureError("'\(path)/cases.jsonl', case \(line + 1): \(error.description)")
    }
  }

  /// The text of the first member with this name on a line, found without parsing; it must have no escapes.
  func text(of member: String, on line: Int) -> String? {
    position(of: "\"\(member)\":\"", on: line).map { text(from: $0, to: UInt8(ascii: "\"")) }
  }

  /// The texts of the first member with this name on a line, found likewise; none where it is no list.
  func texts(of member: String, on line: Int) -> [String] {
    guard let start = position(of: "\"\(member)\":[\"", on: line) else { return [] }
    let list = text(from: start, to: UInt8(ascii: "]"))
    return list.split(separator: ",").map { $0.filter { $0 != "\"" } }
  }

  /// Whether a line has a member with this name, or a text of it in quotes.
  func mentions(_ member: String, on line: Int) -> Bool { position(of: "\"\(member)\":", on: line) != nil }

  /// Where a line goes on behind a text.
  private func position(of text: String, on line: Int) -> Int? {
    data.range(of: Data(text.utf8), in: lines[line])?.upperBound
  }

  private func text(from start: Int, to end: UInt8) -> String {
    data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
      String(decoding: bytes[start...].prefix { $0 != end }, as: UTF8.self)
    }
  }
}
