// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Why an expression is invalid, before it is known where it stands.
struct BuildError: Error {
  /// A numbered constraint of an op (`dot.C2`), or a short name.
  var code: String
  /// Without the function's name.
  var message: String
  /// Lines of a text that the program gave, with a mark.
  var excerpt = ""
  var notes: [Diagnostic.Note] = []

  init(_ code: String, _ message: String, notes: [Diagnostic.Note] = []) {
    self.code = code
    self.message = message
    self.notes = notes
  }
}

extension GraphState {
  /// A value in the words of a note: `%7 "dropout_1"`, `variable "dense/kernel"`.
  func describe(_ value: Value) -> String {
    let node = builder.node(value)
    let quoted = (names[value] ?? node.origin.name).map { " \"\($0)\"" }
    switch node.op {
    case .parameter where part(of: value) != 0: return describe(parameter: value)
    case .parameter: return "placeholder" + (quoted ?? "")
    case .variable: return "variable" + (quoted ?? "")
    case .constant: return "constant" + (quoted ?? " \(builder.type(of: value))")
    default: return "%\(value.node)" + (quoted ?? " \(node.op.mnemonic)")
    }
  }

  /// A note that says what an operand is and where it was made.
  func note(_ role: String, _ value: Value) -> Diagnostic.Note {
    let origin = builder.node(value).origin
    let scope = origin.location == nil && !origin.scope.isEmpty ? " in scope \"\(origin.scope)\"" : ""
    return Diagnostic.Note("\(role) is \(describe(value))\(scope)", at: origin.location)
  }
}
