// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphKernels

/// How steps run blocks: the block's addresses are set in the argument table, then its steps run. Nothing is allocated.
extension RunContext {
  typealias Addresses = UnsafePointer<UnsafeMutableRawPointer?>

  /// As `run` for a range.
  func run(_ control: Program.Control, _ arguments: Addresses, _ pool: ThreadPool?) -> Int {
    switch control.kind {
    case .call:
      let block = program.blocks.base[control.firstBlock]
      setOperands(block, control, arguments, from: 0)
      setResults(block, control, arguments)
      return run(block.steps, pool)
    case .cond:
      let isTrue = arguments[0]?.load(as: UInt8.self) != 0
      let block = program.blocks.base[control.firstBlock + (isTrue ? 0 : 1)]
      setOperands(block, control, arguments, from: 1)
      setResults(block, control, arguments)
      return run(block.steps, pool)
    case .loop(let carries): return runLoop(control, carries, arguments, pool)
    case .scan(let carries, let elements, let length, let reverse, let places):
      if length == 0 {
        for carry in 0..<carries {
          copy(arguments[carry], to: arguments[control.operandCount + carry], size(control, operand: carry))
        }
        return -1
      }
      let scan = RunningScan(
        control: control, carries: carries, elements: elements, length: length, reverse: reverse,
        places: places)
      return runScan(scan, arguments, pool)
    }
  }

  // MARK: Loops

  /// The steps write into the results and the spares in turns, the last one wherever that is.
  private func runLoop(
    _ control: Program.Control, _ carries: Int, _ arguments: Addresses, _ pool: ThreadPool?
  ) -> Int {
    let condition = program.blocks.base[control.firstBlock]
    let body = program.blocks.base[control.firstBlock + 1]
    setOperands(condition, control, arguments, from: 0)
    setOperands(body, control, arguments, from: 0)
    let flag = arguments[control.spares + carries]
    set(condition.results.lowerBound, to: flag)
    var count = 0
    while true {
      let failure = run(condition.steps, pool)
      if failure >= 0 { return failure }
      if flag?.load(as: UInt8.self) == 0 { break }
      let place = count % 2 == 0 ? control.operandCount : control.spares
      for carry in 0..<carries { set(body.results.lowerBound + carry, to: arguments[place + carry]) }
      let problem = run(body.steps, pool)
      if problem >= 0 { return problem }
      for carry in 0..<carries {
        set(condition.parameters.lowerBound + carry, to: arguments[place + carry])
        set(body.parameters.lowerBound + carry, to: arguments[place + carry])
      }
      count += 1
    }
    if count % 2 == 0 {
      let last = count == 0 ? 0 : control.spares
      for carry in 0..<carries {
        copy(
          arguments[last + carry], to: arguments[control.operandCount + carry], size(control, operand: carry))
      }
    }
    return -1
  }

  /// What stays the same while a scan runs.
  private struct RunningScan {
    let control: Program.Control
    let carries: Int
    let elements: Int
    let length: Int
    let reverse: Bool
    let places: Int

    /// The index that a step is about.
    func position(_ step: Int) -> Int { reverse ? length - 1 - step : step }
  }

  private func runScan(_ scan: RunningScan, _ arguments: Addresses, _ pool: ThreadPool?) -> Int {
    let control = scan.control
    let block = program.blocks.base[control.firstBlock]
    setOperands(block, control, arguments, from: 0)
    for carry in 0..<scan.carries {
      if case .history(let output) = program.places.base[scan.places + carry] {
        copy(
          arguments[carry], to: slot(output, 0, scan, arguments), size(control, operand: carry))
      }
    }
    for step in 0..<scan.length {
      let position = scan.position(step)
      for carry in 0..<scan.carries {
        if step > 0 {
          set(block.parameters.lowerBound + carry, to: written(carry, by: step - 1, scan, arguments))
        }
        set(block.results.lowerBound + carry, to: written(carry, by: step, scan, arguments))
      }
      for element in scan.carries..<scan.carries + scan.elements {
        let part = arguments[element].map { $0 + position * size(control, operand: element) }
        set(block.parameters.lowerBound + element, to: part)
      }
      for output in 0..<control.resultCount - scan.carries {
        set(
          block.results.lowerBound + scan.carries + output, to: slot(output, step, scan, arguments))
      }
      let failure = run(block.steps, pool)
      if failure >= 0 { return failure }
    }
    for carry in 0..<scan.carries {
      if case .output(let output) = program.places.base[scan.places + carry] {
        copy(
          slot(output, scan.length - 1, scan, arguments), to: arguments[control.operandCount + carry],
          size(control, operand: carry))
      }
    }
    return -1
  }

  /// Where a step puts its output.
  private func slot(
    _ output: Int, _ step: Int, _ scan: RunningScan, _ arguments: Addresses
  ) -> UnsafeMutableRawPointer? {
    let result = scan.carries + output
    return arguments[scan.control.operandCount + result].map {
      $0 + scan.position(step) * size(scan.control, result: result)
    }
  }

  /// Where a step puts the next value of a carry.
  private func written(
    _ carry: Int, by step: Int, _ scan: RunningScan, _ arguments: Addresses
  ) -> UnsafeMutableRawPointer? {
    let result = arguments[scan.control.operandCount + carry]
    switch program.places.base[scan.places + carry] {
    case .turns(let spare):
      return (scan.length - 1 - step) % 2 == 0 ? result : arguments[scan.control.spares + spare]
    case .history(let output):
      return step == scan.length - 1 ? result : slot(output, step + 1, scan, arguments)
    case .output(let output): return slot(output, step, scan, arguments)
    }
  }

  // MARK: Addresses

  private func size(_ control: Program.Control, operand: Int) -> Int {
    program.sizes.base[control.sizes + operand]
  }

  private func size(_ control: Program.Control, result: Int) -> Int {
    program.sizes.base[control.sizes + control.operandCount + result]
  }

  private func copy(_ source: UnsafeMutableRawPointer?, to target: UnsafeMutableRawPointer?, _ byteCount: Int)
  {
    if let source, let target { target.copyMemory(from: source, byteCount: byteCount) }
  }

  /// Lets a block's parameters be the operands from `first` on.
  private func setOperands(
    _ block: Program.Block, _ control: Program.Control, _ arguments: Addresses, from first: Int
  ) {
    for operand in first..<control.operandCount {
      set(block.parameters.lowerBound + operand - first, to: arguments[operand])
    }
  }

  private func setResults(_ block: Program.Block, _ control: Program.Control, _ arguments: Addresses) {
    for result in 0..<control.resultCount {
      set(block.results.lowerBound + result, to: arguments[control.operandCount + result])
    }
  }

  /// Sets all entries of the argument table that stand for one parameter or result of a block.
  private func set(_ range: Int, to address: UnsafeMutableRawPointer?) {
    for slot in program.slotRanges.base[range] { table[program.slots.base[slot]] = address }
  }
}
