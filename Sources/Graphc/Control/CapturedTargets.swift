// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension GraphState {
  /// Throws when outputs within a region depend on a target outside it through another value from outside: a gradient that
  /// is taken within takes that value for a constant, and would silently lack a part.
  func requirePathsWithin(from outputs: [Value], to targets: [Value]) throws(BuildError) {
    for target in targets {
      var (sources, goal) = (outputs, target)
      while let outside = outerValue(of: goal) {
        let part = part(of: goal)
        let frame = regions[Int(part)]
        let flow = GradientFlow(in: builder.nodes, from: sources)
        let reached = (frame.captures + frame.sources).filter { flow.reaches($0.inner) }
        let hidden = reached.first { entry in
          if entry.inner == goal { return false }
          return entry.outer == outside
            || GradientFlow(in: builder.nodes, from: [entry.outer]).reaches(outside)
        }
        if let hidden {
          let (value, place) = (describe(hidden.inner), frame.kind.rawValue)
          throw BuildError(
            "gradient.region",
            "depends on \(describe(outside)) through \(value) too, which comes from outside \(place) and is a constant "
              + "there; compute it within, or take the gradient outside",
            notes: [Diagnostic.Note("it is \(value)", at: builder.node(hidden.outer).origin.location)])
        }
        (sources, goal) = (reached.map(\.outer), outside)
      }
    }
  }

  /// The value around a part that a parameter of the part stands for.
  private func outerValue(of value: Value) -> Value? {
    regions[Int(part(of: value))].captures.first { $0.inner == value }?.outer
  }
}
