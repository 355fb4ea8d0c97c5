// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Module {
  /// The module as JSON, for other programs: one line a declaration or node, values under the names of the text.
  ///
  /// A shape is a list of numbers and of products of symbols as texts; a floating-point element that JSON cannot write
  /// as a number is a text, as in the language.
  public var json: String { DeepStack.run(levels: regionDepth) { ModuleJSON(self).text } }
}

private struct ModuleJSON {
  let module: Module
  let names: ValueNames

  init(_ module: Module) {
    self.module = module
    names = ValueNames(module)
  }

  /// A region, on one line.
  var region: String { object(lists(isRegion: true).map { ($0, list($1)) }) }

  var text: String {
    let lists = lists(isRegion: false).map { name, items in
      items.isEmpty ? "  \"\(name)\": []" : "  \"\(name)\": [\n    \(items.joined(separator: ",\n    "))\n  ]"
    }
    return "{\n" + (["  \"module\": \(string(module.name))"] + lists).joined(separator: ",\n") + "\n}\n"
  }

  private func lists(isRegion: Bool) -> [(String, [String])] {
    let parameters = zip(module.parameters, names.parameters).map { parameter, name in
      let own = isRegion ? [] : [("name", string(parameter.name))]
      return object([("value", string(name))] + own + [("type", json(parameter.type))])
    }
    let variables = zip(module.variables, names.variables).map { variable, name in
      object([("variable", string(name)), ("name", string(variable.name)), ("type", json(variable.type))])
    }
    let nodes = module.nodes.enumerated().compactMap { index, node -> String? in
      if case .parameter = node.op { return nil }
      return json(node, values: node.types.indices.map { Value(node: Int32(index), result: Int32($0)) })
    }
    let results = module.results.map {
      object([("name", string($0.name)), ("value", string(names.name(of: $0.value)))])
    }
    let updates = module.updates.map {
      object([
        ("variable", string(names.name(ofVariable: $0.variable))),
        ("value", string(names.name(of: $0.value))),
      ])
    }
    if isRegion {
      let values = module.results.map { string(names.name(of: $0.value)) }
      return [("parameters", parameters), ("nodes", nodes), ("results", values)]
    }
    return [
      ("parameters", parameters), ("variables", variables), ("nodes", nodes), ("results", results),
      ("updates", updates),
    ]
  }

  private func json(_ node: Node, values: [Value]) -> String {
    let attributes = node.op.rule.attributes.map { ($0.name, json($0.value)) }
    var fields = [
      ("values", list(values.map { string(names.name(of: $0)) })),
      ("op", string(node.op.mnemonic)),
      ("operands", list(node.operands.map { string(names.name(of: $0)) })),
      ("attributes", object(attributes)),
      ("types", list(node.types.map(json))),
    ]
    if let name = node.origin.name { fields.append(("name", string(name))) }
    if !node.origin.scope.isEmpty { fields.append(("scope", string(node.origin.scope))) }
    if let location = node.origin.location {
      fields.append(("file", string(location.file)))
      fields.append(("line", String(location.line)))
    }
    if let derivation = node.origin.derivation { fields.append(("derivation", string(derivation))) }
    return object(fields)
  }

  private func json(_ type: TensorType) -> String {
    object([("dtype", string(type.dtype.name)), ("shape", json(type.shape))])
  }

  private func json(_ shape: Shape) -> String {
    list(shape.dims.map { $0.value.map(String.init) ?? string($0.description) })
  }

  private func json(_ value: AttributeValue) -> String {
    switch value {
    case .integer(let value): String(value)
    case .integers(let values): list(values.map(String.init))
    case .bounds(let bounds): list(bounds.map { $0.map(String.init) ?? string("end") })
    case .shape(let shape): json(shape)
    case .pair(let left, let right): list([list(left.map(String.init)), list(right.map(String.init))])
    case .dtype(let dtype): string(dtype.name)
    case .word(let word): string(word)
    case .text(let text): string(text)
    case .extent(let extent): extent.value.map(String.init) ?? string(extent.description)
    case .region(let region): ModuleJSON(region.module).region
    case .elements(let array): list((0..<array.count).map { element(array, $0) })
    }
  }

  private func element(_ array: NDArray, _ index: Int) -> String {
    if array.dtype == .string { return string(array.string(at: index)) }
    let text = Literal.text(array, at: index)
    let isFloat = array.dtype.isFloatingPoint
    return isFloat && !array.number(at: index).isFinite ? string(text) : text
  }

  // MARK: Forms

  private func object(_ fields: [(String, String)]) -> String {
    "{" + fields.map { "\(string($0.0)): \($0.1)" }.joined(separator: ", ") + "}"
  }

  private func list(_ items: [String]) -> String { "[" + items.joined(separator: ", ") + "]" }

  private func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
