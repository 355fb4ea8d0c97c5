// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The equation of an `einsum`, read: `bij,bjk->bik`.
///
/// Each term is a list of letters, one an axis, and at most one ellipsis for the axes without a letter. Without an arrow
/// the result has the letters that occur once, in alphabetical order, behind the ellipsis where there is one.
struct EinsumEquation {
  struct Symbol: Hashable {
    /// nil for the ellipsis.
    let letter: Character?
    /// Where it stands in the text.
    let position: Int
  }

  struct Term {
    let symbols: [Symbol]
    /// Where the term stands in the text.
    let range: Range<Int>

    var letters: [Character] { symbols.compactMap(\.letter) }
    var ellipsis: Int? { symbols.firstIndex { $0.letter == nil } }
  }

  let text: String
  let inputs: [Term]
  /// As written, or as it follows from the inputs.
  let output: Term

  init(_ text: String) throws(BuildError) {
    self.text = text
    var parser = Parser(text)
    var inputs: [Term] = []
    repeat { inputs.append(try parser.term()) } while parser.skip(",")
    self.inputs = inputs
    if parser.skip("->") {
      let output = try parser.term()
      try parser.requireEnd("the result is one term")
      let known = Set(inputs.flatMap(\.letters))
      for (index, symbol) in output.symbols.enumerated() {
        guard let letter = symbol.letter else { continue }
        if output.symbols[..<index].contains(where: { $0.letter == letter }) {
          throw parser.error("the result names '\(letter)' twice", at: [symbol.position])
        }
        if !known.contains(letter) {
          throw parser.error("the result names '\(letter)', which no operand has", at: [symbol.position])
        }
      }
      self.output = output
    } else {
      try parser.requireEnd("a letter, ',', '->' or '...' must stand here")
      self.output = EinsumEquation.implied(by: inputs)
    }
  }

  private static func implied(by inputs: [Term]) -> Term {
    var counts: [Character: Int] = [:]
    for letter in inputs.flatMap(\.letters) { counts[letter, default: 0] += 1 }
    let single = counts.filter { $0.value == 1 }.keys.sorted()
    let ellipsis = inputs.contains { $0.ellipsis != nil } ? [Symbol(letter: nil, position: 0)] : []
    return Term(symbols: ellipsis + single.map { Symbol(letter: $0, position: 0) }, range: 0..<0)
  }

  /// An error that shows the equation with a mark under some of its characters.
  func error(_ code: String, _ message: String, at positions: [Int]) -> BuildError {
    EinsumEquation.error(code, message, text, at: positions)
  }

  fileprivate static func error(
    _ code: String, _ message: String, _ text: String, at positions: [Int]
  ) -> BuildError {
    let end = positions.max() ?? 0
    let marks = String((0...end).map { positions.contains($0) ? "^" : " " })
    var error = BuildError(code, message)
    error.excerpt = "   | \(text)\n   | \(marks)"
    return error
  }
}

private struct Parser {
  private let text: String
  private let characters: [Character]
  private var position = 0

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  func error(_ message: String, at positions: [Int]) -> BuildError {
    EinsumEquation.error("einsum.equation", message, text, at: positions)
  }

  /// Skips spaces and then the given sign, if it is next.
  mutating func skip(_ sign: String) -> Bool {
    while position < characters.count, characters[position] == " " { position += 1 }
    guard characters[position...].starts(with: sign) else { return false }
    position += sign.count
    return true
  }

  mutating func term() throws(BuildError) -> EinsumEquation.Term {
    _ = skip("")
    let start = position
    var symbols: [EinsumEquation.Symbol] = []
    while true {
      _ = skip("")
      let place = position
      if skip("...") {
        if symbols.contains(where: { $0.letter == nil }) {
          throw error("a term has at most one '...'", at: [place])
        }
        symbols.append(EinsumEquation.Symbol(letter: nil, position: place))
      } else if position < characters.count, characters[position].isLetter {
        symbols.append(EinsumEquation.Symbol(letter: characters[position], position: place))
        position += 1
      } else {
        return EinsumEquation.Term(symbols: symbols, range: start..<position)
      }
    }
  }

  mutating func requireEnd(_ message: String) throws(BuildError) {
    _ = skip("")
    if position < characters.count {
      throw error("\(message), not '\(characters[position])'", at: [position])
    }
  }
}
