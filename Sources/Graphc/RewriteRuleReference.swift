// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphTransforms

/// The rewrite rules of the optimizer, as text; what `graphc rules` shows.
public enum RewriteRuleReference {
  /// A line a rule: the first pass that applies it, how exact it is, the equation.
  public static func list(onlyRounding: Bool = false) -> String {
    let optional = Set(RewriteRule.reassociating.map(\.name))
    let rows = RewriteRule.catalogue.filter { !onlyRounding || $0.rule.exactness == .rounding }
      .map { pass, rule in
        [optional.contains(rule.name) ? "reassociate" : pass, rule.exactness.rawValue, rule.name]
      }
    return TextTable(rows).text
  }
}
