// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The names that the text gives to what a module holds: `%x` for a parameter, `@w` for a variable, `%0`, `%1`, … for the
/// other nodes in order. Total: a value that the module lacks is shown as `%?7`, so that broken modules print too.
public struct ValueNames: Sendable {
  /// `%x`
  public let parameters: [String]
  /// `@w`
  public let variables: [String]
  /// By node: `%x` or `%3`.
  private let nodes: [String]
  private let resultCounts: [Int]

  public init(_ module: Module) {
    let parameters = ValueNames.identifiers(module.parameters.map(\.name)).map { "%" + $0 }
    var number = 0
    nodes = module.nodes.map { node in
      if case .parameter(let rule) = node.op, parameters.indices.contains(rule.index) {
        return parameters[rule.index]
      }
      defer { number += 1 }
      return "%\(number)"
    }
    self.parameters = parameters
    variables = ValueNames.identifiers(module.variables.map(\.name)).map { "@" + $0 }
    resultCounts = module.nodes.map(\.types.count)
  }

  /// `%3`, or `%3#1` for a result of a node that has several.
  public func name(of value: Value) -> String {
    let node = value.nodeIndex
    guard nodes.indices.contains(node) else { return "%?\(node)" }
    return resultCounts[node] == 1 && value.result == 0 ? nodes[node] : "\(nodes[node])#\(value.result)"
  }

  /// `%3`, or `%3:2` for a node of two results.
  func definition(ofNode index: Int) -> String {
    resultCounts[index] == 1 ? nodes[index] : "\(nodes[index]):\(resultCounts[index])"
  }

  /// `@w`
  public func name(ofVariable index: Int) -> String {
    variables.indices.contains(index) ? variables[index] : "@?\(index)"
  }

  /// Distinct identifiers for names, in order: the name itself where it is an identifier that is not taken.
  static func identifiers(_ names: [String]) -> [String] {
    var taken = Set(names.filter { isIdentifier($0) })
    var own = taken
    return names.map { name in
      if own.remove(name) != nil { return name }
      let stem = identifier(name)
      var candidate = stem
      var suffix = 1
      while taken.contains(candidate) {
        candidate = "\(stem)_\(suffix)"
        suffix += 1
      }
      taken.insert(candidate)
      return candidate
    }
  }

  /// The name with what an identifier cannot hold replaced: `dense/kernel:0` becomes `dense.kernel_0`.
  static func identifier(_ name: String) -> String {
    var bytes: [UInt8] = []
    for scalar in name.unicodeScalars {
      let byte = UInt8(ascii: scalar == "/" ? "." : scalar.isASCII ? scalar : "_")
      bytes.append(Lexer.continuesIdentifier(byte) ? byte : UInt8(ascii: "_"))
    }
    if !(bytes.first.map(Lexer.startsIdentifier) ?? false) { bytes.insert(UInt8(ascii: "_"), at: 0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.utf8.first, Lexer.startsIdentifier(first) else { return false }
    return name.utf8.allSatisfy(Lexer.continuesIdentifier)
  }
}
