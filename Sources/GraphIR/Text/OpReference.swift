// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The reference of the ops, made from what their rules say of themselves.
public enum OpReference {
  /// The whole reference, the file `IR/OPS.md`.
  public static func markdown() -> String {
    var text = """
      # The ops of the graphc IR

      Made by `swift run graphc ops --markdown > IR/OPS.md` from the ops' own documentation: edit that, not this file.
      `SPEC.md` has what is common to all: types, values, arithmetic, the text.

      Every example is a list of statements of a module. A diagnostic of the code `dot.C2` is about constraint C2 of
      `dot`. In gradients, g is the cotangent, the gradient with respect to the result, and r is the result; several
      operands' gradients are separated by semicolons.

      | op | in a sentence |
      |---|---|

      """
    for page in pages {
      let sentence = firstSentence(page.doc.semantics).replacing("|", with: "\\|")
      text += "| [`\(page.doc.name)`](#\(anchor(page.doc.name))) | \(sentence) |\n"
    }
    for page in pages { text += "\n" + markdown(page) }
    return text + "\n" + accuracy
  }

  /// The page of one op for a terminal, or nil when there is no such op.
  public static func text(for mnemonic: String) -> String? {
    guard let page = pages.first(where: { $0.mnemonics.contains(mnemonic) }) else { return nil }
    var lines = [page.doc.name, ""]
    for section in sections(page) {
      lines.append(section.title.uppercased())
      lines += section.lines.flatMap {
        wrapped(plain($0), indent: section.isCode ? 4 : 2, isCode: section.isCode)
      }
      lines.append("")
    }
    return lines.joined(separator: "\n")
  }

  // MARK: Pages

  private struct Page {
    let doc: OpDoc
    var mnemonics: [String]
  }

  private struct Section {
    let title: String
    var lines: [String]
    var isList = false
    var isCode = false
  }

  /// One page a documentation: argMax and argMin share one.
  private static var pages: [Page] {
    var pages: [Page] = [Page(doc: ParameterOp.doc, mnemonics: ["parameter"])]
    for kind in Op.roster {
      if let last = pages.last, last.doc == kind.doc {
        pages[pages.count - 1].mnemonics.append(kind.mnemonic)
      } else {
        pages.append(Page(doc: kind.doc, mnemonics: [kind.mnemonic]))
      }
    }
    return pages
  }

  private static func sections(_ page: Page) -> [Section] {
    let doc = page.doc
    let constraints = doc.constraints.enumerated().map { "C\($0 + 1): \($1)" }
    var sections = [Section(title: "Semantics", lines: [doc.semantics])]
    let lists = [
      ("Inputs", doc.inputs), ("Attributes", doc.attributes), ("Outputs", doc.outputs),
      ("Constraints", constraints),
    ]
    for (title, lines) in lists where !lines.isEmpty {
      sections.append(Section(title: title, lines: lines, isList: true))
    }
    sections.append(Section(title: "Examples", lines: doc.examples, isCode: true))
    sections.append(Section(title: "Gradient", lines: [doc.gradient]))
    if let accuracy = accuracyLine(doc.name) {
      sections.append(Section(title: "Accuracy", lines: [accuracy]))
    }
    return sections
  }

  private static func markdown(_ page: Page) -> String {
    var text = "## \(page.doc.name)\n"
    for section in sections(page) {
      if section.isCode {
        text += "\n**\(section.title)**\n\n```\n" + section.lines.joined(separator: "\n") + "\n```\n"
      } else if section.isList {
        text += "\n**\(section.title)**\n\n" + section.lines.map { "* \($0)\n" }.joined()
      } else {
        text += "\n**\(section.title).** " + section.lines.joined(separator: " ") + "\n"
      }
    }
    return text
  }

  // MARK: Accuracy

  private static func accuracyLine(_ name: String) -> String? {
    guard let function = ScalarFunction(rawValue: name), let single = function.ulpBound(for: .float32),
      let double = function.ulpBound(for: .float64)
    else { return nil }
    if single == 0, double == 0 { return "Exact." }
    let domain = function.accuracyDomain.map { ", " + $0 } ?? ""
    return "At most \(single) ULP in f32, \(double) ULP in f64\(domain)."
  }

  private static var accuracy: String {
    var text = """
      ## Accuracy

      The greatest distance of a result from the exact one, in units in the last place of the exact one, over all
      operands that the table does not leave out: 0 is exact, 1 at most the rounding to a neighbour. Every implementation gives the same bits.

      | function | f32 | f64 |
      |---|---|---|

      """
    for function in ScalarFunction.allCases {
      guard let single = function.ulpBound(for: .float32), let double = function.ulpBound(for: .float64)
      else {
        continue
      }
      let domain = function.accuracyDomain.map { ", " + $0 } ?? ""
      text += "| `\(function.name)`\(domain) | \(single) | \(double) |\n"
    }
    return text
  }

  // MARK: Text

  private static func firstSentence(_ text: String) -> String {
    guard let end = text.firstRange(of: ". ") else { return text }
    return String(text[..<end.lowerBound]) + "."
  }

  /// The anchor that a Markdown reader makes of a heading.
  private static func anchor(_ heading: String) -> String {
    String(heading.lowercased().compactMap { $0 == " " ? "-" : $0 == "," ? nil : $0 })
  }

  private static func plain(_ text: String) -> String { text.replacing("`", with: "") }

  private static func wrapped(_ text: String, indent: Int, isCode: Bool) -> [String] {
    let margin = String(repeating: " ", count: indent)
    if isCode { return [margin + text] }
    var lines: [String] = []
    var line = margin
    for word in text.split(separator: " ") {
      if line.count + word.count > 90, line.count > indent {
        lines.append(line)
        line = margin + "  "
      } else if line.count > indent, line != margin + "  " {
        line += " "
      }
      line += word
    }
    return lines + [line]
  }
}
