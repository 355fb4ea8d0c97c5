// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Reads a module from text. Whatever the text holds, the answer is a module that satisfies every constraint, or a
/// diagnostic that shows the place.
public enum ModuleParser {
  /// - Parameter file: the name of the text in diagnostics.
  /// - Throws: a diagnostic of kind `graph` whose code is `parse.…` or that of a violated constraint.
  public static func parse(_ text: String, file: String = "text.gir") throws(Diagnostic) -> Module {
    var parsing = Parsing(SourceText(text, file: file))
    return try DeepStack.run(levels: parsing.levels) { () throws(Diagnostic) in try parsing.module() }
  }
}

/// A walk over the tokens of one text.
struct Parsing {
  let source: SourceText
  let tokens: [Token]
  var position = 0
  let builder: ModuleBuilder
  /// How many regions stand around the statements that are being read.
  let depth: Int
  /// By name with the percent sign.
  var values: [String: [Value]] = [:]
  /// By name with the at sign.
  var variables: [String: Int] = [:]
  var scope = SymbolScope()
  var results: [Module.Result] = []
  var updates: [Module.Update] = []
  private var updated: Set<Int> = []
  var identities: Set<Int> = []

  init(_ source: SourceText) {
    self.source = source
    builder = ModuleBuilder()
    depth = 0
    var lexer = Lexer(source)
    tokens = lexer.tokens()
    // Nodes without a written type take fresh symbols: none that is written anywhere.
    for token in tokens where token.kind == .dimension {
      if let symbol = Int(source.string(token.range).dropFirst()), symbol <= TensorType.greatestSymbol {
        builder.reserveSymbols(of: [TensorType(.bool, [.symbol(symbol)])])
      }
    }
  }

  /// A walk over the region that begins here: it sees symbols of what is around it, and no names.
  init(regionWithin outer: Parsing) {
    source = outer.source
    tokens = outer.tokens
    position = outer.position
    scope = outer.scope
    builder = ModuleBuilder(name: "region")
    builder.continueSymbols(of: outer.builder)
    depth = outer.depth + 1
  }

  /// How deep regions may stand in one another, or as deep as is read: braces of attributes come between.
  var levels: Int {
    var open = 0
    var greatest = 0
    for token in tokens {
      if token.kind == .punctuation(UInt8(ascii: "{")) { open += 1 }
      if token.kind == .punctuation(UInt8(ascii: "}")) { open -= 1 }
      greatest = max(greatest, open)
    }
    return min(greatest / 2, Region.greatestDepth + 1)
  }

  // MARK: Tokens

  var token: Token { tokens[min(position, tokens.count - 1)] }
  func text(_ token: Token) -> String { source.string(token.range) }

  mutating func advance() -> Token {
    defer { position += 1 }
    return token
  }

  func at(_ character: Character) -> Bool {
    guard case .punctuation(let byte) = token.kind else { return false }
    return byte == character.asciiValue
  }

  func atWord(_ word: String) -> Bool { token.kind == .word && text(token) == word }

  mutating func take(_ character: Character) -> Bool {
    guard at(character) else { return false }
    position += 1
    return true
  }

  mutating func skipNewlines() {
    while token.kind == .newline { position += 1 }
  }

  // MARK: Errors

  func failure(
    _ code: String, _ message: String, at range: Range<Int>, notes: [Diagnostic.Note] = []
  ) -> Diagnostic {
    Diagnostic(
      .graph, code: code, message, at: source.location(of: range.lowerBound),
      excerpt: source.excerpt(of: range), notes: notes)
  }

  func expected(_ what: String) -> Diagnostic {
    if token.kind == .invalid { return invalidToken() }
    return failure("parse.syntax", "expected \(what), found \(described(token))", at: token.range)
  }

  private func described(_ token: Token) -> String {
    switch token.kind {
    case .newline: "the end of the line"
    case .end: "the end of the text"
    default: "'\(shortened(text(token)))'"
    }
  }

  private func shortened(_ text: String) -> String {
    let escaped = Literal.escaped(text)
    return escaped.unicodeScalars.count <= 40
      ? escaped : String(String.UnicodeScalarView(escaped.unicodeScalars.prefix(40))) + "…"
  }

  private func invalidToken() -> Diagnostic {
    let text = shortened(text(token))
    let message =
      switch text.unicodeScalars.first {
      case "\\": "a text has no end on its line"
      case "%"?, "@"?: "'\(text)' lacks a name"
      case "?"?: "'\(text)' is no symbol: symbols are ?0, ?1, …"
      case "-"?: "'\(text)' is no number"
      case let first? where ("0"..."9").contains(first): "'\(text)' is no number"
      default: "'\(text)' has no meaning here"
      }
    return failure("parse.character", message, at: token.range)
  }

  mutating func require(_ character: Character, _ purpose: String) throws(Diagnostic) {
    if !take(character) { throw expected("'\(character)' \(purpose)") }
  }

  mutating func requireToken(_ kind: Token.Kind, _ what: String) throws(Diagnostic) -> Token {
    if token.kind != kind { throw expected(what) }
    return advance()
  }

  // MARK: Module

  mutating func module() throws(Diagnostic) -> Module {
    skipNewlines()
    guard atWord("module") else { throw expected("'module'") }
    position += 1
    let name = try requireToken(.symbolName, "the module's name, '@name'")
    builder.name = try quotedName() ?? String(text(name).dropFirst())
    try require("{", "to open the module")
    while true {
      skipNewlines()
      if take("}") { break }
      try statement()
      if token.kind != .newline, !at("}") { throw expected("the end of the line") }
    }
    skipNewlines()
    if token.kind != .end { throw expected("the end of the text after the module") }
    do {
      return try builder.module(results: results, updates: updates)
    } catch {
      throw failure("parse.module", "\(error)", at: name.range)
    }
  }

  mutating func statement() throws(Diagnostic) {
    switch token.kind {
    case .value: try node()
    case .word:
      switch text(token) {
      case "param": try parameter()
      case "var": try variable()
      case "result": try result()
      case "update": try update()
      default:
        let hint = suggestion(for: text(token), among: ["param", "var", "result", "update"])
        throw failure(
          "parse.syntax", "expected a statement, found '\(shortened(text(token)))'\(hint)", at: token.range)
      }
    default: throw expected("a statement or '}'")
    }
  }

  private mutating func quotedName() throws(Diagnostic) -> String? {
    token.kind == .text ? try quotedText() : nil
  }

  mutating func quotedText() throws(Diagnostic) -> String {
    try unescaped(requireToken(.text, "a text in quotes"))
  }

  /// What a text token stands for.
  func unescaped(_ token: Token) throws(Diagnostic) -> String {
    guard let text = Lexer.unescaped(text(token)) else {
      throw failure(
        "parse.escape", "a text has an escape that there is none of; there are \\\" \\\\ \\n \\r \\t \\u{…}",
        at: token.range)
    }
    return text
  }

  private mutating func parameter() throws(Diagnostic) {
    position += 1
    let token = try requireToken(.value, "a parameter's name, '%name'")
    try requireNew(token)
    try require(":", "and the parameter's type")
    let type = try type()
    var name = String(text(token).dropFirst())
    if depth == 0, let quoted = try quotedName() { name = quoted }
    if builder.parameters.contains(where: { $0.name == name }) {
      throw violation(.init(.names, "two parameters have the name '\(name)'"), nil, at: token.range)
    }
    let origin = Origin(location: source.location(of: token.range.lowerBound))
    scope.introduce(type)
    values[text(token)] = [builder.addParameter(name: name, type: type, origin: origin)]
  }

  private mutating func variable() throws(Diagnostic) {
    if depth > 0 { throw isolated(at: token) }
    position += 1
    let token = try requireToken(.symbolName, "a variable's name, '@name'")
    if variables[text(token)] != nil {
      throw failure("parse.name", "'\(text(token))' is declared twice", at: token.range)
    }
    try require(":", "and the variable's type")
    let start = self.token.range.lowerBound
    let type = try type()
    if type.dtype == .string {
      throw violation(
        .init(.types, "a variable holds no texts"), nil,
        at: start..<tokens[position - 1].range.upperBound)
    }
    let name = try quotedName() ?? String(text(token).dropFirst())
    if builder.variables.contains(where: { $0.name == name }) {
      throw violation(.init(.names, "two variables have the name '\(name)'"), nil, at: token.range)
    }
    scope.introduce(type)
    variables[text(token)] = builder.variables.count
    builder.variables.append(Module.Variable(name: name, type: type))
    builder.reserveSymbols(of: [type])
  }

  private mutating func result() throws(Diagnostic) {
    position += 1
    let start = token.range.lowerBound
    let value = try operand()
    let end = tokens[position - 1].range.upperBound
    if take(":") {
      let written = try type()
      let actual = builder.type(of: value)
      if written != actual {
        throw violation(
          .init(.inference, "'\(source.string(start..<end))' is \(actual), not \(written) as written"),
          nil,
          at: start..<end)
      }
    }
    let name = depth == 0 ? try quotedName() : nil
    results.append(Module.Result(name: name ?? "", value: value))
  }

  private mutating func update() throws(Diagnostic) {
    if depth > 0 { throw isolated(at: token) }
    position += 1
    let token = token
    let index = try declaredVariable()
    try require("=", "and the variable's new value")
    let update = Module.Update(variable: index, value: try operand())
    do {
      try Verifier.check(update, of: builder.variables, type: builder.type(of: update.value), &updated)
    } catch {
      throw violation(error, nil, at: token.range)
    }
    updates.append(update)
  }

  // MARK: Names

  func requireNew(_ token: Token) throws(Diagnostic) {
    if values[text(token)] != nil {
      throw failure("parse.name", "'\(text(token))' is defined twice", at: token.range)
    }
  }

  mutating func declaredVariable() throws(Diagnostic) -> Int {
    let token = try requireToken(.symbolName, "a variable, '@name'")
    guard let index = variables[text(token)] else {
      let hint = suggestion(for: text(token), among: Array(variables.keys))
      throw failure("parse.name", "there is no variable '\(text(token))'\(hint)", at: token.range)
    }
    return index
  }

  /// `%x` or `%3#1`.
  mutating func operand() throws(Diagnostic) -> Value {
    let token = try requireToken(.value, "a value, '%name'")
    guard let results = values[text(token)] else {
      let hint = suggestion(for: text(token), among: Array(values.keys))
      throw failure("parse.name", "there is no value '\(text(token))' before this\(hint)", at: token.range)
    }
    if take("#") {
      let number = try requireToken(.number, "the number of a result")
      guard let index = Int(text(number)), results.indices.contains(index) else {
        let noun = results.count == 1 ? "result" : "results"
        throw failure(
          "parse.name", "'\(text(token))' has \(results.count) \(noun), there is no '#\(text(number))'",
          at: number.range)
      }
      return results[index]
    }
    guard results.count == 1 else {
      throw failure(
        "parse.name", "'\(text(token))' has \(results.count) results: write '\(text(token))#0' for the first",
        at: token.range)
    }
    return results[0]
  }

  func violation(
    _ violation: ConstraintViolation, _ mnemonic: String?, at range: Range<Int>, notes: [Diagnostic.Note] = []
  ) -> Diagnostic {
    violation.diagnostic(
      for: mnemonic, at: source.location(of: range.lowerBound), excerpt: source.excerpt(of: range),
      notes: notes)
  }

  /// `; did you mean 'dot'?`, or nothing when no name is near.
  func suggestion(for word: String, among names: [String]) -> String {
    guard let name = Spelling.nearest(to: word, among: names) else { return "" }
    return "; did you mean '\(name)'?"
  }

  // MARK: Types

  /// `f32[?0,784]`
  mutating func type() throws(Diagnostic) -> TensorType {
    let word = try requireToken(.word, "a type, 'f32[2,3]'")
    guard let dtype = DType(name: text(word)) else {
      let hint = suggestion(for: text(word), among: DType.allCases.map(\.name))
      throw failure("parse.type", "there is no element type '\(text(word))'\(hint)", at: word.range)
    }
    if !at("[") { throw expected("the type's shape, '[…]'") }
    var dims: [Dim] = []
    try list { parsing throws(Diagnostic) in dims.append(try parsing.extent()) }
    let type = TensorType(dtype, Shape(dims))
    if let flaw = type.flaw {
      let range = word.range.lowerBound..<tokens[position - 1].range.upperBound
      throw violation(.init(.types, flaw), nil, at: range)
    }
    return type
  }

  /// `128`, `?0` or `128*?0`.
  mutating func extent() throws(Diagnostic) -> Dim {
    let start = token.range.lowerBound
    var extent = Dim(1)
    repeat {
      skipNewlines()
      let factor = token
      switch factor.kind {
      case .number:
        guard let number = Int(text(factor)), number >= 0 else {
          throw failure("parse.extent", "'\(text(factor))' is no extent", at: factor.range)
        }
        extent = extent * Dim(number)
      case .dimension:
        guard let symbol = Int(text(factor).dropFirst()), symbol <= TensorType.greatestSymbol else {
          throw violation(
            .init(.types, "symbols go up to ?\(TensorType.greatestSymbol)"), nil, at: factor.range)
        }
        extent = extent * .symbol(symbol)
      default: throw expected("an extent")
      }
      position += 1
    } while take("*")
    if extent.isUnknown {
      throw violation(
        .init(.types, "the extent does not fit in 63 bits"), "type",
        at: start..<tokens[position - 1].range.upperBound)
    }
    return extent
  }

  /// `[item, item]`; line ends within do not matter.
  mutating func list(
    _ item: (inout Parsing) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    try require("[", "to open a list")
    skipNewlines()
    if take("]") { return }
    while true {
      try item(&self)
      skipNewlines()
      if take("]") { return }
      if !take(",") { throw expected("',' or ']'") }
      skipNewlines()
    }
  }
}
