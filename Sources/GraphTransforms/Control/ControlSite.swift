// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A node of control flow that is to be simplified: not yet in the new module, its operands already.
struct ControlSite {
  let builder: ModuleBuilder
  let operands: [Value]
  let types: [TensorType]
  /// Which results something needs.
  let needed: [Bool]

  /// Values for all results, from those of the ones that are kept. What nothing needs is zero.
  func spread(_ values: [Value], over kept: [Int]) throws -> [Value] {
    var all = [Value?](repeating: nil, count: types.count)
    for (result, value) in zip(kept, values) { all[result] = value }
    return try zip(all, types).map { value, type in try value ?? builder.full(0, type) }
  }

  /// The scalar that decides, when it is a constant.
  func constantTruth(of value: Value) -> Bool? {
    guard case .constant(let rule) = builder.node(value).op, rule.value.count == 1 else { return nil }
    return rule.value.bits(at: 0) != 0
  }

  /// How to make a value in a region instead of handing it there, for one that costs nothing.
  func maker(of value: Value, depth: Int = 0) -> Wire.Maker? {
    let node = builder.node(value)
    switch node.op {
    case .constant(let rule) where rule.value.count == 1: break
    case .iota: break
    case .broadcast where depth < 4:
      guard let source = maker(of: node.operands[0], depth: depth + 1) else { return nil }
      return { region in try region.append(node.op, [source(region)], origin: node.origin) }
    default: return nil
    }
    return { region in try region.append(node.op, [], origin: node.origin) }
  }
}

/// Where a region finds a value that was a parameter.
enum Wire {
  typealias Maker = (ModuleBuilder) throws -> Value

  /// In a parameter, by its position in one of the groups that an op has: carries, elements, captures.
  case parameter(group: Int, Int)
  /// In a parameter, repeated.
  case repeated(group: Int, Int, BroadcastOp)
  case made(Maker)
  /// Nothing needs it.
  case nowhere
}

/// Which values an op hands to its regions, in groups, and where the regions find what they had as parameters.
struct Wiring {
  private(set) var groups: [[Value]]
  private var names: [[String]]
  /// In the order of the old parameters.
  private(set) var wires: [Wire] = []
  /// Whether anything is not as it was.
  private(set) var isChanged = false

  init(groupCount: Int) {
    groups = Array(repeating: [], count: groupCount)
    names = groups.map { _ in [] }
  }

  /// The values of all groups, in order.
  var operands: [Value] { groups.flatMap { $0 } }

  /// Keeps the next parameter as one of a group.
  ///
  /// - Parameter isShared: whether a value that the group has already serves.
  mutating func keep(_ value: Value, _ name: String, in group: Int, isShared: Bool) {
    if isShared, let known = groups[group].firstIndex(of: value) {
      wires.append(.parameter(group: group, known))
      isChanged = true
    } else {
      wires.append(.parameter(group: group, add(value, name, to: group)))
    }
  }

  /// Lets the next parameter be one of another group, or part of it.
  mutating func move(_ value: Value, _ name: String, to group: Int, repeatedBy rule: BroadcastOp? = nil) {
    let position = groups[group].firstIndex(of: value) ?? add(value, name, to: group)
    wires.append(
      rule.map { .repeated(group: group, position, $0) } ?? .parameter(group: group, position))
    isChanged = true
  }

  mutating func replace(with wire: Wire) {
    wires.append(wire)
    isChanged = true
  }

  private mutating func add(_ value: Value, _ name: String, to group: Int) -> Int {
    groups[group].append(value)
    names[group].append(name)
    return groups[group].count - 1
  }

  /// A region that does what another did, less the results that are not kept.
  ///
  /// - Parameters:
  ///   - wires: the region's own, where it does not take all that the op hands out.
  ///   - types: those of the parameters, in order.
  func region(_ old: Region, keeping results: [Int], types: [TensorType]) throws -> Region {
    var module = old.module
    module.results = results.map { old.module.results[$0] }
    let pruned = Region(try module.rebuilt())
    let parameters = zip(names.flatMap { $0 }, types).map { Module.Parameter(name: $0, type: $1) }
    var starts: [Int] = []
    for group in groups { starts.append((starts.last ?? 0) + group.count) }
    let new = try Region.build(parameters) { builder, values in
      let position = { (group: Int, index: Int) in (group == 0 ? 0 : starts[group - 1]) + index }
      let arguments = try zip(wires, old.parameterTypes).map { wire, type -> Value in
        switch wire {
        case .parameter(let group, let index): values[position(group, index)]
        case .repeated(let group, let index, let rule):
          try builder.append(.broadcast(rule), [values[position(group, index)]])
        case .made(let make): try make(builder)
        case .nowhere: try builder.full(0, type)
        }
      }
      return try builder.inline(pruned, arguments)
    }
    // What is needed no more may leave loops within with less to do.
    return Region(try new.module.withSimpleControl())
  }
}

extension Region {
  /// The parameter that a result is, if it is one.
  func parameter(ofResult index: Int) -> Int? {
    guard case .parameter(let rule) = module.nodes[module.results[index].value.nodeIndex].op else {
      return nil
    }
    return rule.index
  }
}
