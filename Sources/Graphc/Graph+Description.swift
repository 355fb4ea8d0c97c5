// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Graph: CustomStringConvertible {
  /// What the graph takes, keeps and assigns, with the lines that made it.
  public var description: String {
    withState { state in
      let counts = [
        (state.builder.nodes.count, "node"), (state.placeholders.count, "placeholder"),
        (state.variables.count, "variable"), (state.assignments.count, "assignment"),
        (state.diagnostics.count, "error"),
      ]
      let summary = counts.map { "\($0) \($1)\($0 == 1 ? "" : "s")" }.joined(separator: ", ")
      var lines = ["graph: " + summary]
      for value in state.placeholders.map(\.value) + state.variables.map(\.value) {
        lines.append(state.line(value, state.describe(value)))
      }
      for assignment in state.assignments {
        let variable = state.variables[assignment.variable]
        lines.append(state.line(assignment.value, "assignment to \"\(variable.name)\""))
      }
      return lines.joined(separator: "\n")
    }
  }
}

extension GraphState {
  fileprivate func line(_ value: Value, _ words: String) -> String {
    let place = builder.node(value).origin.location.map { "  // \($0)" } ?? ""
    return "  \(words): \(type(of: value))\(place)"
  }
}
