// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Where values belong in sorted rows.
public struct SearchSortedOp: SingleResultRule {
  /// Which of several places between equal elements is taken.
  public enum Side: String, CaseIterable, Hashable, Sendable { case left, right }

  public let side: Side

  public init(side: Side) { self.side = side }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    let word = try reader.word("side")
    guard let side = Side(rawValue: word) else {
      throw AttributeError("there is no side '\(word)'; there are left, right")
    }
    self.side = side
  }

  public static let doc = OpDoc(
    name: "searchSorted",
    semantics: """
      For each value the number of elements of its row of `sorted` that come before it, with `right` of those that do \
      not come after it: the first and the last place where it can be inserted. Rows are in the order of an ascending \
      `sort`, NaN last; of other rows the result is some place in them.
      """,
    inputs: ["sorted: [batch…, n], numeric", "values: [batch…, m], of the same element type"],
    attributes: ["side: left or right"], outputs: ["i32[batch…, m]"],
    constraints: [
      "There are two operands of one numeric element type.",
      "They have the same number of axes, at least one, and agree in all but the last.",
    ],
    examples: [
      "param %x: f32[?0,10]",
      "param %v: f32[?0,3]",
      "%0 = searchSorted %x, %v {side = left} : i32[?0,3]",
    ],
    gradient: "None: a place does not move with its value.")

  public var mnemonic: String { "searchSorted" }
  public var attributes: [Attribute] { [Attribute("side", .word(side.rawValue))] }
  public var lowering: LoweringClass { .library }
  public var widensHalves: Bool { true }

  public func differentiability(of index: Int) -> Differentiability {
    .cut("a place does not move with its value")
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(2, operands)
    let (sorted, values) = (operands[0], operands[1])
    if sorted.dtype != values.dtype || !sorted.dtype.isNumeric {
      throw ConstraintViolation("C1", "takes two tensors of one numeric type, got \(sorted) and \(values)")
    }
    let rank = sorted.rank
    if rank == 0 || rank != values.rank || sorted.shape.dims.dropLast() != values.shape.dims.dropLast() {
      throw ConstraintViolation("C2", "the rows are \(sorted), the values \(values)")
    }
    return [values.with(dtype: .int32)]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let (sorted, values) = (operands[0], operands[1])
    let length = sorted.shape.last ?? 0
    let columns = max(values.shape.last ?? 0, 1)
    return NDArray(dtype: .int32, shape: values.shape) { index in
      // The half that holds the place, until nothing is left of it.
      var (low, high) = (0, length)
      while low < high {
        let middle = (low + high) / 2
        let element = index / columns * length + middle
        let isBefore =
          side == .left ? sorted.precedes(element, values, index) : !values.precedes(index, sorted, element)
        if isBefore { low = middle + 1 } else { high = middle }
      }
      return Int32(truncatingIfNeeded: low).bits
    }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] { [nil, nil] }
}
