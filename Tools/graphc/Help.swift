// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The texts that `--help` shows.
enum Help {
  private static let width = 88

  /// Every command in a line.
  static var overview: String {
    let commands = CommandLineTool.commands.map { $0.specification }
    let list = table(commands.map { ($0.name, $0.summary) })
    return """
      graphc compiles graphs of tensors to machine code and shows every stage of that.

      Usage: graphc COMMAND [ARGUMENT…]

      Commands:
      \(list)
      'graphc help COMMAND' tells more. Exit status: 0 success, 1 the program or its data is wrong,
      2 the command line is wrong, 70 graphc is.

      """
  }

  /// Everything about one command.
  static func text(for command: CommandSpecification) -> String {
    var sections = ["Usage: graphc \(usage(of: command))", wrapped(command.discussion)]
    let options = command.options + [Option("help", short: "h", nil, "show this")]
    sections.append("Options:\n" + table(options.map { (heading($0), summary($0)) }))
    if !command.examples.isEmpty {
      let lines = command.examples.map { "  # \($0.effect)\n  \($0.line)\n" }
      sections.append("Examples:\n" + lines.joined())
    }
    return sections.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined(separator: "\n")
  }

  private static func usage(of command: CommandSpecification) -> String {
    let operands = command.operands.map { $0.isOptional ? " [\($0.name)]" : " \($0.name)" }.joined()
    return command.name + operands + (command.options.isEmpty ? "" : " [OPTION…]")
  }

  private static func heading(_ option: Option) -> String {
    let short = option.short.map { "-\($0), " } ?? "    "
    return short + "--\(option.name)" + (option.value.map { " \($0)" } ?? "")
  }

  private static func summary(_ option: Option) -> String {
    let choices = option.choices.isEmpty ? "" : ": " + option.choices.joined(separator: ", ")
    return option.summary + choices + (option.repeats ? "; may be repeated" : "")
  }

  // MARK: Layout

  /// Rows of two columns; the second is wrapped, and begins on a line of its own where the first is long.
  private static func table(_ rows: [(String, String)]) -> String {
    let column = min(rows.map(\.0.count).max() ?? 0, 26)
    return rows.map { heading, text in
      let indent = String(repeating: " ", count: column + 4)
      let lines = wrapped(text, width: width - column - 4).split(separator: "\n")
      var first = "  " + heading
      first +=
        heading.count > column ? "\n" + indent : String(repeating: " ", count: column + 2 - heading.count)
      return first + lines.joined(separator: "\n" + indent) + "\n"
    }.joined()
  }

  /// Breaks paragraphs into lines; a line that begins with a space stays as it is.
  private static func wrapped(_ text: String, width: Int = width) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { paragraph in
      if paragraph.hasPrefix(" ") { return String(paragraph) }
      var lines = [""]
      for word in paragraph.split(separator: " ") {
        let last = lines[lines.count - 1]
        if last.isEmpty {
          lines[lines.count - 1] = String(word)
        } else if last.count + 1 + word.count <= width {
          lines[lines.count - 1] += " " + word
        } else {
          lines.append(String(word))
        }
      }
      return lines.joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
