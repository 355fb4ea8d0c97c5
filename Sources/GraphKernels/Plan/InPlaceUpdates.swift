// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Plan {
  /// For each output the variable whose buffer it may take over, so that an update is written where the old value lies.
  ///
  /// That is safe where the kernel that writes the new value reads the old one only at the element that it replaces, and
  /// before; where no later step and no result reads the old value; and where from then on nothing can fail, since a run
  /// that fails leaves every variable as it was. The old value's buffer must be nobody else's, which only a run knows.
  public var replacedVariables: [Int?] {
    var replaced = [Int?](repeating: nil, count: outputs.count)
    var variableOf: [Int: Int] = [:]
    for update in updates {
      guard case .output(let output) = update.source.place else { continue }
      // Two variables that take one value share its memory.
      variableOf[output] = variableOf[output] == nil ? update.variable : -1
    }
    var needed: Set<Int> = []
    for source in results + updates.map(\.source) {
      if case .variable(let index) = source.place { needed.insert(index) }
    }
    // From the last step backwards: what later steps read, and whether one may fail.
    for step in steps.reversed() {
      guard !mayFail(step) else { break }
      if case .kernel(let call) = step {
        for buffer in call.writes {
          guard case .output(let output) = buffers[buffer].storage, let variable = variableOf[output],
            variables.indices.contains(variable), !needed.contains(variable),
            variables[variable].type == buffers[buffer].type,
            isReplacedElementwise(variable, by: buffer, in: call)
          else { continue }
          replaced[output] = variable
        }
      }
      for buffer in step.uses.reads {
        if case .variable(let index) = buffers[buffer].storage { needed.insert(index) }
      }
      // What bodies read of variables is not among the step's uses.
      if case .control(let control) = step { needed.formUnion(Plan.variables(readBy: control)) }
    }
    return replaced
  }

  private func mayFail(_ step: Step) -> Bool {
    switch step {
    case .kernel(let call): !kernels[call.kernel].faultSites.isEmpty
    case .matrixProduct, .copy: false
    case .host: true
    case .control(let control): control.bodies.contains { body in body.steps.contains { mayFail($0) } }
    }
  }

  private static func variables(readBy control: ControlStep) -> Set<Int> {
    var found: Set<Int> = []
    for body in control.bodies {
      for buffer in body.buffers {
        if case .variable(let index) = buffer.storage { found.insert(index) }
      }
      for case .control(let inner) in body.steps { found.formUnion(variables(readBy: inner)) }
    }
    return found
  }

  /// Whether a kernel reads a variable in one stage alone, only where it then stores the new value, and only for that.
  private func isReplacedElementwise(_ variable: Int, by target: Int, in call: KernelStep) -> Bool {
    let kernel = kernels[call.kernel]
    let sources = Set(
      call.buffers.indices.filter { buffers[call.buffers[$0]].storage == .variable(variable) })
    guard let written = call.buffers.firstIndex(of: target) else { return false }
    if sources.isEmpty { return true }
    var stores = 0
    for stage in kernel.stages {
      let loads = stage.body.indices.filter { stage.body[$0].buffer.map(sources.contains) ?? false }
      let sinks = stage.sinks.filter { if case .store(_, written, _) = $0 { true } else { false } }
      stores += sinks.count
      if loads.isEmpty { continue }
      guard sinks.count == 1, case .store(let value, _, let map) = sinks[0] else { return false }
      let ancestors = stage.ancestors(of: value)
      for load in loads {
        guard case .load(_, map) = stage.body[load].operation, ancestors.contains(load) else { return false }
      }
    }
    return stores == 1
  }
}

extension KernelInstruction {
  /// The buffer that it reads.
  fileprivate var buffer: Int? {
    switch operation {
    case .load(let buffer, _), .loadWithin(let buffer, _, _), .gather(let buffer, _): buffer
    case .isWithin, .check, .constant, .index, .stageResult, .function, .convert: nil
    }
  }
}

extension Stage {
  /// The instructions that a value of the body is computed from, itself among them.
  fileprivate func ancestors(of value: Int) -> Set<Int> {
    var found: Set<Int> = [value]
    for position in body.indices.reversed() where found.contains(position) {
      found.formUnion(body[position].operands)
    }
    return found
  }
}
