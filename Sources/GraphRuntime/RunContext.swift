// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// The memory of one run at a time: the arena, the addresses that steps take, and the storage of what the run returns.
///
/// Only one thread uses a context at a time; the executable hands it out.
final class RunContext: @unchecked Sendable {
  let program: Program
  private let arena: NDArrayStorage
  /// What the steps read: the addresses in the order of the steps' arguments.
  let table: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private var outputs: [Output]

  /// Storage for one output. Two blocks take turns, so that in the steady state, where the caller has let go of the
  /// value before last, nothing is allocated.
  private struct Output {
    let byteCount: Int
    var current: NDArrayStorage
    var spare: NDArrayStorage

    init(byteCount: Int) {
      self.byteCount = byteCount
      current = NDArrayStorage(uninitializedByteCount: byteCount)
      spare = NDArrayStorage(uninitializedByteCount: byteCount)
    }

    /// Makes `current` a block that nobody else holds.
    mutating func renew() {
      if isKnownUniquelyReferenced(&current) { return }
      swap(&current, &spare)
      if !isKnownUniquelyReferenced(&current) {
        current = NDArrayStorage(uninitializedByteCount: byteCount)
      }
    }
  }

  init(program: Program) {
    self.program = program
    let plan = program.plan
    arena = NDArrayStorage(uninitializedByteCount: plan.arenaByteCount)
    outputs = plan.outputs.map { Output(byteCount: $0) }
    table = .allocate(capacity: max(program.arguments.count, 1))
    table.initialize(repeating: nil, count: max(program.arguments.count, 1))
    for (position, argument) in program.arguments.enumerated() {
      switch argument {
      case .arena(let offset): table[position] = arena.base + offset
      case .constant(let index): table[position] = plan.constants[index].storage.base
      case .parameter, .variable, .output, nil: break
      }
    }
  }

  deinit { table.deallocate() }

  func output(_ index: Int) -> NDArrayStorage { outputs[index].current }

  /// Fills in the addresses that differ from run to run.
  func bind(parameters: [NDArray], variables: [NDArray]) {
    for index in outputs.indices { outputs[index].renew() }
    for position in program.changingArguments {
      switch program.arguments[position] {
      case .parameter(let index): table[position] = parameters[index].storage.base
      case .variable(let index): table[position] = variables[index].storage.base
      case .output(let index): table[position] = outputs[index].current.base
      case .arena, .constant, nil: break
      }
    }
  }

  /// Runs the steps; the step that failed and its code, or nil. Allocates nothing.
  func execute(pool: ThreadPool?) -> (step: Int, code: Int32)? {
    let failure = run(program.main, pool)
    return failure < 0 ? nil : (failure >> 32, Int32(truncatingIfNeeded: failure & 0xffff_ffff))
  }

  /// Runs some steps. Returns a negative number, or the step that failed and its code in one.
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
        if status != 0 { return index << 32 | Int(UInt32(bitPattern: status)) }
      case .matrixProduct(let function, let product):
        if let a = arguments[0], let b = arguments[1], let c = arguments[2] {
          function(program.products.base + product, a, b, c)
        }
      case .copy(let byteCount):
        if let source = arguments[0], let target = arguments[1] {
          target.copyMemory(from: source, byteCount: byteCount)
        }
      case .host(let routine):
        let status = program.hostRoutines[routine](arguments)
        if status != 0 { return index << 32 | Int(UInt32(bitPattern: status)) }
      case .control(let number):
        let failure = run(program.controls.base[number], arguments, pool)
        if failure >= 0 { return failure }
      }
    }
    return -1
  }
}
