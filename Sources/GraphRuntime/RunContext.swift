// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// The memory of one run at a time: the arena, the addresses that steps take, and the storage of what the run returns.
///
/// Only one thread uses a context at a time; the executable lends it. What a run touches lies behind pointers that
/// never change, so that the loop over the steps keeps no books on references and accesses.
final class RunContext: @unchecked Sendable {
  let program: Program
  private let arena: NDArrayStorage
  /// What the steps read: the addresses in the order of the steps' arguments.
  let table: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  /// By the plan's outputs.
  private let outputs: UnsafeMutablePointer<Output>
  private let outputCount: Int
  /// The two words that all draws of a run share.
  let randomKey: UnsafeMutablePointer<UInt32>
  /// Keeps the values of variables alive, by the plan's variables, while others may replace them.
  let held: UnsafeMutablePointer<NDArrayStorage?>
  private let heldCount: Int

  /// Storage for one output. Two blocks take turns, so that in the steady state, where the caller has let go of the
  /// value before last, nothing is allocated.
  private struct Output {
    let byteCount: Int
    var current: NDArrayStorage?
    var spare: NDArrayStorage?

    /// Makes `current` a block that nobody else holds.
    mutating func renew() -> NDArrayStorage {
      if isKnownUniquelyReferenced(&current), let current { return current }
      swap(&current, &spare)
      if isKnownUniquelyReferenced(&current), let current { return current }
      let fresh = Pages.storage(byteCount: byteCount)
      current = fresh
      return fresh
    }
  }

  init(program: Program) {
    self.program = program
    let plan = program.plan
    arena = Pages.storage(byteCount: plan.arenaByteCount)
    outputCount = plan.outputs.count
    outputs = .allocate(capacity: max(outputCount, 1))
    outputs.initialize(from: plan.outputs.map { Output(byteCount: $0) }, count: outputCount)
    let entryCount = program.arguments.count
    table = .allocate(capacity: max(entryCount, 1))
    table.initialize(repeating: nil, count: entryCount)
    randomKey = .allocate(capacity: 2)
    randomKey.initialize(repeating: 0, count: 2)
    heldCount = plan.variables.count
    held = .allocate(capacity: max(heldCount, 1))
    held.initialize(repeating: nil, count: heldCount)
    for (position, argument) in program.arguments.enumerated() {
      switch argument {
      case .arena(let offset): table[position] = arena.base + offset
      case .constant(let index): table[position] = plan.constants[index].storage.base
      case .parameter, .variable, .output, nil: break
      }
    }
    for (product, entry) in program.productEntries.enumerated() {
      table[entry] = UnsafeMutableRawPointer(program.products.base + product)
    }
  }

  deinit {
    outputs.deinitialize(count: outputCount)
    held.deinitialize(count: heldCount)
    outputs.deallocate()
    table.deallocate()
    randomKey.deallocate()
    held.deallocate()
  }

  /// The block of an output that the current run writes.
  func output(_ index: Int) -> NDArrayStorage? { outputs[index].current }

  /// Makes sure that nobody else holds the block of an output that the coming run writes, and returns its address.
  func renewOutput(_ index: Int) -> UnsafeMutableRawPointer { outputs[index].renew().base }

  /// Runs the steps. Returns a negative number, or the step that failed and its code in one. Allocates nothing.
  func execute(pool: ThreadPool?) -> Int { run(program.main, pool) }

  /// Runs some steps, as `execute`.
  func run(_ range: Range<Int>, _ pool: ThreadPool?) -> Int {
    let steps = program.steps.base
    for index in range {
      let arguments = UnsafePointer(table + steps[index].arguments)
      switch steps[index].action {
      case .kernel(let function):
        let count = steps[index].count
        let status: Int32
        if let pool, steps[index].chunk < count {
          status = pool.run(function, arguments, count: count, chunk: steps[index].chunk)
        } else {
          status = function(arguments, 0, count)
        }
        if status != 0 { return failure(index, status) }
      case .copy(let byteCount):
        if let source = arguments[0], let target = arguments[1] {
          target.copyMemory(from: source, byteCount: byteCount)
        }
      case .host(let routine):
        let status = program.hostRoutines.base[routine](arguments)
        if status != 0 { return failure(index, status) }
      case .control(let number):
        let failure = run(program.controls.base[number], arguments, pool)
        if failure >= 0 { return failure }
      }
    }
    return -1
  }

  private func failure(_ step: Int, _ status: Int32) -> Int { step << 32 | Int(UInt32(bitPattern: status)) }
}
