// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RewriteRule {
  /// The exact rules of the pass `simplify`, tried in this order.
  public static let simplify =
    markers + empties + arithmetic + signs + integers + logic + conversions + indices + shapes + windows
    + slidings
    + joins + parts + indexing + repeats + reductions

  /// Once gradients are expanded, markers mean nothing more.
  static let markers = [
    RewriteRule("identity x = x", on: .identity) { site in
      if case .identity = site.op { site[0] } else { nil }
    },
    RewriteRule("stopGradient x = x", on: .stopGradient) { site in
      if case .stopGradient = site.op { site[0] } else { nil }
    },
  ]

  /// What has no elements needs no computation.
  static let empties = [
    RewriteRule("a value without elements = a constant without elements", on: .any) { site in
      guard site.type.shape.dims.contains(where: { $0.coefficient == 0 }), site.type.dtype != .string else {
        return nil
      }
      switch site.op {
      case .parameter, .variable: return nil
      case .broadcast: return site.constant(site[0]) == nil ? try site.everywhere(0) : nil
      default: return try site.everywhere(0)
      }
    }
  ]
}
