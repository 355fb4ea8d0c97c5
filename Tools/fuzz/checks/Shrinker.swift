// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A static program with values for its inputs.
public struct Sample: Sendable {
  public var module: Module
  public var parameters: [NDArray]
  public var variables: [NDArray]

  public init(_ module: Module, parameters: [NDArray], variables: [NDArray]) {
    self.module = module
    self.parameters = parameters
    self.variables = variables
  }
}

/// Makes a program that shows a fault as small as it can.
public enum Shrinker {
  /// How many programs are tried.
  private static let limit = 400

  /// A program that still fails, of which no single result, update or node can be given up.
  ///
  /// A node is given up by putting its value in its place, as a constant, or by asking for an operand of it instead.
  ///
  /// - Parameter fails: whether a program shows the fault.
  public static func shrink(_ sample: Sample, fails: (Sample) -> Bool) -> Sample {
    var best = sample
    var tries = 0
    func accept(_ candidate: Sample?) -> Bool {
      guard let candidate, tries < limit else { return false }
      tries += 1
      guard fails(candidate) else { return false }
      best = candidate
      return true
    }
    var changed = true
    while changed, tries < limit {
      changed = false
      for index in best.module.updates.indices.reversed() {
        if accept(best.without(update: index)) || accept(best.asking(forUpdate: index)) { changed = true }
      }
      for index in best.module.results.indices.reversed() where best.module.results.count > 1 {
        if accept(best.without(result: index)) { changed = true }
      }
      for index in best.module.results.indices {
        for operand in best.module.nodes[best.module.results[index].value.nodeIndex].operands {
          if accept(best.with(operand, asResult: index)) {
            changed = true
            break
          }
        }
      }
      // From the results backwards: what is cut off early takes much with it.
      var node = best.module.nodes.count - 1
      while node >= 0 {
        let count = best.module.nodes.count
        if accept(best.replacing(node: node)) {
          changed = true
          node -= max(count - best.module.nodes.count, 0)
        }
        node = min(node, best.module.nodes.count) - 1
      }
    }
    return best
  }
}

extension Sample {
  fileprivate func without(result index: Int) -> Sample? {
    var sample = self
    sample.module.results.remove(at: index)
    return sample.pruned()
  }

  fileprivate func with(_ value: Value, asResult index: Int) -> Sample? {
    var sample = self
    sample.module.results[index].value = value
    return sample.pruned()
  }

  fileprivate func without(update index: Int) -> Sample? {
    guard !module.results.isEmpty else { return nil }
    var sample = self
    sample.module.updates.remove(at: index)
    return sample.pruned()
  }

  /// The value of an update as a result, and the variable left alone.
  fileprivate func asking(forUpdate index: Int) -> Sample? {
    var sample = self
    let update = sample.module.updates.remove(at: index)
    sample.module.results.append(Module.Result(name: "update", value: update.value))
    return sample.pruned()
  }

  private func pruned() -> Sample? {
    guard let module = try? module.rebuilt() else { return nil }
    return Sample(module, parameters: parameters, variables: variables)
  }

  /// The program with a node's value as a constant; nil where the node has none, or is a leaf already.
  fileprivate func replacing(node index: Int) -> Sample? {
    let node = module.nodes[index]
    guard !node.operands.isEmpty, node.types.allSatisfy({ $0.isStatic && $0.dtype != .string }) else {
      return nil
    }
    var probe = module
    probe.updates = []
    probe.results = node.types.indices.map {
      Module.Result(name: "r\($0)", value: Value(node: Int32(index), result: Int32($0)))
    }
    guard let pruned = try? probe.rebuilt(),
      let values = try? Interpreter.run(pruned, parameters: parameters, variables: variables).results
    else { return nil }
    let replaced = try? module.rebuilt { other, _, builder in
      guard other.op == node.op, other.operands == node.operands else { return nil }
      return try values.map { try builder.append(.constant(ConstantOp($0))) }
    }
    return replaced.map { Sample($0, parameters: parameters, variables: variables) }
  }
}
