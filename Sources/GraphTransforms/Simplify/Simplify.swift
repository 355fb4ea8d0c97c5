// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RewriteRule {
  /// The rules of the pass `simplify`, tried in this order.
  public static let simplify: [RewriteRule] = markers

  /// Once gradients are expanded, markers mean nothing more.
  static let markers: [RewriteRule] = [
    RewriteRule("identity x = x") { site in
      if case .identity = site.op { site[0] } else { nil }
    },
    RewriteRule("stopGradient x = x") { site in
      if case .stopGradient = site.op { site[0] } else { nil }
    },
  ]
}
