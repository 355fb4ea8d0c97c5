// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphRuntime
import Runtime
import Synchronization

/// Runs parts of a graph and keeps the values of its variables.
///
/// A run computes what its fetches and targets need, and nothing else. Within one run every read of a variable sees the
/// value from before it; all updates are stored together at the end, so that a run that fails changes nothing. A
/// variable gets its initial value when a run first needs it, from the session's seed. The first run of a kind compiles;
/// runs with the same fetches, targets and feed types use the same code.
///
/// Runs that draw random numbers draw other ones each time. They follow from `randomState`, which each such run moves
/// on by one when it succeeds; the number of threads, the engine and runs that draw nothing make no difference.
///
/// A session may be used from several threads: runs that neither update nor draw overlap, the others exclude one
/// another.
public final class Session: Sendable {
  /// What evaluates the graph.
  public enum Engine: Sendable {
    /// Machine code made for this machine.
    case native
    /// The slow, obvious reference implementation.
    case interpreter
  }

  public let graph: Graph
  /// Decides the initial values of variables, and where random numbers start.
  public let seed: UInt64
  public let engine: Engine
  /// Threads that a run may use. The results are the same bits for any number.
  public let threadCount: Int
  /// Whether machine code is made of the simplified program, with ops that share kernels.
  let optimizes: Bool
  /// How programs become code.
  public let options: CompilationOptions

  let state: Mutex<State>
  /// By the variable's number in the graph; none until a run needs it.
  let variables = VariableStore()
  private let pool: ThreadPool?
  /// Apart from the state, since it changes with every run.
  private let runCount = Atomic(0)
  let isProfiling = Atomic(false)
  let profiling = Mutex<Recorder?>(nil)
  /// The most kinds of run that are kept.
  let executableLimit: Int

  struct State {
    var cache: [RunKey: CompiledRun] = [:]
    var growth = Growth()
    /// The last two kinds of run, which are the likeliest to come again.
    var recent: (PreparedRun?, PreparedRun?)
    /// But for what the session counts elsewhere.
    var report = SessionReport()
    var random: RandomState
  }

  /// - Parameters:
  ///   - seed: the same seed gives the same initial values and the same bits in every run.
  ///   - threads: nil takes one a processor.
  ///   - options: how programs become code; the interpreter has no use for them.
  /// - Throws: `DiagnosticList` for fewer than one thread.
  public convenience init(
    _ graph: Graph, seed: UInt64 = 0, threads: Int? = nil, engine: Engine = .native,
    options: CompilationOptions = CompilationOptions()
  ) throws {
    try self.init(
      graph, seed: seed, threads: threads, engine: engine, optimizes: true, options: options)
  }

  /// - Parameters:
  ///   - optimizes: false leaves the program as it is, and gives each op a kernel of its own: what the optimized code is
  ///     held against.
  ///   - executableLimit: the kinds of run that are kept; those not made for longest go.
  package init(
    _ graph: Graph, seed: UInt64, threads: Int?, engine: Engine, optimizes: Bool,
    options: CompilationOptions = CompilationOptions(), executableLimit: Int = 128
  ) throws {
    self.graph = graph
    self.executableLimit = executableLimit
    self.optimizes = optimizes
    self.options = options
    self.seed = seed
    self.engine = engine
    state = Mutex(State(random: RandomState(seed: seed)))
    if let threads, threads < 1 {
      throw DiagnosticList([
        Diagnostic(
          .run, code: "session.threads",
          "a session needs at least one thread, not \(threads); leave threads: out for one a processor")
      ])
    }
    threadCount = threads ?? ProcessorCount.available
    pool = threadCount > 1 && engine == .native ? ThreadPool(threadCount: threadCount) : nil
  }

  /// What the session has done so far.
  public var report: SessionReport {
    var report = state.withLock { $0.report }
    report.runCount = runCount.load(ordering: .relaxed)
    // A run that compiles counts both.
    report.cacheHits = max(report.runCount - report.compilations.count, 0)
    return report
  }

  // MARK: Running

  /// Computes tensors.
  ///
  /// - Parameters:
  ///   - fetches: what to compute; the result has one array each, in order.
  ///   - targets: what to carry out besides, assignments above all.
  ///   - feeding: values of placeholders, or of any other tensor, which then is not computed.
  /// - Throws: `DiagnosticList` with everything that is wrong with the graph or the feeds. No variable has changed then.
  public func run(
    _ fetches: [Tensor], targets: [Operation] = [], feeding feeds: [Tensor: NDArray] = [:]
  ) throws -> [NDArray] {
    let (prepared, arrays) = try prepared(fetches, targets, feeds)
    return try carryOut(prepared, arrays)
  }

  /// The code for a run, and the fed arrays in its order.
  func prepared(
    _ fetches: [Tensor], _ targets: [Operation], _ feeds: [Tensor: NDArray]
  ) throws -> (PreparedRun, [NDArray]) {
    let (last, former) = state.withLock { $0.recent }
    if let last, let arrays = last.arrays(fetches, targets, feeds, of: graph) { return (last, arrays) }
    if let former, let arrays = former.arrays(fetches, targets, feeds, of: graph) {
      return (former, arrays)
    }
    let (key, arrays) = try prepare(fetches, targets, feeds)
    let prepared = PreparedRun(key: key, run: try compiledRun(key))
    state.withLock { $0.recent = (prepared, $0.recent.0) }
    return (prepared, arrays)
  }

  /// - Parameters:
  ///   - arrays: the feeds.
  ///   - order: for each feed of the key its position among the arrays; nil where they are in order.
  func carryOut(_ prepared: PreparedRun, _ arrays: [NDArray], order: [Int]? = nil) throws -> [NDArray] {
    let run = prepared.run
    run.lastUse.store(runCount.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
    if !run.hasValues.load(ordering: .acquiring) { initializeVariables(of: run) }
    do {
      if !run.changesSession { return try perform(run, arrays, order, randomKey: 0) }
      return try variables.excludingUpdates {
        if !run.drawsNumbers { return try perform(run, arrays, order, randomKey: 0) }
        let key = state.withLock { $0.random.runKey }
        let results = try perform(run, arrays, order, randomKey: key)
        state.withLock { $0.random.step &+= 1 }
        return results
      }
    } catch let diagnostic as Diagnostic {
      throw DiagnosticList([explained(diagnostic, prepared.key)])
    }
  }

  /// Computes one tensor.
  public func run(
    _ fetch: Tensor, targets: [Operation] = [], feeding feeds: [Tensor: NDArray] = [:]
  ) throws -> NDArray {
    try run([fetch], targets: targets, feeding: feeds)[0]
  }

  /// Carries out an operation.
  public func run(_ target: Operation, feeding feeds: [Tensor: NDArray] = [:]) throws {
    _ = try run([], targets: [target], feeding: feeds)
  }

  private func perform(
    _ run: CompiledRun, _ arrays: [NDArray], _ order: [Int]?, randomKey: UInt64
  ) throws -> [NDArray] {
    switch run.code {
    case .executable(let executable):
      return try executable.run(arrays, order: order, randomKey: randomKey, pool: pool, recorder: recorder)
    case .module(let module):
      let feeds = order.map { $0.map { arrays[$0] } } ?? arrays
      return try interpret(module, run, run.drawsNumbers ? feeds + [RandomState.array(of: randomKey)] : feeds)
    }
  }

  private func interpret(_ module: Module, _ run: CompiledRun, _ feeds: [NDArray]) throws -> [NDArray] {
    let storages = variables.values(of: run.variables)
    let values = zip(module.variables, storages).map { variable, storage in
      let shape = variable.type.shape.extents ?? []
      // One that the run replaces without a look at it may have none yet.
      guard let storage else {
        return NDArray(dtype: variable.type.dtype, shape: shape) { bytes in
          _ = bytes.initializeMemory(as: UInt8.self, repeating: 0)
        }
      }
      return NDArray(dtype: variable.type.dtype, shape: shape, storage: storage)
    }
    let outcome = try Interpreter.run(module, parameters: feeds, variables: values)
    variables.set(
      zip(run.updates, module.updates).compactMap { number, update in
        outcome.updates[update.variable].map { (variable: number, storage: $0.storage) }
      })
    return outcome.results
  }

  /// What a run failed with, with what the session knows of it.
  private func explained(_ diagnostic: Diagnostic, _ key: RunKey) -> Diagnostic {
    guard diagnostic.kind == .run else { return diagnostic }
    var diagnostic = diagnostic
    switch diagnostic.code {
    case "gather.value", "scatter.value": diagnostic.notes.append(Diagnostic.Note("no variable has changed"))
    case "remainder.value", "divide.value":
      if diagnostic.location == nil { locate(&diagnostic, key) }
      diagnostic.notes.append(
        Diagnostic.Note("no variable has changed; `select(d .== 0, 1, d)` keeps zeros out of a divisor d"))
    default: break
    }
    return diagnostic
  }

  /// Finds the line of an operator that failed; of several that may be the one, all of them.
  private func locate(_ diagnostic: inout Diagnostic, _ key: RunKey) {
    let (code, scope) = (diagnostic.code, diagnostic.scope)
    let traces = graph.withState { state in
      let nodes = state.builder.nodes
      let needed = NeededNodes(
        key.fetches + key.targets, fed: Set(key.feeds.map(\.value)), in: nodes)
      let parts = state.parts(within: { needed[$0] })
      return nodes.indices.compactMap { index -> Backtrace? in
        let isComputed = needed[index] || parts.contains(state.builder.parts[index])
        guard isComputed, nodes[index].origin.scope == scope, "\(nodes[index].op.mnemonic).value" == code
        else { return nil }
        return state.traces[Value(node: Int32(index))]
      }
    }
    var locations: [SourceLocation] = []
    for location in traces.compactMap(UserFrame.location(in:)) where !locations.contains(location) {
      locations.append(location)
    }
    if locations.count == 1 {
      diagnostic.location = locations[0]
    } else {
      diagnostic.notes += locations.map { Diagnostic.Note("it may be the operator", at: $0) }
    }
  }
}

extension DiagnosticList {
  /// Runs `body` and turns a lone diagnostic into a list, so that a session throws one type.
  static func wrapping<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let diagnostic as Diagnostic {
      throw DiagnosticList([diagnostic])
    }
  }
}
