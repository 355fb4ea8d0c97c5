// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Module {
  /// The module as a graph for Graphviz: nodes with op, attributes and type, one box for each scope, results and updates
  /// below.
  public var dot: String { DeepStack.run(levels: regionDepth) { ModuleDot(self).text } }
}

private struct ModuleDot {
  /// A scope with the nodes and scopes in it.
  private final class Cluster {
    let name: String
    var nodes: [Int] = []
    var children: [Cluster] = []

    init(_ name: String) { self.name = name }

    func child(_ name: Substring) -> Cluster {
      if let known = children.first(where: { $0.name == name }) { return known }
      let cluster = Cluster(String(name))
      children.append(cluster)
      return cluster
    }
  }

  let module: Module
  let names: ValueNames

  init(_ module: Module) {
    self.module = module
    names = ValueNames(module)
  }

  var text: String {
    var lines = [
      "digraph \(quoted(module.name)) {", "  rankdir=TB;",
      "  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"Helvetica\", fontsize=10];",
      "  edge [fontname=\"Helvetica\", fontsize=9];",
    ]
    let root = Cluster("")
    for index in module.nodes.indices {
      var cluster = root
      for part in module.nodes[index].origin.scope.split(separator: "/") { cluster = cluster.child(part) }
      cluster.nodes.append(index)
    }
    // An explicit stack: scopes may be nested as deep as the user likes. A nil closes the box before it.
    var number = 0
    var pending: [(cluster: Cluster?, depth: Int)] = [(root, 0)]
    while let (next, depth) = pending.popLast() {
      let indent = String(repeating: "  ", count: depth + 1)
      guard let cluster = next else {
        lines.append(String(indent.dropLast(2)) + "}")
        continue
      }
      if depth > 0 {
        lines.append("\(indent.dropLast(2))subgraph cluster_\(number) {")
        lines.append("\(indent)label=\(quoted(cluster.name)); color=gray; fontname=\"Helvetica\";")
        number += 1
      }
      for index in cluster.nodes { lines.append(indent + node(index)) }
      if depth > 0 { pending.append((nil, depth)) }
      for child in cluster.children.reversed() { pending.append((child, depth + 1)) }
    }
    for (index, node) in module.nodes.enumerated() {
      for operand in node.operands where module.nodes.indices.contains(operand.nodeIndex) {
        lines.append("  " + edge(operand, to: "n\(index)"))
      }
    }
    for (index, result) in module.results.enumerated() {
      let name = result.name.isEmpty ? "result \(index)" : "result \(result.name)"
      lines.append("  r\(index) [label=\(quoted(name)), shape=ellipse, fillcolor=lightyellow];")
      lines.append("  " + edge(result.value, to: "r\(index)"))
    }
    for (index, update) in module.updates.enumerated() {
      let name = "update \(names.name(ofVariable: update.variable))"
      lines.append("  u\(index) [label=\(quoted(name)), shape=ellipse, fillcolor=mistyrose];")
      lines.append("  " + edge(update.value, to: "u\(index)"))
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  private func node(_ index: Int) -> String {
    let node = module.nodes[index]
    let name = names.name(of: Value(node: Int32(index)))
    var title = "\(name)  \(node.op.mnemonic)"
    var attributes = node.op.rule.attributes.map {
      "\($0.name) = \(ModulePrinter.text($0.value, elementLimit: 8))"
    }
    switch node.op {
    case .parameter(let rule):
      let parameter = module.parameters.indices.contains(rule.index) ? module.parameters[rule.index].name : ""
      (title, attributes) = ("param \(parameter)", [])
    case .variable(let rule): (title, attributes) = ("var \(names.name(ofVariable: rule.index))", [])
    default: break
    }
    let own = node.origin.name.map { ["\"\($0)\""] } ?? []
    let types = node.types.map(\.description).joined(separator: ", ")
    let label = ([title] + own + attributes + [types]).joined(separator: "\n")
    return "n\(index) [label=\(quoted(label)), fillcolor=\(color(node.op.lowering))];"
  }

  private func color(_ lowering: LoweringClass) -> String {
    switch lowering {
    case .leaf: "lightblue"
    case .pointwise, .generator: "honeydew"
    case .view, .relabel, .join: "white"
    case .reduction: "moccasin"
    case .contraction, .library: "lightsalmon"
    case .indirect: "honeydew"
    case .control: "lightyellow"
    case .expanded: "lavender"
    }
  }

  private func edge(_ value: Value, to target: String) -> String {
    let isOneOfSeveral =
      module.nodes.indices.contains(value.nodeIndex) && module.nodes[value.nodeIndex].types.count > 1
    return "n\(value.node) -> \(target)" + (isOneOfSeveral ? " [label=\"#\(value.result)\"]" : "") + ";"
  }

  /// A text in quotes; line ends become Graphviz's.
  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
