// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Graphc
import Testing

@testable import GraphcConformance

/// What reads the files of the suites.
@Suite struct FixtureFileTests {
  @Test func valuesOfEveryKind() throws {
    let text =
      #" {"a": [1, -2, 1.0, 2.5e-3], "b": {"c": null, "d": [true, false]}, "e": "x\"\u00e9\ud83d\ude00\n"} "#
    let value = try JSONValue(parsing: text)
    #expect(value["a"] == .array([.integer(1), .integer(-2), .real(1), .real(2.5e-3)]))
    #expect(value["b"]?["c"]?.isNull == true)
    #expect(value["b"]?["d"]?.array?.map(\.bool) == [true, false])
    #expect(value["e"]?.string == "x\"é😀\n")
    #expect(value["f"] == nil)
    #expect(try JSONValue(parsing: "\"nan\"").number?.isNaN == true)
    #expect(try JSONValue(parsing: "\"-inf\"").number == -.infinity)
    #expect(try JSONValue(parsing: "[]").integers == [])
    #expect(try JSONValue(parsing: "[1, 2.0]").integers == nil)
  }

  @Test(arguments: [
    "", "{", "[1,", "{\"a\" 1}", "\"abc", "tru", "1 2", "[1}", "{1: 2}", "\"\\ud800x\"", "\"\\u12\"", "-",
    String(repeating: "[", count: 1000),
  ])
  func brokenTextIsRefused(_ text: String) {
    #expect(throws: FixtureError.self) { try JSONValue(parsing: text) }
  }

  private func file(_ header: String, _ bytes: [UInt8]) throws -> String {
    let path = NSTemporaryDirectory() + "graphc-\(UUID().uuidString).safetensors"
    var data = Data()
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(contentsOf: Array(header.utf8) + bytes)
    try data.write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func tensorsByKey() throws {
    let path = try file(
      #"{"a/b": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "__metadata__": {"x": "y"}, "#
        + #""s": {"dtype": "I64", "shape": [], "data_offsets": [8, 16]}, "#
        + #""e": {"dtype": "BOOL", "shape": [0, 3], "data_offsets": [16, 16]}, "#
        + #""c": {"dtype": "C64", "shape": [1], "data_offsets": [8, 16]}}  "#,
      [0, 0, 128, 63, 0, 0, 0, 192, 254, 255, 255, 255, 255, 255, 255, 255])
    defer { try? FileManager.default.removeItem(atPath: path) }
    let tensors = try SafeTensors(contentsOf: path)
    #expect(try tensors.array("a/b") == NDArray([Float(1), -2]))
    #expect(try tensors.array("s") == NDArray(scalar: Int64(-2)))
    #expect(try tensors.array("e") == NDArray([Bool](), shape: [0, 3]))
    #expect(try tensors.array("x") == nil)
    #expect(throws: NotCovered.self) { try tensors.array("c") }
  }

  @Test(arguments: [
    #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 80]}}"#,
    #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}"#,
    #"{"a": {"dtype": "F32", "shape": [2]}}"#, "[]", "{",
  ])
  func brokenFilesAreRefused(_ header: String) throws {
    let path = try file(header, Array(repeating: 0, count: 8))
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(throws: FixtureError.self) { try SafeTensors(contentsOf: path) }
  }

  @Test func bytesThatDoNotFillTheShape() throws {
    let path = try file(
      #"{"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}"#, Array(repeating: 0, count: 8))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let tensors = try SafeTensors(contentsOf: path)
    #expect(throws: FixtureError.self) { try tensors.array("a") }
  }

  @Test func missingFilesAreRefused() {
    #expect(throws: FixtureError.self) { try SafeTensors(contentsOf: "/nowhere/tensors.safetensors") }
    #expect(throws: FixtureError.self) { try FixtureFolder("/nowhere") }
  }
}
