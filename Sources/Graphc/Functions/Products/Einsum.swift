// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Sums of products in Einstein's notation: `einsum("bij,bjk->bik", a, b)` is a batched matrix product.
///
/// Each operand has a term of letters, one an axis. The result is summed over the letters that it does not name. A letter
/// twice in one term means the diagonal of both axes; `...` stands for axes without letters, which are broadcast, and
/// summed where the result has no `...`. Without `->` the result has the letters that occur once, in alphabetical order.
/// An extent of 1 is repeated where another operand has more along that letter. More than two operands are multiplied in
/// the order that takes the fewest multiplications.
///
/// Types are promoted as in `*`; integers wrap.
public func einsum(
  _ equation: String, _ operands: any TensorConvertible..., fileID: String = #fileID, line: Int = #line
) -> Tensor {
  einsum(equation, operands, fileID: fileID, line: line)
}

/// Sums of products in Einstein's notation, of an array of operands.
public func einsum(
  _ equation: String, _ operands: [any TensorConvertible], fileID: String = #fileID, line: Int = #line
) -> Tensor {
  // Without a tensor there is no graph to complain in; the mistake travels in a graph of its own.
  let graph = operands.first?.tensor.graph ?? Graph()
  let roles = operands.indices.map { "operand \($0)" }
  return build(operands, at: CallSite("einsum", fileID, line), in: graph, roles: roles) {
    state, terms throws(BuildError) in
    let equation = try EinsumEquation(equation)
    if equation.inputs.count != terms.count || terms.isEmpty {
      let (wanted, given) = (equation.inputs.count, terms.count)
      throw equation.error(
        "einsum.operands",
        "the equation has \(wanted) term\(wanted == 1 ? "" : "s") for operands, \(given) \(given == 1 ? "is" : "are") given",
        at: equation.inputs.map(\.range.lowerBound))
    }
    return try state.einsum(equation, state.promoted(terms, .arithmetic))
  }
}

/// What an axis of an operand is called.
private enum EinsumLabel: Hashable {
  case letter(Character)
  /// An axis under an ellipsis, counted from the last one.
  case broadcast(Int)
}

/// A tensor and the labels of its axes, as numbers.
private struct LabelledValue {
  var value: Value
  var labels: [Int]
}

extension GraphState {
  fileprivate mutating func einsum(
    _ equation: EinsumEquation, _ values: [Value]
  ) throws(BuildError) -> Value {
    var names: [EinsumLabel] = []
    var operands: [LabelledValue] = []
    for (index, value) in values.enumerated() {
      let labels = try labels(of: equation.inputs[index], equation, index, type(of: value))
      for label in labels where !names.contains(label) { names.append(label) }
      operands.append(LabelledValue(value: value, labels: labels.map { names.firstIndex(of: $0) ?? 0 }))
    }
    let extents = try extents(of: operands, names, equation)
    let broadcastLabels = names.indices.filter { if case .broadcast = names[$0] { true } else { false } }
    // The axes under an ellipsis from the first to the last.
    let ellipsis = broadcastLabels.sorted { names[$0].order > names[$1].order }
    let output = equation.output.symbols.flatMap { symbol in
      symbol.letter.map { letter in names.indices.filter { names[$0] == .letter(letter) } } ?? ellipsis
    }
    for index in operands.indices {
      let others = operands.indices.filter { $0 != index }.flatMap { operands[$0].labels }
      operands[index] = try prepared(operands[index], extents, keeping: Set(others + output))
    }
    let order = ContractionOrder(
      terms: operands.map { Set($0.labels) }, output: Set(output), extents: extents.map(\.guess))
    var remaining = Set(operands.indices)
    for (left, right) in order.pairs {
      remaining.subtract([left, right])
      let needed = remaining.reduce(Set(output)) { $0.union(operands[$1].labels) }
      remaining.insert(operands.count)
      operands.append(
        try contracted(operands[left], operands[right], keeping: needed, output: output))
    }
    let result = operands[operands.count - 1]
    let permutation = output.compactMap { result.labels.firstIndex(of: $0) }
    return try transposed(result.value, permutation)
  }

  /// A label for each axis of an operand.
  private func labels(
    of term: EinsumEquation.Term, _ equation: EinsumEquation, _ index: Int, _ type: TensorType
  ) throws(BuildError) -> [EinsumLabel] {
    let letters = term.letters.count
    if letters > type.rank || (term.ellipsis == nil && letters != type.rank) {
      let marks = term.range.isEmpty ? [term.range.lowerBound] : Array(term.range)
      throw equation.error(
        "einsum.rank",
        "operand \(index) is \(type) with \(type.rank) \(type.rank == 1 ? "axis" : "axes"), its term names \(letters)",
        at: marks)
    }
    return term.symbols.flatMap { symbol in
      symbol.letter.map { [.letter($0)] }
        ?? (0..<type.rank - letters).reversed().map { EinsumLabel.broadcast($0) }
    }
  }

  /// The extent of each label, the same wherever it is not 1.
  private mutating func extents(
    of operands: [LabelledValue], _ names: [EinsumLabel], _ equation: EinsumEquation
  ) throws(BuildError) -> [Dim] {
    var extents = [Dim](repeating: 1, count: names.count)
    var owners = [(operand: Int, axis: Int)](repeating: (0, 0), count: names.count)
    for (index, operand) in operands.enumerated() {
      for (axis, label) in operand.labels.enumerated() {
        let extent = type(of: operand.value).shape[axis]
        let earlier = operand.labels[..<axis].firstIndex(of: label)
        let twin = earlier.map { type(of: operand.value).shape[$0] }
        if let twin, !unify(twin, extent) {
          throw conflict(names[label], operands, (index, earlier ?? 0), (index, axis), equation)
        }
        if extents[label] == 1 {
          extents[label] = extent
          owners[label] = (index, axis)
        } else if extent != 1, !unify(extents[label], extent) {
          throw conflict(names[label], operands, owners[label], (index, axis), equation)
        }
      }
    }
    return extents.map(builder.symbols.canonical)
  }

  private func conflict(
    _ label: EinsumLabel, _ operands: [LabelledValue], _ first: (operand: Int, axis: Int),
    _ second: (operand: Int, axis: Int), _ equation: EinsumEquation
  ) -> BuildError {
    let places = [first, second].map { place in
      let type = type(of: operands[place.operand].value)
      return "\(type.shape[place.axis]) in axis \(place.axis) of operand \(place.operand), \(type)"
    }
    var marks: [Int] = []
    for operand in Set([first.operand, second.operand]) {
      for symbol in equation.inputs[operand].symbols where label.isWritten(symbol) {
        marks.append(symbol.position)
      }
    }
    return equation.error(
      "einsum.extent", "the extents of \(label.words) differ: \(places[0]), and \(places[1])", at: marks)
  }

  /// An operand with each label once: diagonals are taken, axes of extent 1 that others stretch go, and labels that
  /// nothing else needs are summed.
  private mutating func prepared(
    _ operand: LabelledValue, _ extents: [Dim], keeping needed: Set<Int>
  ) throws(BuildError) -> LabelledValue {
    var result = operand
    while let second = result.labels.indices.first(where: { result.labels[..<$0].contains(result.labels[$0]) }
    ),
      let first = result.labels.firstIndex(of: result.labels[second])
    {
      result.value = try diagonal(result.value, axes: (first, second))
      let label = result.labels.remove(at: second)
      result.labels.remove(at: first)
      result.labels.append(label)
    }
    let shape = type(of: result.value).shape
    let stretched = result.labels.indices.filter { shape[$0] == 1 && extents[result.labels[$0]] != 1 }
    result.value = try reshaped(result.value, to: shape.removing(axes: stretched))
    result.labels = result.labels.indices.filter { !stretched.contains($0) }.map { result.labels[$0] }
    return try summed(result, keeping: needed)
  }

  private mutating func summed(
    _ operand: LabelledValue, keeping needed: Set<Int>
  ) throws(BuildError) -> LabelledValue {
    let axes = operand.labels.indices.filter { !needed.contains(operand.labels[$0]) }
    return LabelledValue(
      value: try reduced(.sum, operand.value, axes, keepDims: false),
      labels: operand.labels.filter(needed.contains))
  }

  /// The product of two operands, summed over the labels that nothing else needs. Its free labels are in the order of
  /// the result where that can be chosen.
  private mutating func contracted(
    _ first: LabelledValue, _ second: LabelledValue, keeping needed: Set<Int>, output: [Int]
  ) throws(BuildError) -> LabelledValue {
    let shared = first.labels.filter(second.labels.contains)
    let batch = shared.filter(needed.contains).sorted { left, right in
      (output.firstIndex(of: left) ?? .max, left) < (output.firstIndex(of: right) ?? .max, right)
    }
    let contract = shared.filter { !needed.contains($0) }
    let free = [first, second].map { operand in operand.labels.filter { !shared.contains($0) } }
    let places = free.map { $0.compactMap { output.firstIndex(of: $0) }.min() ?? .max }
    let isTurned = places[1] < places[0]
    let (lhs, rhs) = isTurned ? (second, first) : (first, second)
    let labels = batch + (isTurned ? free[1] + free[0] : free[0] + free[1])
    if contract.isEmpty || free.allSatisfy(\.isEmpty) {
      // Nothing for a matrix product to do: element by element.
      let all = labels + contract
      let product = try pointwise(
        .multiply, aligned(lhs, to: all, rhs), aligned(rhs, to: all, lhs))
      return try summed(LabelledValue(value: product, labels: all), keeping: needed)
    }
    let axes = { (labels: [Int], operand: LabelledValue) in
      labels.compactMap { operand.labels.firstIndex(of: $0) }
    }
    let dot = DotOp(
      lhsContract: axes(contract, lhs), rhsContract: axes(contract, rhs), lhsBatch: axes(batch, lhs),
      rhsBatch: axes(batch, rhs))
    return LabelledValue(value: try append(.dot(dot), [lhs.value, rhs.value]), labels: labels)
  }

  /// An operand spread over labels that it and another have together.
  private mutating func aligned(
    _ operand: LabelledValue, to labels: [Int], _ other: LabelledValue
  ) throws(BuildError) -> Value {
    let own = labels.filter(operand.labels.contains)
    let ordered = try transposed(operand.value, own.compactMap { operand.labels.firstIndex(of: $0) })
    let dims = labels.map { label in
      operand.labels.firstIndex(of: label).map { type(of: operand.value).shape[$0] }
        ?? other.labels.firstIndex(of: label).map { type(of: other.value).shape[$0] } ?? 1
    }
    let axes = labels.indices.filter { own.contains(labels[$0]) }
    if axes.count == labels.count { return ordered }
    return try append(.broadcast(BroadcastOp(shape: Shape(dims), axes: axes)), [ordered])
  }
}

extension EinsumLabel {
  var order: Int { if case .broadcast(let order) = self { order } else { -1 } }

  var words: String {
    switch self {
    case .letter(let letter): "'\(letter)'"
    case .broadcast(let order): "axis -\(order + 1) under '...'"
    }
  }

  /// Whether a symbol of the equation stands for this label.
  func isWritten(_ symbol: EinsumEquation.Symbol) -> Bool {
    if case .letter(let letter) = self { return symbol.letter == letter }
    return symbol.letter == nil
  }
}

extension Dim {
  /// A number for the choice between orders.
  fileprivate var guess: Double { symbols.reduce(Double(coefficient)) { product, _ in product * 64 } }
}
