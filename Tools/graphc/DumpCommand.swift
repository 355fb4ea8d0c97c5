// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc
import Graphc
import GraphcModels

/// Shows a program at a stage of its compilation.
struct DumpCommand: Command {
  static let specification = CommandSpecification(
    name: "dump", summary: "show a program at any stage of its compilation",
    operands: [Operand("FILE.gir|MODEL")],
    options: [
      Option(
        "emit", short: "e", "STAGE", "the stage", choices: Inspection.Stage.allCases.map(\.rawValue)),
      Option("format", "FORMAT", "text unless given", choices: Inspection.Format.allCases.map(\.rawValue)),
      Option(
        "bind", "?0=32,…", "numbers for unknown extents; the question marks may be left out", repeats: true),
      Option(
        "grad", "LOSS:W,…", "add the gradients of a value with respect to others as results", repeats: true),
      Option(
        "cpu", "NAME",
        "the processor that llvm and asm are for, as LLVM calls it; this machine's unless given"),
      Option("only", "KERNEL", "show one kernel, by its number or by words of its label"),
      Option("after", "PASS", "show optimized behind this pass, not behind the last"),
      Option(
        "print-after", "PASS|all", "show the program behind a pass, or each, before the stage", repeats: true),
      Option(
        "time-passes", nil,
        "tell on standard error what each pass did, and how long it and the code of each kernel took"),
      Option(
        "explain-fusion", nil, "tell on standard error which values share kernels, and why others do not"),
      Option("stats", nil, "tell on standard error how often each rewrite rule was applied"),
      Option(
        "check", nil,
        "have the interpreter evaluate the program before and behind each pass, with made-up numbers, and name the "
          + "rewrite that changes a value"),
      Option("strict-order", nil, "apply no rewrite that rounds differently; 'graphc rules' lists them"),
      Option("reassociate", nil, "gather the constants of sums and products"),
      Option("output", short: "o", "FILE", "write to a file, which appears complete or not at all"),
    ],
    discussion: """
      Takes a file in the language of IR/SPEC.md ('-' for standard input) or a built-in model: \(modelList).
      The stages are, in order of compilation:
        graph       the program as it was built, gradient nodes inside
        gradients   gradient nodes expanded
        optimized   behind all passes
        kernels     the loops that it becomes
        plan        the steps of a run and the place of each array
        llvm, asm   the code of every kernel
      All but the first need a number for every extent; the built-in models have them. The formats dot (Graphviz) and \
      json are there for the first three.
      """,
    examples: [
      ("graphc dump iris --emit kernels", "the loops of a training step"),
      (
        "graphc dump net.gir --emit asm --bind '?0=32' --cpu x86-64-v3 --only 0",
        "one kernel for another processor"
      ),
      ("graphc dump xor --emit optimized --format dot | dot -Tsvg > xor.svg", "a picture"),
      ("graphc dump net.gir --emit gradients --grad loss:w,b --bind 0=8", "a gradient written out"),
    ])

  private let source: String
  private let stage: Inspection.Stage
  private var options: Inspection.Options
  private let bindings: [Int: Int]
  private let gradients: [(loss: String, targets: [String])]
  private let timesPasses: Bool
  private let explainsFusion: Bool
  private let countsRules: Bool
  /// Passes to show the program behind; nil for none, an empty list for all.
  private let printedPasses: [String]?
  private let output: String?

  private static var modelList: String { BuiltInModel.all.map(\.name).joined(separator: ", ") }

  init(_ arguments: Arguments) throws {
    source = arguments.operands[0]
    stage = try arguments.choice("emit", Inspection.Stage.self)
    options = Inspection.Options(
      cpu: arguments["cpu"], kernel: arguments["only"], lastPass: arguments["after"])
    if arguments.has("format") { options.format = try arguments.choice("format", Inspection.Format.self) }
    bindings = try Self.bindings(arguments)
    gradients = try Self.gradients(arguments)
    options.compilation = CompilationOptions(
      strictOrder: arguments.has("strict-order"), reassociates: arguments.has("reassociate"),
      checksPasses: arguments.has("check"))
    timesPasses = arguments.has("time-passes")
    explainsFusion = arguments.has("explain-fusion")
    countsRules = arguments.has("stats")
    let printed = arguments.all("print-after")
    printedPasses = printed.isEmpty ? nil : printed.contains("all") ? [] : printed
    output = arguments["output"]
    try Self.checkFit(stage, options, arguments)
  }

  func run(_ outcome: inout Outcome) throws {
    var inspection = try load()
    if !bindings.isEmpty { inspection = try inspection.bound(by: bindings) }
    for (loss, targets) in gradients {
      inspection = try inspection.differentiating(loss, withRespectTo: targets)
    }
    let looksAtPasses = timesPasses || countsRules || explainsFusion || printedPasses != nil
    if stage != .graph || looksAtPasses { try requireNumbers(inspection) }
    var text = ""
    if let printedPasses {
      text += try inspection.passTexts(printedPasses.isEmpty ? nil : printedPasses, options.compilation)
      text += "// \(stage.rawValue)\n"
    }
    text += try inspection.text(of: stage, options: options)
    if timesPasses {
      outcome.errors += try inspection.passReport(options.compilation) + inspection.kernelReport(options)
    }
    if countsRules { outcome.errors += try inspection.ruleReport(options.compilation) }
    if explainsFusion { outcome.errors += try inspection.fusionReport(options) }
    if let output {
      try FileSystem.write(Array(text.utf8), to: output)
    } else {
      outcome.output += text
    }
  }

  // MARK: The program

  private func load() throws -> Inspection {
    if let model = BuiltInModel.named(source) { return try Inspection(model) }
    if source == "-" || source.hasSuffix(".gir") || source.contains("/") || access(source, F_OK) == 0 {
      return try Inspection(text: SourceFile.text(source), file: SourceFile.name(source))
    }
    let names = BuiltInModel.all.map(\.name)
    throw UsageError(
      "operand",
      "there is no model and no file '\(source)'; the models are \(Self.modelList)"
        + suggestion(for: source, among: names), of: Self.specification)
  }

  private func requireNumbers(_ inspection: Inspection) throws {
    let open = inspection.openSymbols
    if open.isEmpty { return }
    let option =
      timesPasses
      ? "--time-passes" : countsRules ? "--stats" : explainsFusion ? "--explain-fusion" : "--print-after"
    let subject = stage == .graph ? option : "the stage '\(stage.rawValue)'"
    let flags = open.map { "\($0.symbol)=32" }.joined(separator: ",")
    throw Diagnostic(
      .run, code: "dump.symbols",
      "\(subject) needs a number for every extent; bind them, as in --bind '\(flags)'",
      notes: open.map { Diagnostic.Note("\($0.symbol) is \($0.place)") })
  }

  // MARK: Arguments

  /// Options that would have no effect are mistakes.
  private static func checkFit(
    _ stage: Inspection.Stage, _ options: Inspection.Options, _ arguments: Arguments
  ) throws(UsageError) {
    if !stage.formats.contains(options.format) {
      throw arguments.error(
        "format", options.format.rawValue, "the stage '\(stage.rawValue)' is shown as text only")
    }
    if let cpu = options.cpu, stage != .llvm && stage != .assembly {
      throw arguments.error("cpu", cpu, "makes a difference to the stages llvm and asm only")
    }
    if let kernel = options.kernel, ![.kernels, .llvm, .assembly].contains(stage) {
      throw arguments.error("only", kernel, "makes a difference to the stages kernels, llvm and asm only")
    }
    if let pass = options.lastPass {
      if stage != .optimized {
        throw arguments.error("after", pass, "makes a difference to the stage optimized only")
      }
      try checkPass(pass, "after", options, arguments)
    }
    for pass in arguments.all("print-after") where pass != "all" {
      try checkPass(pass, "print-after", options, arguments)
    }
    if options.compilation.checksPasses, stage == .graph || stage == .gradients {
      throw arguments.error(
        "check", stage.rawValue, "makes a difference to the stages behind the passes only")
    }
  }

  private static func checkPass(
    _ pass: String, _ option: String, _ options: Inspection.Options, _ arguments: Arguments
  ) throws(UsageError) {
    let names = options.compilation.passNames
    if !names.contains(pass) {
      throw arguments.error(
        option, pass,
        "there is no such pass; there are \(names.joined(separator: ", "))"
          + suggestion(for: pass, among: names))
    }
  }

  private static func bindings(_ arguments: Arguments) throws -> [Int: Int] {
    var bindings: [Int: Int] = [:]
    for list in arguments.all("bind") {
      for item in list.split(separator: ",", omittingEmptySubsequences: false) {
        let sides = item.split(separator: "=", omittingEmptySubsequences: false)
        let symbol = sides[0].hasPrefix("?") ? sides[0].dropFirst() : sides[0]
        guard sides.count == 2, let symbol = number(symbol), let extent = number(sides[1]) else {
          throw arguments.error("bind", list, "is not of the form ?0=32,?1=8")
        }
        if bindings[symbol] != nil { throw arguments.error("bind", list, "?\(symbol) is given twice") }
        bindings[symbol] = extent
      }
    }
    return bindings
  }

  /// Digits only: no sign.
  private static func number(_ text: Substring) -> Int? {
    text.allSatisfy { $0.isASCII && $0.isNumber } ? Int(text) : nil
  }

  private static func gradients(_ arguments: Arguments) throws -> [(loss: String, targets: [String])] {
    try arguments.all("grad").map { text in
      let sides = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let targets = sides.count == 2 ? sides[1].split(separator: ",", omittingEmptySubsequences: false) : []
      if sides[0].isEmpty || targets.isEmpty || targets.contains(where: \.isEmpty) {
        throw arguments.error("grad", text, "is not of the form LOSS:W,B")
      }
      return (sides[0], targets.map(String.init))
    }
  }
}

extension Inspection {
  /// The run of a built-in model.
  init(_ model: BuiltInModel) throws {
    try self.init(
      model.graph, fetches: model.fetches, targets: model.targets, feeding: model.feeds, name: model.name)
  }
}

extension Arguments {
  /// The value of an option whose choices are the cases of an enumeration.
  func choice<Choice: RawRepresentable<String>>(_ option: String, _: Choice.Type) throws(UsageError) -> Choice
  {
    let value = try required(option)
    guard let choice = Choice(rawValue: value) else { throw error(option, value, "there is no such choice") }
    return choice
  }
}

/// Program text from a file, or from standard input for `-`.
enum SourceFile {
  static func text(_ path: String) throws -> String {
    let bytes = try FileSystem.read(path == "-" ? "/dev/stdin" : path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic(.run, code: "file.text", "'\(name(path))' is no UTF-8 text")
    }
    return text
  }

  /// As diagnostics show it.
  static func name(_ path: String) -> String { path == "-" ? "standard input" : path }
}
