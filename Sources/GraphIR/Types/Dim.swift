// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// One extent of a shape: a number, a product of symbols, or unknown.
///
/// A symbol `?k` stands for an extent that only a feed decides. Products keep their type under reshape
/// (`[?0, 128] → [128*?0]`), so that graphs check before data exists. `unknown` is what an op infers when its
/// extent is no such product (a strided slice of `?0`): the builder replaces it with a fresh symbol.
public struct Dim: Hashable, Sendable {
  /// The numeric factor; the whole extent when `symbols` is empty.
  public let coefficient: Int
  /// Symbol numbers in ascending order; a square stands twice.
  public let symbols: [Int]

  private static let unknownSymbol = -1

  public init(_ extent: Int) {
    coefficient = extent
    symbols = []
  }

  public init(coefficient: Int, symbols: [Int]) {
    self.coefficient = coefficient
    self.symbols = coefficient == 0 ? [] : symbols.sorted()
  }

  public static func symbol(_ number: Int) -> Dim { Dim(coefficient: 1, symbols: [number]) }
  public static let unknown = Dim(coefficient: 1, symbols: [unknownSymbol])

  public var isUnknown: Bool { symbols.contains(Dim.unknownSymbol) }

  /// The extent when no symbol is involved.
  public var value: Int? { symbols.isEmpty ? coefficient : nil }

  public static func * (lhs: Dim, rhs: Dim) -> Dim {
    let (product, overflow) = lhs.coefficient.multipliedReportingOverflow(by: rhs.coefficient)
    return overflow ? .unknown : Dim(coefficient: product, symbols: lhs.symbols + rhs.symbols)
  }

  /// The exact quotient, or nil when the product does not divide.
  public func divided(by other: Dim) -> Dim? {
    guard other.coefficient != 0, coefficient % other.coefficient == 0, !isUnknown, !other.isUnknown else {
      return nil
    }
    var rest = symbols
    for symbol in other.symbols {
      guard let position = rest.firstIndex(of: symbol) else { return nil }
      rest.remove(at: position)
    }
    return Dim(coefficient: coefficient / other.coefficient, symbols: rest)
  }

  /// The extent with symbols replaced by what they stand for.
  public func bound(by bindings: [Int: Dim]) -> Dim {
    guard !symbols.isEmpty else { return self }
    var result = Dim(coefficient)
    for symbol in symbols { result = result * (bindings[symbol] ?? .symbol(symbol)) }
    return result
  }
}

extension Dim: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) { self.init(value) }
}

extension Dim: CustomStringConvertible {
  /// `32`, `?0`, `128*?0`, or `?` when unknown.
  public var description: String {
    if isUnknown { return "?" }
    var factors = symbols.map { "?\($0)" }
    if coefficient != 1 || factors.isEmpty { factors.insert(String(coefficient), at: 0) }
    return factors.joined(separator: "*")
  }
}
