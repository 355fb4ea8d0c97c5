// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Which rules may be applied that do not keep every bit.
public struct RewriteOptions: Hashable, Sendable {
  /// Leaves every operation as the program has it: only rules that keep every bit are applied. It turns off
  /// `RewriteRule.stabilizing`, `RewriteRule.rounding` and `RewriteRule.reassociating`.
  public var strictOrder: Bool
  /// Gathers the constants of sums and of products of floating-point numbers, `(x + 1) + 2 = x + 3`, though results may
  /// move by a rounding, and further where sums cancel or products overflow.
  public var reassociates: Bool

  public init(strictOrder: Bool = false, reassociates: Bool = false) {
    self.strictOrder = strictOrder
    self.reassociates = reassociates
  }
}

extension RewriteRule {
  /// The rules that are applied to programs without gradient nodes, in the order in which they are tried.
  static func simplifying(_ options: RewriteOptions) -> [RewriteRule] {
    if options.strictOrder { return simplify }
    return simplify + rounding + (options.reassociates ? reassociating : [])
  }

  /// Every rule of the standard pipeline, and the name of the first pass that has it.
  public static var catalogue: [(pass: String, rule: RewriteRule)] {
    var seen: Set<String> = []
    return Pipeline.standard(RewriteOptions(reassociates: true)).passes.flatMap { pass in
      pass.rules.filter { seen.insert($0.name).inserted }.map { (pass.name, $0) }
    }
  }
}
