// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// An executable on the variables of one session.
///
/// A run that updates nothing may overlap with any other: it keeps the values that it has begun with. A run that
/// updates is to be made where the store excludes other updates; its new values are stored all at once, after the
/// last step.
public final class StoredExecutable: Sendable {
  public let executable: Executable
  public let store: VariableStore
  /// By the plan's variables, their numbers in the store.
  private let numbers: Table<Int>
  private let feedCount: Int
  private let outputs: Table<Output>
  /// Where the argument table names the outputs, those of one after those of another.
  private let outputEntries: Table<Int>
  /// The plan's variables that a run keeps alive: those that it reads, where others may replace them meanwhile, and
  /// those whose old values it hands on.
  private let held: Table<Int>
  private let readsStore: Bool
  /// Whether each update takes over a block that its variable has for it.
  private let swaps: Bool

  private struct Output {
    let index: Int
    let byteCount: Int
    /// The variable in the store that the output is the next value of; −1 for none.
    let variable: Int
    let entries: Range<Int>
  }

  /// - Parameters:
  ///   - variables: by the plan's variables, their numbers in the store. Those that are read have values before the
  ///     first run.
  ///   - drawsNumbers: whether the last parameter is the key of the run's draws.
  public init(_ executable: Executable, variables: [Int], in store: VariableStore, drawsNumbers: Bool) {
    let plan = executable.plan
    self.executable = executable
    self.store = store
    numbers = Table(variables)
    feedCount = plan.parameters.count - (drawsNumbers ? 1 : 0)

    var owners: [Int: Int] = [:]
    var isSwapped = true
    for update in plan.updates {
      if case .output(let output) = update.source.place, owners[output] == nil {
        owners[output] = variables[update.variable]
      } else {
        isSwapped = false
      }
    }
    swaps = isSwapped
    var entries: [Int] = []
    outputs = Table(
      plan.outputs.enumerated().map { index, byteCount in
        let start = entries.count
        entries += executable.program.outputs.filter { $0.index == index }.map(\.entry)
        return Output(
          index: index, byteCount: byteCount, variable: owners[index] ?? -1,
          entries: start..<entries.count)
      })
    outputEntries = Table(entries)

    var kept: Set<Int> = []
    for source in plan.results + plan.updates.map(\.source) {
      if case .variable(let variable) = source.place { kept.insert(variable) }
    }
    if plan.updates.isEmpty { kept.formUnion(executable.program.variables.map(\.index)) }
    held = Table(kept.sorted())
    readsStore = !kept.isEmpty || !executable.program.variables.isEmpty || !owners.isEmpty
    store.reserve(through: variables.max() ?? -1)
  }

  /// Runs once.
  ///
  /// - Parameters:
  ///   - feeds: arrays of the types of the plan's parameters; the caller checks.
  ///   - order: by parameter, the position of its array among the feeds; nil where they are in order.
  ///   - randomKey: what all draws of the run share.
  ///   - recorder: keeps when the steps begin and end.
  /// - Throws: `Diagnostic` when a value cannot be computed; then no variable has changed.
  public func run(
    _ feeds: [NDArray], order: [Int]?, randomKey: UInt64, pool: ThreadPool?, recorder: Recorder? = nil
  ) throws -> [NDArray] {
    try executable.withContext { context in
      bindFeeds(context, feeds, order, randomKey)
      if readsStore { bindVariables(context) }
      for output in 0..<outputs.count where outputs.base[output].variable < 0 {
        set(outputs.base + output, to: context.renewOutput(outputs.base[output].index), in: context)
      }
      defer { for index in 0..<held.count { context.held[held.base[index]] = nil } }
      let failure = withExtendedLifetime(feeds) {
        recorder.map { context.execute(pool: pool, recording: $0) } ?? context.execute(pool: pool)
      }
      if failure >= 0 { throw executable.fault(failure) }
      let results = results(context, feeds, order)
      if executable.updates.endIndex > 0 { commit(context, feeds, order) }
      return results
    }
  }

  // MARK: Addresses

  private func bindFeeds(_ context: RunContext, _ feeds: [NDArray], _ order: [Int]?, _ randomKey: UInt64) {
    let parameters = executable.program.parameters
    feeds.withUnsafeBufferPointer { feeds in
      for position in 0..<parameters.endIndex {
        let binding = parameters.base[position]
        if binding.index < feedCount {
          let place = order.map { $0[binding.index] } ?? binding.index
          context.table[binding.entry] = feeds[place].storage.base
        } else {
          context.randomKey[0] = UInt32(truncatingIfNeeded: randomKey)
          context.randomKey[1] = UInt32(truncatingIfNeeded: randomKey >> 32)
          context.table[binding.entry] = UnsafeMutableRawPointer(context.randomKey)
        }
      }
    }
  }

  private func bindVariables(_ context: RunContext) {
    let variables = executable.program.variables
    store.slots.withLock { slots in
      slots.withUnsafeMutableBufferPointer { slots in
        for position in 0..<variables.endIndex {
          let binding = variables.base[position]
          context.table[binding.entry] = slots[numbers.base[binding.index]].value?.base
        }
        for position in 0..<held.endIndex {
          let variable = held.base[position]
          context.held[variable] = slots[numbers.base[variable]].value
        }
        for position in 0..<outputs.endIndex where outputs.base[position].variable >= 0 {
          let output = outputs.base + position
          let address = slots[output.pointee.variable].renewSpare(byteCount: output.pointee.byteCount)
          set(output, to: address, in: context)
        }
      }
    }
  }

  private func set(
    _ output: UnsafePointer<Output>, to address: UnsafeMutableRawPointer, in context: RunContext
  ) {
    for position in output.pointee.entries { context.table[outputEntries.base[position]] = address }
  }

  // MARK: What a run leaves

  private func results(_ context: RunContext, _ feeds: [NDArray], _ order: [Int]?) -> [NDArray] {
    let sources = executable.results
    let array = { (index: Int) in self.array(of: sources.base + index, context, feeds, order) }
    // A literal's memory comes without a look-up of its type.
    switch sources.endIndex {
    case 0: return []
    case 1: return [array(0)]
    case 2: return [array(0), array(1)]
    case 3: return [array(0), array(1), array(2)]
    case let count: return (0..<count).map(array)
    }
  }

  private func array(
    of source: UnsafePointer<Executable.Source>, _ context: RunContext, _ feeds: [NDArray], _ order: [Int]?
  ) -> NDArray {
    switch source.pointee.place {
    case .output(let index):
      let variable = outputs.base[index].variable
      if variable < 0 { return source.pointee.array(in: context.output(index)) }
      return source.pointee.array(in: store.slots.withLock { $0[variable].spare })
    case .parameter(let index):
      if index >= feedCount { return key(context) }
      return feeds[order.map { $0[index] } ?? index].shaped(source.pointee.shape)
    case .variable(let index): return source.pointee.array(in: context.held[index])
    case .constant(let index): return executable.plan.constants[index].shaped(source.pointee.shape)
    }
  }

  private func key(_ context: RunContext) -> NDArray {
    NDArray([context.randomKey[0], context.randomKey[1]])
  }

  /// Gives the variables their next values.
  private func commit(_ context: RunContext, _ feeds: [NDArray], _ order: [Int]?) {
    // Before any changes: one variable may take the old value of another.
    let plan = executable.plan
    let others =
      swaps
      ? []
      : plan.updates.indices.map { update in
        (
          variable: numbers.base[plan.updates[update].variable],
          storage: array(of: executable.updates.base + update, context, feeds, order).storage
        )
      }
    store.slots.withLock { slots in
      slots.withUnsafeMutableBufferPointer { slots in
        for position in 0..<outputs.endIndex where outputs.base[position].variable >= 0 {
          slots[outputs.base[position].variable].turn()
        }
        for (variable, storage) in others { slots[variable].value = storage }
      }
    }
  }
}

extension VariableStore.Slot {
  /// A block for the next value that nobody else holds.
  fileprivate mutating func renewSpare(byteCount: Int) -> UnsafeMutableRawPointer {
    if isKnownUniquelyReferenced(&spare), let spare, spare.byteCount == byteCount { return spare.base }
    let fresh = Pages.storage(byteCount: byteCount)
    spare = fresh
    return fresh.base
  }

  /// The next value takes the value's place, which becomes memory for the one after.
  fileprivate mutating func turn() { swap(&value, &spare) }
}
