// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// Runs a step that runs bodies, the slow way: every body gets its values in memory of its own, and what it gives is
/// copied to where it belongs.
struct ControlEvaluator {
  let step: Plan.ControlStep
  /// Of the buffers around the step.
  let bytes: [UnsafeMutableRawBufferPointer]
  let plan: Plan
  let evaluators: [KernelEvaluator]

  private typealias Bytes = UnsafeMutableRawBufferPointer

  func run() throws {
    if let body = step.bodies.first(where: { $0.arenaByteCount > bytes[step.scratch].count }) {
      throw KernelFlaw("a body needs \(body.arenaByteCount) bytes of \(bytes[step.scratch].count)")
    }
    switch step.kind {
    case .call: try copyResults(run(step.bodies[0], operands(from: 0)))
    case .cond:
      let isTrue = bytes[step.operands[0]][0] != 0
      try copyResults(run(step.bodies[isTrue ? 0 : 1], operands(from: 1)))
    case .loop(let carries):
      var values = operands(from: 0)
      while try run(step.bodies[0], values)[0].isTrue {
        values.replaceSubrange(..<carries, with: try run(step.bodies[1], values))
      }
      copyResults(Array(values.prefix(carries)))
    case .scan(let scan): try run(scan)
    }
  }

  private func run(_ scan: Plan.ControlStep.Scan) throws {
    let body = step.bodies[0]
    var values = operands(from: 0)
    for index in 0..<scan.length {
      let position = scan.reverse ? scan.length - 1 - index : index
      for element in scan.carries..<scan.carries + scan.elements {
        let count = body.parameters[element].byteCount ?? 0
        values[element] = Block(copying: part(bytes[step.operands[element]], position, count))
      }
      let before = Array(values.prefix(scan.carries))
      var results = try run(body, values)
      // What the plan says lies elsewhere is taken from there.
      for (carry, place) in scan.places.enumerated() {
        switch place {
        case .turns: break
        case .history(let output): results[scan.carries + output] = before[carry]
        case .output(let output): results[scan.carries + output] = results[carry]
        }
      }
      values.replaceSubrange(..<scan.carries, with: results.prefix(scan.carries))
      for (output, result) in results.dropFirst(scan.carries).enumerated() {
        let target = bytes[step.results[scan.carries + output]]
        result.copy(to: part(target, position, result.pointee.count))
      }
    }
    copyResults(Array(values.prefix(scan.carries)))
  }

  private func part(_ whole: Bytes, _ position: Int, _ count: Int) -> Bytes {
    Bytes(rebasing: whole[position * count..<(position + 1) * count])
  }

  private func operands(from first: Int) -> [Block] {
    step.operands[first...].map { Block(copying: bytes[$0]) }
  }

  private func copyResults(_ results: [Block]) {
    for (result, buffer) in zip(results, step.results) { result.copy(to: bytes[buffer]) }
  }

  /// What a body gives for the values of its parameters.
  private func run(_ body: Plan.Body, _ parameters: [Block]) throws -> [Block] {
    let results = body.results.map { Block(byteCount: $0.byteCount ?? 0) }
    let scratch = bytes[step.scratch]
    scratch.initializeMemory(as: UInt8.self, repeating: 0xA5)
    let places = try body.buffers.map { buffer -> Bytes in
      let (whole, offset): (Bytes, Int) =
        switch buffer.storage {
        case .parameter(let index): (parameters[index].pointee, 0)
        case .output(let index): (results[index].pointee, 0)
        case .arena(let offset): (scratch, offset)
        case .constant(let index):
          (Bytes(start: plan.constants[index].storage.base, count: buffer.byteCount), 0)
        case .variable: throw KernelFlaw("a body reads a variable")
        }
      guard offset + buffer.byteCount <= whole.count else {
        throw KernelFlaw("a body's buffer of \(buffer.byteCount) bytes at \(offset) of \(whole.count)")
      }
      return Bytes(rebasing: whole[offset..<offset + buffer.byteCount])
    }
    try PlanEvaluator.execute(body.steps, of: body.buffers, at: places, in: plan, evaluators)
    return results
  }

  /// Memory of one value.
  private final class Block {
    private let storage: NDArrayStorage
    let pointee: UnsafeMutableRawBufferPointer

    init(byteCount: Int) {
      storage = NDArrayStorage(patternedByteCount: byteCount)
      pointee = UnsafeMutableRawBufferPointer(start: storage.base, count: byteCount)
    }

    /// The value as a truth value.
    var isTrue: Bool { withExtendedLifetime(self) { pointee[0] != 0 } }

    func copy(to target: UnsafeMutableRawBufferPointer) {
      withExtendedLifetime(self) { target.copyMemory(from: UnsafeRawBufferPointer(pointee)) }
    }

    convenience init(copying bytes: UnsafeMutableRawBufferPointer) {
      self.init(byteCount: bytes.count)
      pointee.copyMemory(from: UnsafeRawBufferPointer(bytes))
    }
  }
}
