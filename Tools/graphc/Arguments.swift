// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// What a command is called, what it takes, and what it says about itself.
struct CommandSpecification {
  var name: String
  /// A few words for the list of commands.
  var summary: String
  var operands: [Operand] = []
  var options: [Option] = []
  /// Paragraphs for the command's own help.
  var discussion: String
  /// Command lines and what they do.
  var examples: [(line: String, effect: String)] = []

  /// Whether `--help` stands among the arguments, not as the value of an option.
  func asksForHelp(_ arguments: some Sequence<String>) -> Bool {
    var isValue = false
    for argument in arguments {
      if argument == "--" { return false }
      if !isValue && (argument == "--help" || argument == "-h") { return true }
      isValue = !isValue && option(argument)?.value != nil
    }
    return false
  }

  /// The option that is written like this, without a value behind an equals sign.
  func option(_ text: String) -> Option? {
    options.first { "--\($0.name)" == text || $0.short.map { "-\($0)" } == text }
  }
}

/// An argument that stands by itself.
struct Operand {
  /// As help shows it.
  var name: String
  var isOptional: Bool

  init(_ name: String, isOptional: Bool = false) {
    self.name = name
    self.isOptional = isOptional
  }
}

/// An argument with a name, `--emit STAGE`.
struct Option {
  /// Without the dashes.
  var name: String
  var short: Character?
  /// What stands for the value in help; nil for an option that takes none.
  var value: String?
  var summary: String
  /// The values that there are, where they can be listed.
  var choices: [String]
  /// Whether the option may stand several times.
  var repeats: Bool

  init(
    _ name: String, short: Character? = nil, _ value: String? = nil, _ summary: String,
    choices: [String] = [],
    repeats: Bool = false
  ) {
    self.name = name
    self.short = short
    self.value = value
    self.summary = summary
    self.choices = choices
    self.repeats = repeats
  }
}

/// The command line is wrong: what is wrong, and where to read how it goes.
struct UsageError: Error {
  var diagnostic: Diagnostic

  init(_ code: String, _ message: String, note: String) {
    diagnostic = Diagnostic(.run, code: "usage.\(code)", message, notes: [Diagnostic.Note(note)])
  }

  /// About one command.
  init(_ code: String, _ message: String, of command: CommandSpecification) {
    self.init(
      code, "\(command.name): \(message)",
      note: "'graphc help \(command.name)' shows what \(command.name) takes")
  }
}

/// A command's arguments, held against its specification.
struct Arguments {
  let specification: CommandSpecification
  private(set) var operands: [String] = []
  /// By the option's name; an option without a value has an empty text.
  private var values: [String: [String]] = [:]

  /// Reads `--name value`, `--name=value`, `-n value` and operands in any order; what stands behind `--` are operands.
  /// - Throws: `UsageError` for what the specification does not know or lacks.
  init(_ arguments: some Sequence<String>, for specification: CommandSpecification) throws(UsageError) {
    self.specification = specification
    var rest = Array(arguments)[...]
    var onlyOperands = false
    while let argument = rest.popFirst() {
      if onlyOperands || argument == "-" || !argument.hasPrefix("-") {
        operands.append(argument)
      } else if argument == "--" {
        onlyOperands = true
      } else {
        try readOption(argument, &rest)
      }
    }
    let needed = specification.operands.prefix { !$0.isOptional }
    if operands.count < needed.count {
      throw UsageError("operand", "\(needed[operands.count].name) is missing", of: specification)
    }
    if operands.count > specification.operands.count {
      throw UsageError(
        "operand", "'\(operands[specification.operands.count])' is one argument too many", of: specification)
    }
  }

  private mutating func readOption(
    _ argument: String, _ rest: inout ArraySlice<String>
  ) throws(UsageError) {
    let equals = argument.hasPrefix("--") ? argument.firstIndex(of: "=") : nil
    let name = String(argument[..<(equals ?? argument.endIndex)])
    guard let option = specification.option(name) else {
      let known = specification.options.map { "--\($0.name)" } + ["--help"]
      throw UsageError(
        "option", "there is no option '\(name)'\(suggestion(for: name, among: known))", of: specification)
    }
    var value = equals.map { String(argument[argument.index(after: $0)...]) }
    if option.value == nil {
      if value != nil { throw UsageError("option", "'\(name)' takes no value", of: specification) }
    } else if value == nil {
      if let next = rest.first, specification.option(next) == nil { value = rest.popFirst() }
    }
    if let placeholder = option.value, value == nil {
      throw UsageError("value", "'\(name)' needs a value, \(placeholder)", of: specification)
    }
    if !option.repeats && values[option.name] != nil {
      throw UsageError("option", "'--\(option.name)' stands twice", of: specification)
    }
    if let value, !option.choices.isEmpty, !option.choices.contains(value) {
      throw UsageError(
        "value",
        "'\(name)' cannot be '\(value)'; there are \(option.choices.joined(separator: ", "))"
          + suggestion(for: value, among: option.choices), of: specification)
    }
    values[option.name, default: []].append(value ?? "")
  }

  // MARK: Values

  /// Whether an option stands there.
  func has(_ option: String) -> Bool { values[option] != nil }

  subscript(option: String) -> String? { values[option]?.first }

  /// Every value of an option that may stand several times.
  func all(_ option: String) -> [String] { values[option] ?? [] }

  /// The value of an option that must stand there.
  func required(_ option: String) throws(UsageError) -> String {
    if let value = self[option] { return value }
    let entry = specification.options.first { $0.name == option }
    let choices = entry?.choices ?? []
    let list = choices.isEmpty ? "" : "; there are \(choices.joined(separator: ", "))"
    throw UsageError(
      "option", "'--\(option) \(entry?.value ?? "")' is missing\(list)", of: specification)
  }

  /// The error for a value that does not fit.
  func error(_ option: String, _ value: String, _ reason: String) -> UsageError {
    UsageError("value", "'--\(option) \(value)': \(reason)", of: specification)
  }

  /// The values `name=value` of a repeated option, in order.
  func pairs(_ option: String) throws(UsageError) -> [(name: String, value: String)] {
    var pairs: [(name: String, value: String)] = []
    for text in all(option) {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex,
        text.index(after: equals) != text.endIndex
      else {
        let form = specification.options.first { $0.name == option }?.value ?? "NAME=VALUE"
        throw error(option, text, "is not of the form \(form)")
      }
      let name = String(text[..<equals])
      if pairs.contains(where: { $0.name == name }) { throw error(option, text, "'\(name)' is given twice") }
      pairs.append((name, String(text[text.index(after: equals)...])))
    }
    return pairs
  }
}

/// `; did you mean 'dump'?`, or nothing when no name is near.
func suggestion(for word: String, among names: [String]) -> String {
  Inspection.nearestName(to: word, among: names).map { "; did you mean '\($0)'?" } ?? ""
}
