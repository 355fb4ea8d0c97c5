// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// Shows what this program is and what it makes code for.
struct VersionCommand: Command {
  static let specification = CommandSpecification(
    name: "version", summary: "show the version and the processor that code is made for",
    discussion: "Shows the version of graphc and the processor that it makes code for on this machine.")

  init(_ arguments: Arguments) {}

  func run(_ outcome: inout Outcome) throws {
    outcome.output += "graphc \(Inspection.compilerVersion)\ntarget: \(try Inspection.hostTarget())\n"
  }
}
