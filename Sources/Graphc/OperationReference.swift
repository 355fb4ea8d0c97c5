// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The reference of the operations, as `graphc ops` shows it.
package enum OperationReference {
  /// The operations' names in the order of the reference.
  package static var names: [String] { Op.roster.map(\.mnemonic) }

  /// Each operation in a line.
  package static var list: String {
    let rows = Op.roster.map { [$0.mnemonic, sentence($0.doc.semantics.replacing("`", with: ""))] }
    return TextTable(rows).text(width: 100)
  }

  /// All of it, the file `IR/OPS.md`.
  package static var markdown: String { OpReference.markdown() }

  /// The page of one operation, or nil when there is none of this name.
  package static func page(of name: String) -> String? { OpReference.text(for: name) }

  /// What stands before the first full stop that ends a sentence.
  private static func sentence(_ text: String) -> String {
    text.firstRange(of: ". ").map { String(text[..<$0.lowerBound]) + "." } ?? text
  }
}
