// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// How a command ends, as the shell sees it.
enum ExitStatus: Int32 {
  case success = 0
  /// The user's program or data is wrong; a diagnostic says how.
  case failure = 1
  /// The command line is wrong.
  case usage = 2
  /// A fault of graphc itself (EX_SOFTWARE of sysexits.h).
  case bug = 70
}

/// What a command says and how it ends.
struct Outcome {
  var status = ExitStatus.success
  /// For standard output.
  var output = ""
  /// For standard error.
  var errors = ""
}

/// One of the things that graphc does.
protocol Command {
  static var specification: CommandSpecification { get }

  /// - Throws: `UsageError` where values do not fit.
  init(_ arguments: Arguments) throws

  /// Does it; what it says is added to the outcome.
  func run(_ outcome: inout Outcome) throws
}

/// The whole of graphc, from arguments to texts, without a process around it.
enum CommandLineTool {
  static var commands: [any Command.Type] {
    [
      DumpCommand.self, RunCommand.self, ProfileCommand.self, OpsCommand.self, RulesCommand.self,
      ConformanceCommand.self, VersionCommand.self, HelpCommand.self,
    ]
  }

  /// - Parameter arguments: without the program's own name.
  static func run(_ arguments: [String]) -> Outcome {
    var outcome = Outcome()
    do {
      try dispatch(arguments, &outcome)
    } catch let error as UsageError {
      outcome.fail(.usage, error.diagnostic.description)
    } catch let error as Diagnostic {
      outcome.fail(error.kind == .bug ? .bug : .failure, error.description)
    } catch let error as DiagnosticList {
      let isBug = error.diagnostics.contains { $0.kind == .bug }
      outcome.fail(isBug ? .bug : .failure, error.description)
    } catch {
      outcome.fail(.bug, "internal error[command.error]: \(error)")
    }
    return outcome
  }

  private static func dispatch(_ arguments: [String], _ outcome: inout Outcome) throws {
    guard let first = arguments.first else {
      outcome.fail(.usage, Help.overview, end: "")
      return
    }
    if first == "--help" || first == "-h" {
      outcome.output += Help.overview
      return
    }
    let name = first == "--version" ? "version" : first
    let command = try command(named: name)
    let specification = command.specification
    let rest = arguments.dropFirst()
    if specification.asksForHelp(rest) {
      outcome.output += Help.text(for: specification)
      return
    }
    try command.init(try Arguments(rest, for: specification)).run(&outcome)
  }

  /// - Throws: `UsageError` with the nearest command.
  static func command(named name: String) throws(UsageError) -> any Command.Type {
    if let command = commands.first(where: { $0.specification.name == name }) { return command }
    let what = name.hasPrefix("-") ? "there is no option" : "there is no command"
    let names = commands.map { $0.specification.name } + (name.hasPrefix("-") ? ["--help", "--version"] : [])
    throw UsageError(
      "command", "\(what) '\(name)'\(suggestion(for: name, among: names))",
      note: "'graphc help' lists the commands")
  }
}

extension Outcome {
  fileprivate mutating func fail(_ status: ExitStatus, _ text: String, end: String = "\n") {
    self.status = status
    errors += text + end
  }
}

/// Shows how a command is used.
struct HelpCommand: Command {
  static let specification = CommandSpecification(
    name: "help", summary: "show how a command is used", operands: [Operand("COMMAND", isOptional: true)],
    discussion: "Without a command, lists them all. '--help' behind a command shows the same.")

  private let text: String

  init(_ arguments: Arguments) throws {
    text =
      try arguments.operands.first.map { name throws(UsageError) in
        Help.text(for: try CommandLineTool.command(named: name).specification)
      } ?? Help.overview
  }

  func run(_ outcome: inout Outcome) { outcome.output += text }
}
