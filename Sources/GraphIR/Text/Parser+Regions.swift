// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Parsing {
  /// `{`, then parameters, nodes and results, a line each, and `}`.
  mutating func region() throws(Diagnostic) -> Region {
    let brace = token
    if depth >= Region.greatestDepth {
      throw violation(
        .init(.nesting, "regions stand in one another at most \(Region.greatestDepth) deep"), nil,
        at: brace.range)
    }
    try require("{", "to open a region")
    var inner = Parsing(regionWithin: self)
    inner.position = position
    while true {
      inner.skipNewlines()
      if inner.take("}") { break }
      try inner.statement()
      if inner.token.kind != .newline, !inner.at("}") { throw inner.expected("the end of the line") }
    }
    position = inner.position
    builder.continueSymbols(of: inner.builder)
    do {
      return Region(try inner.builder.module(results: inner.results))
    } catch {
      throw failure("parse.region", "\(error)", at: brace.range)
    }
  }

  /// What reads or writes a variable has no place in a region.
  func isolated(at token: Token) -> Diagnostic {
    violation(
      .init(
        .isolation, "a region has no variables and no updates; hand it the variable's value as an operand"),
      nil, at: token.range)
  }
}
