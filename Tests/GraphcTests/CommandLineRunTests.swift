// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Graphc
import Testing

@testable import GraphcCLI

@Suite struct CommandLineRunTests {
  /// x = [[1, 2], [3, 4]], w = [[1, 0], [1, 1]], b = [0.5, 0].
  private func withArrays<Result>(_ body: (_ file: String, _ directory: String) throws -> Result) throws
    -> Result
  {
    try withProgram { file, directory throws in
      try NDArray([1, 2, 3, 4] as [Float], shape: [2, 2]).write(npy: directory + "/x.npy")
      try NDArray([1, 0, 1, 1] as [Float], shape: [2, 2]).write(npy: directory + "/w.npy")
      try NDArray([0.5, 0] as [Float]).write(npy: directory + "/b.npy")
      return try body(file, directory)
    }
  }

  @Test(arguments: ["native", "interpreter"]) func runPrints(engine: String) throws {
    try withArrays { file, directory throws in
      let arguments = [
        "run", file, "--engine", engine, "--feed", "x=\(directory)/x.npy", "--variable",
        "w=\(directory)/w.npy",
        "--variable", "@b=\(directory)/b.npy",
      ]
      let all = CommandLineTool.run(arguments)
      #expect(all.status == .success)
      #expect(all.output == "y: f32[2,2]\n[[3.5 2. ]\n [7.5 4. ]]\nloss: f32[]\n88.5\n")
      let one = CommandLineTool.run(arguments + ["--fetch", "%5"])
      #expect(one.output == "[[12.25  4.  ]\n [56.25 16.  ]]\n")
    }
  }

  @Test func runStartsVariablesAsZeros() throws {
    try withArrays { file, directory throws in
      let outcome = graphc("run", file, "--feed", "x=\(directory)/x.npy", "--fetch", "loss")
      #expect(outcome.output == "0.0\n")
    }
  }

  @Test func runNeedsOnlyWhatItsFetchesNeed() throws {
    let outcome = try withProgram { file, _ throws in graphc("run", file, "--fetch", "%7") }
    #expect(outcome.status == .success)
    #expect(outcome.output == "[[0. 0.]\n [0. 0.]]\n")
  }

  @Test func runWritesFiles() throws {
    try withArrays { file, directory throws in
      let outcome = graphc(
        "run", file, "--feed", "x=\(directory)/x.npy", "--variable", "w=\(directory)/w.npy", "--out",
        "y=\(directory)/out.npy", "--save", directory + "/state")
      #expect(outcome.status == .success)
      #expect(outcome.output == "loss: f32[]\n78.0\n")
      #expect(
        try NDArray(npyContentsOf: directory + "/out.npy")
          == NDArray([3, 2, 7, 4] as [Float], shape: [2, 2]))
      #expect(
        try NDArray(npyContentsOf: directory + "/state/w.npy")
          == NDArray([2, 0, 2, 2] as [Float], shape: [2, 2]))
      #expect(try NDArray(npyContentsOf: directory + "/state/b.npy") == NDArray([0, 0] as [Float]))
      let all = graphc("run", file, "--feed", "x=\(directory)/x.npy", "--out-dir", directory + "/all")
      #expect(all.status == .success && all.output.isEmpty)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: directory + "/all").sorted() == [
          "loss.npy", "y.npy",
        ])
    }
  }

  @Test func runNamesWhatIsWrong() throws {
    try withArrays { file, directory throws in
      let x = "x=\(directory)/x.npy"
      func errors(_ arguments: String...) -> String {
        let outcome = CommandLineTool.run(["run", file] + arguments)
        #expect(outcome.status == .failure)
        #expect(outcome.output.isEmpty)
        return outcome.errors
      }
      #expect(
        errors() == "error[feed.missing]: parameter 'x' f32[?0,2] is needed by this run and is not fed\n")
      #expect(
        errors("--feed", "xs=\(directory)/x.npy")
          == "error[name.unknown]: the program has no parameter named 'xs'; it has 'x'\n")
      #expect(
        errors("--feed", x, "--variable", "c=\(directory)/b.npy")
          == "error[name.unknown]: the program has no variable named 'c'; it has 'w', 'b'\n")
      #expect(
        errors("--feed", x, "--variable", "w=\(directory)/b.npy")
          == "error[variable.type]: variable 'w' is f32[2,2] and is given f32[2]\n")
      #expect(
        errors("--feed", "x=\(directory)/b.npy")
          == "error[feed.shape]: parameter 'x' is f32[?0,2] and is fed with f32[2]; it has 1 axes\n")
      #expect(
        errors("--feed", x, "--feed", "%x=\(directory)/x.npy")
          == "error[name.twice]: the parameter 'x' is given twice\n")
      #expect(
        errors("--feed", x, "--fetch", "lost")
          == "error[name.unknown]: the program has no value named 'lost'; did you mean 'loss'?\n")
      try NDArray([1.0, 2], shape: [1, 2]).write(npy: directory + "/x64.npy")
      #expect(
        errors("--feed", "x=\(directory)/x64.npy")
          == "error[feed.dtype]: parameter 'x' is f32[?0,2] and is fed with f64[1,2]; save it as f32\n")
      let stray = graphc("run", file, "--feed", x, "--fetch", "y", "--out", "loss=a.npy")
      #expect(stray.status == .usage)
      #expect(stray.errors.hasPrefix("error[usage.value]: run: '--out loss=a.npy': 'loss' is not fetched"))
    }
  }

  @Test func fileNamesStayInTheirDirectory() {
    #expect(RunCommand.fileName("dense/kernel") == "dense.kernel")
    #expect(RunCommand.fileName("../../etc") == "......etc")
    #expect(RunCommand.fileName("..") == "_..")
    #expect(RunCommand.fileName("") == "_")
  }
}
