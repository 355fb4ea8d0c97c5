// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Graph {
  /// Runs a body once for each index of the elements' first axis.
  ///
  /// The body gets the carries, which start as `initial`, and each array's part at that index; it returns the next
  /// carries and outputs, which are stacked along a new first axis. The closure runs once, when the graph is built, and
  /// may use any tensor of the graph. The loop has a gradient: the carries of every step are kept for it, and what else
  /// a step computes is computed again.
  ///
  /// - Parameters:
  ///   - length: the number of steps, where there are no elements to tell.
  ///   - reversed: whether the steps go from the last index to the first; outputs keep their places.
  public func scan(
    over elements: [any TensorOperand], from initial: [any TensorOperand], length: Extent? = nil,
    reversed: Bool = false, body: ([Tensor], [Tensor]) throws -> (carries: [Tensor], outputs: [Tensor]),
    fileID: String = #fileID, line: Int = #line
  ) rethrows -> (carries: [Tensor], outputs: [Tensor]) {
    let site = CallSite("scan", fileID, line)
    return try scan(elements, initial, length, reversed, at: site) { carries, parts, _ in
      try body(carries, parts)
    }
  }

  /// A scan with one carry, one array of elements and one output.
  public func scan(
    over elements: some TensorOperand, from initial: some TensorOperand, reversed: Bool = false,
    body: (Tensor, Tensor) throws -> (carry: Tensor, output: Tensor), fileID: String = #fileID,
    line: Int = #line
  ) rethrows -> (carry: Tensor, outputs: Tensor) {
    let site = CallSite("scan", fileID, line)
    let results = try scan([elements], [initial], nil, reversed, at: site) { carries, parts, _ in
      let (carry, output) = try body(carries[0], parts[0])
      return ([carry], [output])
    }
    return (results.carries[0], results.outputs[0])
  }

  /// What a body makes of each part of an array along its first axis, stacked.
  public func map(
    over elements: some TensorOperand, body: (Tensor) throws -> Tensor, fileID: String = #fileID,
    line: Int = #line
  ) rethrows -> Tensor {
    let site = CallSite("map", fileID, line)
    return try scan([elements], [], nil, false, at: site) { _, parts, _ in
      ([], [try body(parts[0])])
    }.outputs[0]
  }

  /// As above, for several arrays of as many parts.
  public func map(
    over elements: [any TensorOperand], body: ([Tensor]) throws -> [Tensor], fileID: String = #fileID,
    line: Int = #line
  ) rethrows -> [Tensor] {
    let site = CallSite("map", fileID, line)
    return try scan(elements, [], nil, false, at: site) { _, parts, _ in ([], try body(parts)) }.outputs
  }

  /// Runs a body a fixed number of times; it gets the number of the step, an `i32` scalar from 0, and the values so far.
  public func fori(
    _ count: Int, from initial: [any TensorOperand], body: (Tensor, [Tensor]) throws -> [Tensor],
    fileID: String = #fileID, line: Int = #line
  ) rethrows -> [Tensor] {
    try fori(Extent(count), from: initial, body: body, fileID: fileID, line: line)
  }

  /// As above, for a number of steps that may be an extent that only a run knows: `x.shape.extent(0)`.
  public func fori(
    _ count: Extent, from initial: [any TensorOperand], body: (Tensor, [Tensor]) throws -> [Tensor],
    fileID: String = #fileID, line: Int = #line
  ) rethrows -> [Tensor] {
    let site = CallSite("fori", fileID, line)
    return try scan([], initial, count, false, at: site) { carries, _, index in
      (try body(index(), carries), [])
    }.carries
  }

  /// As above, for one value.
  public func fori(
    _ count: Extent, from initial: some TensorOperand, body: (Tensor, Tensor) throws -> Tensor,
    fileID: String = #fileID, line: Int = #line
  ) rethrows -> Tensor {
    try fori(count, from: [initial], body: { [try body($0, $1[0])] }, fileID: fileID, line: line)[0]
  }

  /// As above, for one value.
  public func fori(
    _ count: Int, from initial: some TensorOperand, body: (Tensor, Tensor) throws -> Tensor,
    fileID: String = #fileID, line: Int = #line
  ) rethrows -> Tensor {
    try fori(count, from: [initial], body: { [try body($0, $1[0])] }, fileID: fileID, line: line)[0]
  }

  private func scan(
    _ elements: [any TensorOperand], _ initial: [any TensorOperand], _ length: Extent?, _ reversed: Bool,
    at site: CallSite,
    _ body: ([Tensor], [Tensor], () -> Tensor) throws -> (carries: [Tensor], outputs: [Tensor])
  ) rethrows -> (carries: [Tensor], outputs: [Tensor]) {
    let count = initial.count
    var steps = Dim(0)
    let operands = self.operands(initial + elements, at: site) { state, values throws(BuildError) in
      steps = try state.stepCount(length, over: Array(values.dropFirst(count)))
    }
    let types = operands.types.map { types in
      types.prefix(count)
        + types.dropFirst(count).map { $0.with(shape: Shape(Array($0.shape.dims.dropFirst()))) }
    }
    var (carryCount, outputCount) = (0, 0)
    let built = try part(.scan, types.map(Array.init), standingFor: operands.tensors, at: site) {
      parameters in
      let index = { operands.standIn ?? self.loopIndex }
      let results = try body(Array(parameters.prefix(count)), Array(parameters.dropFirst(count)), index)
      (carryCount, outputCount) = (results.carries.count, results.outputs.count)
      return results.carries + results.outputs
    }
    let sources = operands.tensors + built.results
    let results = buildControl(sources, at: site, resultCount: count + outputCount) {
      state throws(BuildError) in
      let results = try state.results(of: built)
      let starts = operands.tensors.prefix(count).map(\.value)
      try state.requireCarries(Array(results.prefix(carryCount)), starts)
      return try state.appendScan(
        built, results, operands.tensors.map(\.value), carries: count, length: steps, reverse: reversed)
    }
    return (Array(results.prefix(count)), Array(results.dropFirst(count)))
  }

  /// The number of the iteration of the loop whose body is being built.
  private var loopIndex: Tensor {
    let part = BuildContext.current.region(of: self)
    return Tensor(graph: self, value: withState { $0.index(of: part) })
  }
}

extension GraphState {
  /// The number of steps of a loop over some arrays.
  fileprivate mutating func stepCount(_ length: Extent?, over elements: [Value]) throws(BuildError) -> Dim {
    var steps = length.map { dim(of: $0) }
    if let count = steps?.value, count < 0 || count > GraphState.largestExtent {
      throw BuildError("scan.C3", "a loop of \(count) steps; the number must be 0 or more, below 2⁴⁸")
    }
    for (index, element) in elements.enumerated() {
      let type = type(of: element)
      guard let extent = type.shape.dims.first else {
        throw BuildError(
          "scan.C3", "element \(index) is \(type), which has no first axis to go along; capture it instead")
      }
      if let known = steps, !unify(known, extent) {
        throw BuildError("scan.C3", "the loop has \(known) steps, and element \(index) is \(type)")
      }
      steps = steps ?? extent
    }
    guard let steps else {
      throw BuildError("scan.length", "without elements a loop needs its number of steps, as `length: 10`")
    }
    return steps
  }

  /// Appends the scan whose body a part is. The number of the iteration is an element, where something asks for it.
  fileprivate mutating func appendScan(
    _ built: BuiltPart, _ results: [Value], _ operands: [Value], carries: Int, length: Dim, reverse: Bool
  ) throws(BuildError) -> [Value] {
    let length = builder.symbols.canonical(length)
    let frame = regions[Int(built.part)]
    var (values, parameters) = (operands, frame.parameters)
    if let index = frame.index {
      values.append(try append(.iota(IotaOp(type: TensorType(.int32, [length]), axis: 0))))
      parameters.append(index)
    }
    let captures = sharedCaptures([(built.part, results)])
    let op = ScanOp(
      carries: carries, elements: values.count - carries, length: length, reverse: reverse,
      body: try region(parameters + captures.inner[0], results))
    return try appendControl(.scan(op), values + captures.outer, of: [built.part])
  }
}
