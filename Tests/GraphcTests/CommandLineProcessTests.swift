// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Testing

/// The built program, beside that of the tests; nil where it was not built.
private let program: String? = {
  guard let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
    return nil
  }
  let path = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("graphc").path
  return FileManager.default.isExecutableFile(atPath: path) ? path : nil
}()

/// What only a process of its own can show: streams, pipes and exit statuses.
@Suite(.enabled(if: program != nil, "the product graphc is not built"))
struct CommandLineProcessTests {
  /// Runs a line of the shell in which `graphc` is the program.
  private func shell(_ line: String) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", "graphc() { \"$GRAPHC\" \"$@\"; }; set -o pipefail; \(line)"]
    process.environment = ["GRAPHC": program ?? "", "PATH": "/usr/bin:/bin"]
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let texts = [output, errors].map {
      String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
    process.waitUntilExit()
    return (process.terminationStatus, texts[0], texts[1])
  }

  @Test func streamsAndStatuses() throws {
    let help = try shell("graphc --help")
    #expect(help.status == 0)
    #expect(help.output.hasPrefix("graphc compiles graphs"))
    #expect(help.errors.isEmpty)
    let usage = try shell("graphc dmup")
    #expect(usage.status == 2)
    #expect(usage.output.isEmpty)
    #expect(
      usage.errors.hasPrefix("error[usage.command]: there is no command 'dmup'; did you mean 'dump'?\n"))
    let failure = try shell("graphc dump /nowhere/net.gir --emit graph")
    #expect(failure.status == 1)
    #expect(failure.output.isEmpty)
    #expect(failure.errors == "error[file.read]: cannot read '/nowhere/net.gir': No such file or directory\n")
  }

  @Test func aReaderThatStopsIsNoError() throws {
    let result = try shell("graphc dump iris --emit llvm | head -n 1")
    #expect(result.status == 0)
    #expect(result.output.split(separator: "\n").count == 1)
    #expect(result.errors.isEmpty)
  }

  @Test func aFullDiskIsAnError() throws {
    let result = try shell("graphc dump xor --emit plan > /dev/full")
    #expect(result.status == 1)
    #expect(result.errors == "error[file.write]: cannot write the output: No space left on device\n")
  }

  @Test func programsComeFromStandardInput() throws {
    let result = try shell("graphc dump xor --emit graph | graphc dump - --emit plan --bind 0=8")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("plan @"))
    #expect(result.output.contains("f32[8,2]"))
    let broken = try shell("echo 'module' | graphc dump - --emit graph")
    #expect(broken.status == 1)
    #expect(broken.errors.contains("--> standard input:1:"))
  }
}
