// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Graphc
import Testing

@testable import GraphcCLI

/// The command `conformance`, on fixtures of one case.
@Suite struct CommandLineConformanceTests {
  /// A folder whose suite `onnx` has the sum of 1 and 2, and this as its value.
  private func withFixtures<Result>(
    _ expected: Float, named name: String = "node/test_add", _ body: (String) throws -> Result
  ) throws -> Result {
    try withTemporaryDirectory { directory in
      let folder = directory + "/onnx"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let line = """
        {"name":"\(name)","family":"\(name)","suite":"node","opset":{"ai.onnx":14},"rtol":0.001,\
        "atol":1e-07,"ops":["Add"],"inputs":{"x":{"tensor":"in.x"},"y":{"tensor":"in.y"}},\
        "outputs":{"sum":{"tensor":"out.sum"}},"graph":{"inputs":[{"name":"x"},{"name":"y"}],\
        "outputs":[{"name":"sum"}],"initializers":[],\
        "nodes":[{"op":"Add","in":["x","y"],"out":["sum"],"attrs":{}}]}}

        """
      try Data(line.utf8).write(to: URL(fileURLWithPath: folder + "/cases.jsonl"))
      let header = ["in.x", "in.y", "out.sum"].enumerated().map { index, key in
        "\"\(name)/\(key)\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[\(4 * index),\(4 * index + 4)]}"
      }
      let text = "{" + header.joined(separator: ",") + "}"
      var data = Data()
      withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { data.append(contentsOf: $0) }
      data.append(contentsOf: text.utf8)
      for number in [1, 2, expected] {
        withUnsafeBytes(of: number.bitPattern.littleEndian) { data.append(contentsOf: $0) }
      }
      try data.write(to: URL(fileURLWithPath: folder + "/tensors.safetensors"))
      return try body(directory)
    }
  }

  @Test func aCaseThatPassesIsCounted() throws {
    let outcome = try withFixtures(3) { graphc("conformance", "--suite", "onnx", "--fixtures", $0, "--json") }
    #expect(outcome.status == .success)
    #expect(outcome.errors == "")
    let lines = outcome.output.split(separator: "\n")
    #expect(
      lines.first == """
        {"suite":"onnx","op":"Add","mode":"interpreter","cases":1,"passed":1,"failed":0,"notCovered":0,\
        "forwardPassed":1,"gradientCases":0,"gradientPassed":0,"secondCases":0,"secondPassed":0,\
        "maxRelErr":0.0,"maxAbsErr":0.0}
        """)
    // A row for the op and the total, in each of four modes.
    #expect(lines.count == 8)
    #expect(
      lines.last?.hasPrefix(#"{"suite":"onnx","op":"total","mode":"native-2-threads","cases":1"#) == true)
  }

  @Test func aRegressionFailsTheCommand() throws {
    let outcome = try withFixtures(4) { graphc("conformance", "--suite", "onnx", "--fixtures", $0) }
    #expect(outcome.status == .failure)
    #expect(outcome.errors == "error[conformance.regression]: onnx node/test_add used to pass\n")
    #expect(outcome.output.contains("  node/test_add: sum: element 0 is 3.0, expected 4.0\n"))
  }

  @Test func aCaseThatNeverPassedIsNoRegression() throws {
    let outcome = try withFixtures(4, named: "node/not_in_the_list") {
      graphc("conformance", "--suite", "onnx", "--fixtures", $0, "--json")
    }
    #expect(outcome.status == .success)
    #expect(outcome.output.contains(#""cases":1,"passed":0,"failed":1"#))
  }
}
