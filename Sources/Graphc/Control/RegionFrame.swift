// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What is to become a region: a part of the builder's nodes, with parameters of its own.
struct RegionFrame: Sendable {
  enum Kind: String, Sendable {
    case program = "the program"
    case branch = "a branch"
    case scan = "the body of a scan"
    case condition = "the condition of a loop"
    case loop = "the body of a loop"
    case call = "the body of a function"
  }

  let kind: Kind
  let parent: Int32
  let origin: Origin
  /// Declared parameters: carries, parts of elements, inputs.
  var parameters: [Value] = []
  /// What declared parameters start from or are parts of, where those are values of the part around this one.
  var sources: [(outer: Value, inner: Value)] = []
  /// Values of the part around this one, and the parameters that stand for them.
  var captures: [(outer: Value, inner: Value)] = []
  /// The number of the iteration, where something asks for it.
  var index: Value?

  init(kind: Kind, parent: Int32, origin: Origin) {
    self.kind = kind
    self.parent = parent
    self.origin = origin
  }
}

extension GraphState {
  var currentRegionPhrase: String { regions[Int(builder.part)].kind.rawValue }

  /// Begins a part within the current one.
  ///
  /// - Parameters:
  ///   - types: those of its parameters.
  ///   - models: what the parameters stand for, which lends them names.
  mutating func openRegion(_ kind: RegionFrame.Kind, _ types: [TensorType], models: [Value]) -> Int32 {
    let part = Int32(regions.count)
    var frame = RegionFrame(kind: kind, parent: builder.part, origin: builder.currentOrigin)
    for (index, type) in types.enumerated() {
      let parameter = builder.addPartParameter(type, part: part)
      frame.parameters.append(parameter)
      guard models.indices.contains(index), models[index].poisonIndex == nil else { continue }
      lendName(of: models[index], to: parameter)
      if self.part(of: models[index]) == builder.part { frame.sources.append((models[index], parameter)) }
    }
    regions.append(frame)
    return part
  }

  /// Names a parameter of a part as the value that it stands for.
  private func lendName(of value: Value, to parameter: Value) {
    guard let name = names[value] ?? builder.node(value).origin.name else { return }
    builder.suggestName(String(name.split(separator: "/").last ?? "p"), for: parameter)
  }

  /// The part of a value; 0 is the program.
  func part(of value: Value) -> Int32 { value.poisonIndex == nil ? builder.parts[value.nodeIndex] : 0 }

  /// A value as the current part has it: one of a part around it becomes a parameter, at every depth between.
  mutating func local(_ value: Value) throws(BuildError) -> Value { try local(value, in: builder.part) }

  mutating func local(_ term: Term) throws(BuildError) -> Term {
    if case .value(let value) = term { return .value(try local(value)) }
    return term
  }

  mutating func local(_ value: Value, in part: Int32) throws(BuildError) -> Value {
    if value.poisonIndex != nil { return value }
    let home = self.part(of: value)
    var path: [Int32] = []
    var next = part
    while next != home {
      if next == 0 {
        let origin = builder.node(value).origin
        let place = regions[Int(home)].kind.rawValue
        throw BuildError(
          "region.leak",
          "takes \(describe(value)), which exists only in \(place); return it from there, and use the result",
          notes: [Diagnostic.Note("\(describe(value)) is made in \(place)", at: origin.location)])
      }
      path.append(next)
      next = regions[Int(next)].parent
    }
    return path.reversed().reduce(value) { capture($0, in: $1) }
  }

  /// The parameter that stands for a value of the part around.
  private mutating func capture(_ outer: Value, in part: Int32) -> Value {
    if let known = regions[Int(part)].captures.first(where: { $0.outer == outer }) { return known.inner }
    let inner = builder.addPartParameter(builder.type(of: outer), part: part)
    lendName(of: outer, to: inner)
    regions[Int(part)].captures.append((outer, inner))
    return inner
  }

  /// A parameter of a part in the words of a note; one that stands for a value around as that value.
  func describe(parameter: Value) -> String {
    let frame = regions[Int(part(of: parameter))]
    if let capture = frame.captures.first(where: { $0.inner == parameter }) { return describe(capture.outer) }
    let noun = parameter == frame.index ? "the number of the step" : "a parameter"
    return noun + (builder.node(parameter).origin.name.map { " \"\($0)\"" } ?? "")
  }

  /// The numbers of the iterations of the loops around what is being built, the outermost first, as `i32` scalars.
  mutating func loopIndices() throws(BuildError) -> [Value] {
    var loops: [Int32] = []
    var part = builder.part
    while part != 0 {
      switch regions[Int(part)].kind {
      case .scan, .loop, .condition: loops.insert(part, at: 0)
      case .program, .branch, .call: break
      }
      part = regions[Int(part)].parent
    }
    var indices: [Value] = []
    for loop in loops { indices.append(try local(index(of: loop))) }
    return indices
  }

  /// The number of a loop's iteration, in the part that is its body.
  mutating func index(of part: Int32) -> Value {
    if let known = regions[Int(part)].index { return known }
    let index = builder.addPartParameter(TensorType(.int32, .scalar), part: part)
    regions[Int(part)].index = index
    return index
  }

  /// The region that a part has become.
  ///
  /// - Parameters:
  ///   - parameters: the part's, in the order of the op's operands.
  ///   - results: values of the part.
  func region(_ parameters: [Value], _ results: [Value]) throws(BuildError) -> Region {
    let declared = parameters.enumerated().map { position, parameter in
      Module.Parameter(
        name: builder.node(parameter).origin.name ?? "p\(position)", type: builder.type(of: parameter))
    }
    let needed = nodesNeeded(for: results)
    let symbols = builder.symbols
    do {
      return try Region.build(declared) { inner, values in
        var renamed: [Value: Value] = [:]
        for (parameter, value) in zip(parameters, values) { renamed[parameter] = value }
        for index in needed.sorted() where renamed[Value(node: index)] == nil {
          let node = builder.nodes[Int(index)]
          // Extents that the operands leave open keep their symbols, unless they have become known by now.
          let own = try inner.appendAll(
            node.op, node.operands.compactMap { renamed[$0] }, origin: node.origin,
            annotated: node.types.map(symbols.canonical))
          for (result, value) in own.enumerated() {
            renamed[Value(node: index, result: Int32(result))] = value
          }
        }
        return results.compactMap { renamed[$0] }
      }
    } catch let violation as ConstraintViolation {
      throw BuildError("module.\(violation.constraint)", violation.message)
    } catch let diagnostic as Diagnostic {
      throw BuildError(diagnostic.code, diagnostic.message, notes: diagnostic.notes)
    } catch {
      throw BuildError("region", "\(error)")
    }
  }

  /// The nodes of a part that some of its values need.
  private func nodesNeeded(for values: [Value]) -> Set<Int32> {
    var needed: Set<Int32> = []
    var pending = values.map(\.node)
    while let node = pending.popLast() {
      if needed.insert(node).inserted { pending += builder.nodes[Int(node)].operands.map(\.node) }
    }
    return needed
  }

  /// The captures of some parts that any of them needs for its results: the values around, and for each part the
  /// parameters that stand for them.
  mutating func sharedCaptures(_ parts: [(part: Int32, results: [Value])]) -> (
    outer: [Value], inner: [[Value]]
  ) {
    var outer: [Value] = []
    for (part, results) in parts {
      let needed = nodesNeeded(for: results)
      for capture in regions[Int(part)].captures
      where needed.contains(capture.inner.node) && !outer.contains(capture.outer) {
        outer.append(capture.outer)
      }
    }
    var inner: [[Value]] = []
    for (part, _) in parts {
      var parameters: [Value] = []
      for value in outer { parameters.append(capture(value, in: part)) }
      inner.append(parameters)
    }
    return (outer, inner)
  }
}
