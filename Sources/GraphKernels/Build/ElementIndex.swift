// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The index along one axis of a value: a linear function of the kernel's indices, plus what the body computes.
struct ElementIndex: Hashable {
  var map: AffineMap
  /// The instruction, an `i64`, whose value is added; nil for none.
  var offset: Int?

  init(_ map: AffineMap, offset: Int? = nil) {
    self.map = map
    self.offset = offset
  }
}

/// Arithmetic on indices. The part that is linear stays in the map; only the other takes instructions.
extension ExpressionBuilder {
  func constantIndex(_ number: Int) -> ElementIndex {
    ElementIndex(.constant(number, dimensions: dimensions))
  }

  mutating func sum(_ lhs: ElementIndex, _ rhs: ElementIndex, for node: Node) -> ElementIndex {
    var offset = lhs.offset ?? rhs.offset
    if let left = lhs.offset, let right = rhs.offset { offset = integer(.add, left, right, for: node) }
    return ElementIndex(lhs.map + rhs.map, offset: offset)
  }

  mutating func shifted(_ index: ElementIndex, by distance: Int) -> ElementIndex {
    ElementIndex(index.map + .constant(distance, dimensions: dimensions), offset: index.offset)
  }

  mutating func scaled(_ index: ElementIndex, by factor: Int, for node: Node) -> ElementIndex {
    let map = index.map * factor
    guard let offset = index.offset, factor != 0 else { return ElementIndex(map) }
    if factor == 1 { return ElementIndex(map, offset: offset) }
    let number = integer(factor, for: node)
    return ElementIndex(map, offset: integer(.multiply, offset, number, for: node))
  }

  /// The instruction whose value, an `i64`, is the index.
  mutating func number(_ index: ElementIndex, for node: Node) -> Int {
    let isZero = index.map.offset == 0 && index.map.strides.allSatisfy { $0 == 0 }
    if let offset = index.offset, isZero { return offset }
    let linear = append(KernelInstruction(.index(index.map), .int64), from: node)
    return index.offset.map { integer(.add, linear, $0, for: node) } ?? linear
  }

  mutating func integer(_ number: Int, for node: Node) -> Int {
    append(KernelInstruction(.constant(Int64(number).bits), .int64), from: node)
  }

  mutating func integer(_ function: ScalarFunction, _ lhs: Int, _ rhs: Int, for node: Node) -> Int {
    append(KernelInstruction(.function(function), .int64, [lhs, rhs]), from: node)
  }

  mutating func truth(_ function: ScalarFunction, _ lhs: Int, _ rhs: Int, for node: Node) -> Int {
    append(KernelInstruction(.function(function), .bool, [lhs, rhs]), from: node)
  }

  /// A number moved into `lower ... upper`.
  mutating func clamped(_ number: Int, _ lower: Int, _ upper: Int, for node: Node) -> Int {
    let above = integer(.maximum, number, integer(lower, for: node), for: node)
    return integer(.minimum, above, integer(upper, for: node), for: node)
  }
}
