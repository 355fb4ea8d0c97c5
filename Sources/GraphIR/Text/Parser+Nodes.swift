// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Parsing {
  /// `%2 = dot %0, %1 {contract = [1] x [0], batch = [] x []} : f32[4,8]`
  mutating func node() throws(Diagnostic) {
    let name = advance()
    try requireNew(name)
    var resultCount: Token?
    if take(":") { resultCount = try requireToken(.number, "the number of results") }
    try require("=", "and an op")
    let mnemonic = try requireToken(.word, "an op")
    let (op, operands, types, end) = try application(mnemonic)
    let results = try append(op, operands, types, at: mnemonic, through: end)

    let written = resultCount.map { Int(text($0)) } ?? 1
    if written != results.count {
      let range = resultCount?.range ?? name.range
      let noun = results.count == 1 ? "result" : "results"
      let needed = results.count == 1 ? text(name) : "\(text(name)):\(results.count)"
      throw failure(
        "parse.results", "\(text(mnemonic)) has \(results.count) \(noun): write '\(needed) = …'", at: range)
    }
    values[text(name)] = results
  }

  /// The op with its operands and the types written after it; `end` is where the op's own part ends.
  private mutating func application(
    _ mnemonic: Token
  ) throws(Diagnostic) -> (op: Op, operands: [Value], types: [TensorType], end: Int) {
    if text(mnemonic) == "variable" {
      if depth > 0 { throw isolated(at: mnemonic) }
      let op = Op.variable(VariableOp(index: try declaredVariable()))
      let end = tokens[position - 1].range.upperBound
      return (op, [], try annotation(), end)
    }
    guard let kind = Op.kind(named: text(mnemonic)) else {
      let hint = suggestion(for: text(mnemonic), among: Op.roster.map(\.mnemonic))
      throw failure("parse.op", "there is no op '\(text(mnemonic))'\(hint)", at: mnemonic.range)
    }
    var operands: [Value] = []
    if token.kind == .value {
      repeat { operands.append(try operand()) } while take(",")
    }
    let written = try attributes()
    let end = tokens[position - 1].range.upperBound
    let types = try annotation()

    var attributes: [Attribute] = []
    for attribute in written {
      attributes.append(
        Attribute(attribute.name, try value(of: attribute, kind: kind.mnemonic, type: types.first)))
    }
    var reader = AttributeReader(attributes, resultType: types.first)
    do {
      let op = try kind.read(&reader)
      try reader.finish()
      return (op, operands, types, end)
    } catch let error as AttributeError {
      // The first attribute that the message is about, else all of them, else the op.
      let culprit = written.first { error.message.contains("'\($0.name)'") }?.range
      let all = written.first.map { $0.range.lowerBound..<end }
      throw failure(
        "parse.attribute", "\(kind.mnemonic): \(error.message)", at: culprit ?? all ?? mnemonic.range)
    } catch let error as ConstraintViolation {
      throw violation(error, kind.mnemonic, at: mnemonic.range)
    } catch {
      throw failure("parse.attribute", "\(kind.mnemonic): \(error)", at: mnemonic.range)
    }
  }

  /// Types after a colon, or none.
  private mutating func annotation() throws(Diagnostic) -> [TensorType] {
    guard take(":") else { return [] }
    var types: [TensorType] = []
    repeat { types.append(try type()) } while take(",")
    return types
  }

  private mutating func append(
    _ op: Op, _ operands: [Value], _ types: [TensorType], at mnemonic: Token, through end: Int
  ) throws(Diagnostic) -> [Value] {
    let place = mnemonic.range.lowerBound..<end
    do throws(ConstraintViolation) {
      let known = builder.nodes.count
      let origin = Origin(location: source.location(of: mnemonic.range.lowerBound))
      let results = try builder.appendAll(op, operands, origin: origin, annotated: types)
      let inferred = results.map(builder.type(of:))
      if !types.isEmpty, types != inferred { throw SymbolScope.mismatch(inferred, types) }
      let isNew = results.first.map { $0.nodeIndex >= known } ?? false
      switch op {
      case .parameter, .variable: break
      case _ where isNew:
        try scope.admit(op, operands.map(builder.type(of:)), types: inferred)
        if case .identity(let rule) = op { try admit(identity: rule.id) }
      default: break
      }
      return results
    } catch {
      throw violation(error, text(mnemonic), at: place)
    }
  }

  private mutating func admit(identity id: Int) throws(ConstraintViolation) {
    if id < 0 { throw ConstraintViolation(.identities, "the id \(id) is negative") }
    if !identities.insert(id).inserted {
      throw ConstraintViolation(.identities, "another identity has the id \(id) too")
    }
  }

  // MARK: Attributes

  /// An attribute as it is written, before it is known what form its op wants.
  struct WrittenAttribute {
    enum Form {
      case item(Token)
      /// In brackets; an extent may have several tokens.
      case list([Range<Int>])
      case pair([Range<Int>], [Range<Int>])
      case splat(Token)
      /// `?0` or `4*?0`
      case extent(Dim)
      case region(Region)
    }
    let name: String
    let form: Form
    let range: Range<Int>
  }

  /// `{name = value, …}`, or none.
  private mutating func attributes() throws(Diagnostic) -> [WrittenAttribute] {
    guard take("{") else { return [] }
    var attributes: [WrittenAttribute] = []
    skipNewlines()
    if take("}") { return [] }
    while true {
      let name = try requireToken(.word, "an attribute")
      if attributes.contains(where: { $0.name == text(name) }) {
        throw failure("parse.attribute", "the attribute '\(text(name))' is given twice", at: name.range)
      }
      skipNewlines()
      try require("=", "and the attribute's value")
      skipNewlines()
      let form = try form()
      attributes.append(
        WrittenAttribute(
          name: text(name), form: form,
          range: name.range.lowerBound..<tokens[position - 1].range.upperBound))
      skipNewlines()
      if take("}") { return attributes }
      if !take(",") { throw expected("',' or '}'") }
      skipNewlines()
    }
  }

  private mutating func form() throws(Diagnostic) -> WrittenAttribute.Form {
    if at("[") {
      let first = try items()
      // Only on the same line, and only before a bracket, is `x` no word of its own.
      guard atWord("x") else { return .list(first) }
      position += 1
      return .pair(first, try items())
    }
    if at("{") { return .region(try region()) }
    if token.kind == .dimension || startsProduct { return .extent(try extent()) }
    if atWord("splat") {
      position += 1
      return .splat(try item())
    }
    return .item(try item())
  }

  private var startsProduct: Bool {
    guard token.kind == .number, position + 1 < tokens.count else { return false }
    return tokens[position + 1].kind == .punctuation(UInt8(ascii: "*"))
  }

  private mutating func item() throws(Diagnostic) -> Token {
    switch token.kind {
    case .word, .number, .text: return advance()
    default: throw expected("a value")
    }
  }

  /// The positions of each item's tokens.
  private mutating func items() throws(Diagnostic) -> [Range<Int>] {
    var items: [Range<Int>] = []
    try list { parsing throws(Diagnostic) in
      let start = parsing.position
      if parsing.token.kind == .dimension {
        _ = try parsing.extent()
      } else {
        let isNumber = parsing.token.kind == .number
        _ = try parsing.item()
        if isNumber, parsing.at("*") {
          parsing.position = start
          _ = try parsing.extent()
        }
      }
      items.append(start..<parsing.position)
    }
    return items
  }

  /// The value in the form that the op wants: the elements of a constant have the type written after the node.
  private func value(
    of attribute: WrittenAttribute, kind: String, type: TensorType?
  ) throws(Diagnostic) -> AttributeValue {
    if kind == "constant" { return .elements(try elements(of: attribute, type: type)) }
    switch attribute.form {
    case .item(let token): return try value(of: token)
    case .pair(let left, let right): return .pair(try integers(left), try integers(right))
    case .splat: throw failure("parse.attribute", "only a constant has a splat", at: attribute.range)
    case .extent(let extent): return .extent(extent)
    case .region(let region): return .region(region)
    case .list(let items):
      let first = items.first { tokens[$0.lowerBound].kind != .number || $0.count > 1 }
      guard let first else { return .integers(try integers(items)) }
      if text(tokens[first.lowerBound]) == "end" { return .bounds(try bounds(items)) }
      var dims: [Dim] = []
      for item in items {
        var parsing = self
        parsing.position = item.lowerBound
        dims.append(try parsing.extent())
      }
      return .shape(Shape(dims))
    }
  }

  private func value(of token: Token) throws(Diagnostic) -> AttributeValue {
    switch token.kind {
    case .number: return .integer(try integer(token))
    case .text: return .text(try unescaped(token))
    default:
      return DType(name: text(token)).map { .dtype($0) } ?? .word(text(token))
    }
  }

  private func integer(_ token: Token) throws(Diagnostic) -> Int {
    guard token.kind == .number, let value = Int(text(token)) else {
      throw failure("parse.attribute", "'\(text(token))' is no integer of 64 bits", at: token.range)
    }
    return value
  }

  private func integers(_ items: [Range<Int>]) throws(Diagnostic) -> [Int] {
    var values: [Int] = []
    for item in items { values.append(try integer(single(item))) }
    return values
  }

  /// The only token of an item, which is no product.
  private func single(_ item: Range<Int>) throws(Diagnostic) -> Token {
    let token = tokens[item.lowerBound]
    if item.count != 1 {
      throw failure(
        "parse.attribute", "a product of extents has no place here",
        at: token.range.lowerBound..<tokens[item.upperBound - 1].range.upperBound)
    }
    return token
  }

  private func bounds(_ items: [Range<Int>]) throws(Diagnostic) -> [Int?] {
    var values: [Int?] = []
    for item in items {
      let token = try single(item)
      values.append(text(token) == "end" ? nil : try integer(token))
    }
    return values
  }

  // MARK: Constants

  private func elements(
    of attribute: WrittenAttribute, type: TensorType?
  ) throws(Diagnostic) -> NDArray {
    guard let type else {
      throw failure("parse.attribute", "a constant needs its type, ': f32[4]'", at: attribute.range)
    }
    guard let extents = type.shape.extents, let count = type.shape.elementCount.value else {
      throw failure(
        "parse.attribute", "a constant has no symbols in its type, got \(type)", at: attribute.range)
    }
    switch attribute.form {
    case .pair, .extent, .region:
      throw failure("parse.attribute", "this is no constant", at: attribute.range)
    case .splat(let token):
      guard count <= ModulePrinter.greatestSplat else {
        throw failure(
          "parse.attribute",
          "a splat has at most \(ModulePrinter.greatestSplat) elements, \(type) has \(count): broadcast a scalar",
          at: attribute.range)
      }
      return try array([token], repeated: count, type.dtype, extents)
    case .item(let token):
      guard extents.isEmpty else {
        throw failure(
          "parse.attribute", "the elements of a \(type) stand in brackets, or 'splat' before one for all",
          at: attribute.range)
      }
      return try array([token], repeated: 1, type.dtype, extents)
    case .list(let items):
      guard items.count == count, !extents.isEmpty else {
        let noun = items.count == 1 ? "element" : "elements"
        throw failure(
          "constant.C1", "constant: \(type) has \(count) elements, \(items.count) \(noun) are written",
          at: attribute.range)
      }
      var single: [Token] = []
      for item in items { single.append(try self.single(item)) }
      return try array(single, repeated: 1, type.dtype, extents)
    }
  }

  private func array(
    _ items: [Token], repeated count: Int, _ dtype: DType, _ extents: [Int]
  ) throws(Diagnostic) -> NDArray {
    if dtype == .string {
      var strings: [String] = []
      for token in items {
        guard token.kind == .text else {
          throw failure("parse.element", "'\(text(token))' is no text in quotes", at: token.range)
        }
        strings.append(try unescaped(token))
      }
      return NDArray(
        strings: count == 1 ? strings : strings.flatMap { Array(repeating: $0, count: count) }, shape: extents
      )
    }
    var bits: [UInt64] = []
    bits.reserveCapacity(items.count)
    for token in items {
      switch Literal.bits(text(token), dtype) {
      case .success(let element): bits.append(element)
      case .failure(let error): throw failure("parse.element", error.message, at: token.range)
      }
    }
    if count != 1 { bits = bits.flatMap { Array(repeating: $0, count: count) } }
    return NDArray(dtype: dtype, shape: extents, bits: bits)
  }
}
