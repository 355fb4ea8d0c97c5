// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// How element types that meet in an expression become one, as in JAX: `bool → u8 → i32 → i64`, `bool → i8 →
/// i32`, `u8 · i8 → i32` (which has no `i16`), `u8 → u32`, `u32 · i32 → i64`, an integer and a float give that float,
/// `f16 · bf16 → f32`, `f32 · f64 → f64`.
enum Promotion {
  /// What a function does with its operands' types.
  enum Rule {
    /// Numbers of one type; `bool` counts as `i32`.
    case arithmetic
    /// Floating-point numbers of one type; integers and `bool` become `f32`.
    case floating
    /// One type.
    case uniform
    /// `bool` and nothing else.
    case logical
    /// `bool` or integers of one type.
    case bitwise
    /// Integers of one type; `bool` counts as `i32`.
    case integer
  }

  /// The type of two types; nil when one of them is `string`.
  static func join(_ lhs: DType, _ rhs: DType) -> DType? {
    if lhs == .string || rhs == .string { return nil }
    if lhs == rhs { return lhs }
    if lhs.isFloatingPoint || rhs.isFloatingPoint {
      if !lhs.isFloatingPoint { return rhs }
      if !rhs.isFloatingPoint { return lhs }
      // Neither half holds the other.
      return lhs == .float64 || rhs == .float64 ? .float64 : .float32
    }
    // The least type that holds both; for u8 and i8 that would be an i16.
    let order: [DType] = [.bool, .uint8, .int8, .uint32, .int32, .int64]
    return order.first { type in [lhs, rhs].allSatisfy { type.isJoin(with: $0) } }
  }
}

extension DType {
  /// Whether this type of integers, or `bool`, stands above another.
  fileprivate func isJoin(with other: DType) -> Bool {
    if self == other || other == .bool { return true }
    switch self {
    case .uint32: return other == .uint8
    case .int32: return other == .uint8 || other == .int8
    case .int64: return other.isInteger
    default: return false
    }
  }
}

extension GraphState {
  /// The operands in the one type that a function of this rule takes them in. Numbers follow the tensors.
  mutating func promoted(_ terms: [Term], _ rule: Promotion.Rule) throws(BuildError) -> [Value] {
    let dtype = try promotedType(terms, rule)
    var values: [Value] = []
    for term in terms { values.append(try constant(term, as: dtype)) }
    return values
  }

  /// The type that `promoted` converts to.
  func promotedType(_ terms: [Term], _ rule: Promotion.Rule) throws(BuildError) -> DType {
    var strong: DType?
    for term in terms {
      guard let dtype = strongType(term) else { continue }
      if dtype == .string {
        throw BuildError("promotion.string", "takes no text, got \(words(for: terms))")
      }
      strong = strong.flatMap { Promotion.join($0, dtype) } ?? dtype
    }
    var result = strong ?? .bool
    for term in terms {
      switch term {
      case .integer(let number):
        if result == .bool { result = Int32(exactly: number) == nil ? .int64 : .int32 }
      case .real:
        if !result.isFloatingPoint { result = .float32 }
      case .array(let literal) where literal.isWeaklyTyped:
        // A literal that keeps its values follows the tensors; any other brings its own type.
        if literal.literalConverted(to: result) == nil {
          result = Promotion.join(result, literal.dtype) ?? result
        }
      case .array, .value: break
      }
    }
    switch rule {
    case .arithmetic: return result == .bool ? .int32 : result
    case .floating: return result.isFloatingPoint ? result : .float32
    case .uniform: return result
    case .logical:
      if result != .bool {
        throw BuildError("logical.type", "takes bool tensors, got \(words(for: terms))")
      }
      return result
    case .bitwise, .integer:
      if result.isFloatingPoint {
        let needed = rule == .bitwise ? "bool or integer" : "integer"
        throw BuildError("logical.type", "takes \(needed) tensors, got \(words(for: terms))")
      }
      return rule == .integer && result == .bool ? .int32 : result
    }
  }

  private func strongType(_ term: Term) -> DType? {
    switch term {
    case .value(let value): type(of: value).dtype
    case .array(let array) where !array.isWeaklyTyped: array.dtype
    case .array, .integer, .real: nil
    }
  }

  /// The operands as a message names them: `f32[3], 2`.
  func words(for terms: [Term]) -> String {
    terms.map { term in
      switch term {
      case .value(let value): type(of: value).description
      case .integer(let number): String(number)
      case .real(let number): String(number)
      case .array(let array): array.type.description
      }
    }.joined(separator: ", ")
  }
}
