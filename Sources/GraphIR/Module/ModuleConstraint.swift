// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The constraints on modules as a whole, numbered as in the specification. The ops' own constraints stand in their
/// documentation.
public enum ModuleConstraint: Int, CaseIterable, Hashable, Sendable {
  case names = 1
  case types, references, leaves, inference, symbols, texts, identities, updateTypes, updateOnce
  case staticTypes, staticOps
  case isolation, nesting

  /// `V1`
  public var number: String { "V\(rawValue)" }
  /// `module.V1`
  public var code: String { "module.\(number)" }

  public var statement: String {
    switch self {
    case .names: "No two parameters have the same name, and no two variables."
    case .types:
      """
      Types are well formed: extents are known and not negative, symbols go up to ?2147483647, the bytes of a tensor \
      (empty axes and symbols counted as one, a text as 16 bytes) fit in 63 bits, and no variable holds texts.
      """
    case .references:
      "Operands, results and updates name results of nodes that are there, and an operand's node precedes its user."
    case .leaves:
      """
      A parameter or variable node names a declaration, takes no operands and has the declared type; a parameter has \
      one node.
      """
    case .inference:
      """
      A node has the types that its op infers from its operands. An extent that they leave open (a strided slice of \
      `?0`) is as written, which holds when the shapes are bound.
      """
    case .symbols:
      """
      A symbol stands first in the type of a parameter or of a variable, or in an extent that a node's operands leave \
      open.
      """
    case .texts: "A text is computed with by no op: only `identity` takes one."
    case .identities: "No two `identity` nodes have the same id, and ids are not negative."
    case .updateTypes: "An update names a declared variable and has its type."
    case .updateOnce: "A variable is updated at most once."
    case .staticTypes: "In the static stage, no type has a symbol."
    case .staticOps: "In the static stage, there is no `gradient` node."
    case .isolation: "A region reads its own parameters only: it has no variables and no updates."
    case .nesting: "Regions stand in one another at most 256 deep."
    }
  }
}
