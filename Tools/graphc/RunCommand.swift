// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Graphc

/// Runs a program on arrays from files.
struct RunCommand: Command {
  static let specification = CommandSpecification(
    name: "run", summary: "run a .gir file on .npy arrays",
    operands: [Operand("FILE.gir")],
    options: [
      Option("feed", "NAME=FILE.npy", "the value of a parameter", repeats: true),
      Option("variable", "NAME=FILE.npy", "what a variable starts as; zeros unless given", repeats: true),
      Option(
        "fetch", "NAME", "what to compute: a result, or a value such as %7; all results unless given",
        repeats: true),
      Option(
        "out", "NAME=FILE.npy", "write what is fetched under this name to a file, not to the screen",
        repeats: true),
      Option("out-dir", "DIR", "write everything that is fetched to DIR/NAME.npy"),
      Option("save", "DIR", "carry out the updates and write all variables to DIR/NAME.npy"),
      Option(
        "engine", "ENGINE", "native unless given; the interpreter is slow and obvious",
        choices: ["native", "interpreter"]),
    ],
    discussion: """
      Takes a file in the language of IR/SPEC.md ('-' for standard input). Arrays are NumPy files as numpy.save writes \
      them, with elements of bool, uint8, int8, int32, int64, uint32, float16, float32 or float64; the feeds decide the \
      unknown extents. Arrays are printed as NumPy prints them.
      """,
    examples: [
      ("graphc run net.gir --feed x=images.npy --fetch logits", "print a result"),
      ("graphc run step.gir --feed x=x.npy --variable w=w.npy --save state", "make a training step"),
    ])

  private let source: String
  private let feeds: [(name: String, value: String)]
  private let variables: [(name: String, value: String)]
  private let fetches: [String]
  private let files: [(name: String, value: String)]
  private let directory: String?
  private let stateDirectory: String?
  private let engine: TextProgram.Engine

  init(_ arguments: Arguments) throws {
    source = arguments.operands[0]
    feeds = try arguments.pairs("feed")
    variables = try arguments.pairs("variable")
    fetches = arguments.all("fetch")
    files = try arguments.pairs("out")
    directory = arguments["out-dir"]
    stateDirectory = arguments["save"]
    engine = arguments["engine"] == "interpreter" ? .interpreter : .native
    for (index, name) in fetches.enumerated() where fetches[..<index].contains(name) {
      throw arguments.error("fetch", name, "is given twice")
    }
  }

  func run(_ outcome: inout Outcome) throws {
    let program = try TextProgram(text: SourceFile.text(source), file: SourceFile.name(source))
    let fetches = self.fetches.isEmpty ? program.resultNames : self.fetches
    if let stray = files.first(where: { !fetches.contains($0.name) }) {
      throw UsageError(
        "value",
        "'--out \(stray.name)=\(stray.value)': '\(stray.name)' is not fetched\(suggestion(for: stray.name, among: fetches))",
        of: Self.specification)
    }
    let read = { (list: [(name: String, value: String)]) in
      try list.map { (name: $0.name, value: try NDArray(npyContentsOf: $0.value)) }
    }
    let result = try program.run(
      fetches: fetches, feeds: try read(feeds), variables: try read(variables),
      keepsUpdates: stateDirectory != nil, engine: engine)
    try deliver(Array(zip(fetches, result.results)), &outcome)
    if let stateDirectory {
      try write(result.variables, to: stateDirectory)
    }
  }

  /// Writes what has a file, prints the rest; with names, unless it is one array.
  private func deliver(_ results: [(name: String, value: NDArray)], _ outcome: inout Outcome) throws {
    var printed: [(name: String, value: NDArray)] = []
    for result in results {
      if let file = files.first(where: { $0.name == result.name }) {
        try result.value.write(npy: file.value)
      } else {
        printed.append(result)
      }
    }
    if let directory {
      try write(printed, to: directory)
      return
    }
    for (name, value) in printed {
      if results.count > 1 { outcome.output += "\(name): \(value.type)\n" }
      outcome.output += "\(value)\n"
    }
  }

  private func write(_ arrays: [(name: String, value: NDArray)], to directory: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw Diagnostic(.run, code: "file.write", "cannot make the directory '\(directory)'")
    }
    for (name, value) in arrays {
      try value.write(npy: "\(directory)/\(Self.fileName(name)).npy")
    }
  }

  /// The name without what would lead to another directory.
  static func fileName(_ name: String) -> String {
    let safe = name.map { $0 == "/" || $0 == "\0" ? "." : $0 }
    let text = String(safe)
    return text.allSatisfy { $0 == "." } ? "_" + text : text
  }
}
