// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Writes a module as text.
///
/// Without comments the text is canonical: a module that a builder made reads back as itself, so that equal texts are
/// equal programs. Broken modules print too; what they lack is shown with a question mark.
public struct ModulePrinter: Sendable {
  public struct Options: Hashable, Sendable {
    /// Names and places of the user's program behind the nodes, after `//`.
    public var comments: Bool
    /// Constants of more elements are cut short, which makes a text that cannot be read back; nil for no limit.
    public var elementLimit: Int?

    public init(comments: Bool = true, elementLimit: Int? = nil) {
      self.comments = comments
      self.elementLimit = elementLimit
    }

    /// What is hashed, compared and read back.
    public static let canonical = Options(comments: false)
  }

  /// A line of the text and the node that it shows.
  public struct Line: Hashable, Sendable {
    public var text: String
    /// An index into the module's nodes.
    public var node: Int?
    fileprivate var comment = ""
  }

  public let module: Module
  public let options: Options
  public let names: ValueNames

  public init(_ module: Module, options: Options = Options()) {
    self.module = module
    self.options = options
    names = ValueNames(module)
  }

  /// The whole text, with a final newline.
  public var text: String { lines.map { $0.text + "\n" }.joined() }

  public var lines: [Line] {
    let inner = DeepStack.run(levels: module.regionDepth) { statements(isRegion: false) }
    let lines = [Line(text: header)] + inner + [Line(text: "}")]
    return options.comments ? aligned(lines) : lines
  }

  /// The declarations, nodes, results and updates.
  private func statements(isRegion: Bool) -> [Line] {
    var lines: [Line] = []
    var nodeOfParameter: [Int: Int] = [:]
    for (index, node) in module.nodes.enumerated() {
      if case .parameter(let rule) = node.op { nodeOfParameter[rule.index] = index }
    }
    for index in module.parameters.indices {
      let parameter = module.parameters[index]
      // A region's parameters are no more than their positions.
      let name = isRegion ? "" : "  \(Literal.quoted(parameter.name))"
      var line = Line(text: "  param \(names.parameters[index]): \(parameter.type)\(name)")
      line.node = nodeOfParameter[index]
      if let node = line.node { line.comment = comment(on: module.nodes[node].origin, name: nil) }
      lines.append(line)
    }
    for (variable, name) in zip(module.variables, names.variables) {
      let own = name.dropFirst() == variable.name ? "" : "  \(Literal.quoted(variable.name))"
      lines.append(Line(text: "  var \(name): \(variable.type)\(own)"))
    }
    for (index, node) in module.nodes.enumerated() {
      if case .parameter(let rule) = node.op, names.parameters.indices.contains(rule.index) { continue }
      lines += statement(ofNode: index)
    }
    for result in module.results {
      let type = type(of: result.value).map { " : \($0)" } ?? ""
      let name = result.name.isEmpty || isRegion ? "" : "  \(Literal.quoted(result.name))"
      lines.append(Line(text: "  result \(names.name(of: result.value))\(type)\(name)"))
    }
    for update in module.updates {
      lines.append(
        Line(text: "  update \(names.name(ofVariable: update.variable)) = \(names.name(of: update.value))"))
    }
    return lines
  }

  private var header: String {
    let identifier = ValueNames.identifiers([module.name])[0]
    let own = identifier == module.name ? "" : " \(Literal.quoted(module.name))"
    return "module @\(identifier)\(own) {"
  }

  private func type(of value: Value) -> TensorType? {
    guard module.nodes.indices.contains(value.nodeIndex) else { return nil }
    let types = module.nodes[value.nodeIndex].types
    return types.indices.contains(Int(value.result)) ? types[Int(value.result)] : nil
  }

  /// `%1 = dot %x, %0 {contract = [1] x [0]} : f32[4,8]`; several lines where the op has regions.
  private func statement(ofNode index: Int) -> [Line] {
    let node = module.nodes[index]
    var text = "\(names.definition(ofNode: index)) = \(node.op.mnemonic)"
    var attributes = node.op.rule.attributes
    if case .variable(let rule) = node.op {
      text += " " + names.name(ofVariable: rule.index)
      attributes = []
    }
    if !node.operands.isEmpty {
      text += " " + node.operands.map(names.name(of:)).joined(separator: ", ")
    }
    var lines: [Line] = []
    for (position, attribute) in attributes.enumerated() {
      text += "\(position == 0 ? " {" : ", ")\(attribute.name) = "
      if case .region(let region) = attribute.value {
        lines.append(Line(text: "  " + text + "{"))
        lines += ModulePrinter(region.module, options: options).statements(isRegion: true).map { line in
          var line = line
          line.text = "  " + line.text
          line.node = nil
          return line
        }
        text = "}"
      } else {
        text += ModulePrinter.text(attribute.value, elementLimit: options.elementLimit)
      }
    }
    if !attributes.isEmpty { text += "}" }
    text += " : " + node.types.map(\.description).joined(separator: ", ")
    lines.append(Line(text: "  " + text))
    lines[0].node = index
    lines[0].comment = comment(on: node.origin, name: node.origin.name)
    return lines
  }

  // MARK: Attributes

  /// The value of an attribute in the language's own form.
  static func text(_ value: AttributeValue, elementLimit: Int? = nil) -> String {
    switch value {
    case .integer(let value): String(value)
    case .integers(let values): list(values)
    case .bounds(let bounds): list(bounds.map { $0.map(String.init) ?? "end" })
    case .shape(let shape): list(shape.dims)
    case .pair(let left, let right): "\(list(left)) x \(list(right))"
    case .dtype(let dtype): dtype.name
    case .word(let word): word
    case .text(let text): Literal.quoted(text)
    case .extent(let extent): extent.description
    case .elements(let array): elements(array, limit: elementLimit)
    case .region(let region): "{ \(region.module.nodes.count) nodes }"
    }
  }

  private static func list(_ items: [some CustomStringConvertible]) -> String {
    "[" + items.map(\.description).joined(separator: ", ") + "]"
  }

  /// A splat makes an array of its own when it is read, so a larger one is written and read element by element.
  static let greatestSplat = 1 << 24

  private static func elements(_ array: NDArray, limit: Int?) -> String {
    let count = array.count
    if array.rank == 0 { return Literal.text(array, at: 0) }
    if count > 1, count <= greatestSplat, isUniform(array) { return "splat " + Literal.text(array, at: 0) }
    let shown = min(count, limit ?? count)
    var items = (0..<shown).map { Literal.text(array, at: $0) }
    if shown < count { items.append("…") }
    return list(items)
  }

  private static func isUniform(_ array: NDArray) -> Bool {
    if array.dtype == .string {
      let first = array.string(at: 0)
      return (1..<array.count).allSatisfy { array.string(at: $0).utf8.elementsEqual(first.utf8) }
    }
    let first = array.bits(at: 0)
    return (1..<array.count).allSatisfy { array.bits(at: $0) == first }
  }

  // MARK: Comments

  private func comment(on origin: Origin, name: String?) -> String {
    var parts: [String] = []
    if let name {
      let scoped =
        origin.scope.isEmpty || name.hasPrefix(origin.scope + "/") ? name : "\(origin.scope)/\(name)"
      parts.append(Literal.quoted(scoped))
    }
    if let location = origin.location { parts.append(Literal.escaped(location.description)) }
    if let derivation = origin.derivation { parts.append("(\(Literal.escaped(derivation)))") }
    return parts.joined(separator: " ")
  }

  /// Puts the comments into one column, unless a long line stands in the way.
  private func aligned(_ lines: [Line]) -> [Line] {
    let widths = lines.map(\.text.count)
    let column = zip(lines, widths).map { $0.comment.isEmpty ? 0 : min($1, 88) }.max() ?? 0
    return zip(lines, widths).map { line, width in
      var line = line
      if !line.comment.isEmpty {
        line.text += String(repeating: " ", count: max(column - width, 0) + 2) + "// " + line.comment
      }
      return line
    }
  }
}

extension Module: CustomStringConvertible {
  /// The text, with comments.
  public var description: String { ModulePrinter(self).text }

  /// The text that is hashed, compared and read back: no comments.
  public var canonicalText: String { ModulePrinter(self, options: .canonical).text }
}
