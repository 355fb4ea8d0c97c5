// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc
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
  private let optimizes: Bool
  /// How programs become code.
  public let options: CompilationOptions

  private let state: Mutex<State>
  /// Held by a run that updates variables or draws, from its first read to its last write.
  private let updating = Mutex(())
  private let pool: ThreadPool?

  private struct State {
    /// By the variable's number in the graph; nil or missing until a run needs it.
    var variables: [NDArray?] = []
    var cache: [RunKey: CompiledRun] = [:]
    /// The last kind of run, which is the likeliest to come again.
    var recent: PreparedRun?
    var report = SessionReport()
    var random: RandomState

    mutating func makeRoom(forVariable index: Int) {
      while variables.count <= index { variables.append(nil) }
    }
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

  /// - Parameter optimizes: false leaves the program as it is, and gives each op a kernel of its own: what the
  ///   optimized code is held against.
  package init(
    _ graph: Graph, seed: UInt64, threads: Int?, engine: Engine, optimizes: Bool,
    options: CompilationOptions = CompilationOptions()
  ) throws {
    self.graph = graph
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
    threadCount = threads ?? max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)
    pool = threadCount > 1 && engine == .native ? ThreadPool(threadCount: threadCount) : nil
  }

  /// What the session has done so far.
  public var report: SessionReport { state.withLock { $0.report } }

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
    if let recent = state.withLock({ $0.recent }),
      let arrays = recent.arrays(fetches, targets, feeds, of: graph)
    {
      state.withLock { $0.report.cacheHits += 1 }
      return (recent, arrays)
    }
    let (key, arrays) = try prepare(fetches, targets, feeds)
    let prepared = PreparedRun(key: key, run: try compiledRun(key, fetches, targets))
    state.withLock { $0.recent = prepared }
    return (prepared, arrays)
  }

  /// Counts a run that needed no look at its request.
  func noteHit() { state.withLock { $0.report.cacheHits += 1 } }

  /// - Parameter arrays: the feeds in the order of the key.
  func carryOut(_ prepared: PreparedRun, _ arrays: [NDArray]) throws -> [NDArray] {
    let (key, run) = (prepared.key, prepared.run)
    if run.updates.isEmpty && !run.drawsNumbers { return try perform(run, key, arrays).results }
    return try updating.withLock { _ in
      let runKey = run.drawsNumbers ? [state.withLock { $0.random.runKey }] : []
      let outcome = try perform(run, key, runKey.isEmpty ? arrays : arrays + runKey)
      state.withLock { state in
        for (variable, value) in zip(run.updates, outcome.updates) { state.variables[variable] = value }
        if run.drawsNumbers { state.random.step &+= 1 }
      }
      return outcome.results
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

  private func perform(_ run: CompiledRun, _ key: RunKey, _ feeds: [NDArray]) throws -> Executable.Outcome {
    let variables = state.withLock { state in
      state.report.runCount += 1
      state.makeRoom(forVariable: run.lastVariable)
      return run.variables.enumerated().map { position, variable in
        run.unreadVariables.contains(position) ? heldValue(of: variable, state) : value(of: variable, &state)
      }
    }
    do {
      switch run.code {
      case .executable(let executable):
        return try executable.run(parameters: feeds, variables: variables, pool: pool)
      case .module(let module):
        let outcome = try Interpreter.run(module, parameters: feeds, variables: variables)
        return Executable.Outcome(
          results: outcome.results, updates: module.updates.compactMap { outcome.updates[$0.variable] })
      }
    } catch var diagnostic as Diagnostic {
      if diagnostic.kind == .run, ["gather.value", "scatter.value"].contains(diagnostic.code) {
        diagnostic.notes.append(Diagnostic.Note("no variable has changed"))
      }
      if diagnostic.kind == .run, diagnostic.code == "remainder.value" || diagnostic.code == "divide.value" {
        if diagnostic.location == nil { locate(&diagnostic, key) }
        diagnostic.notes.append(
          Diagnostic.Note("no variable has changed; `select(d .== 0, 1, d)` keeps zeros out of a divisor d"))
      }
      throw DiagnosticList([diagnostic])
    }
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

  // MARK: Feeds

  /// The key of a run, and the fed arrays in its order.
  private func prepare(
    _ fetches: [Tensor], _ targets: [Operation], _ feeds: [Tensor: NDArray]
  ) throws -> (RunKey, [NDArray]) {
    let targets = targets.flatMap(\.tensors)
    let isOurs = { (tensor: Tensor) in tensor.graph === self.graph }
    var entries: [(value: Value, array: NDArray)] = []
    entries.reserveCapacity(feeds.count)
    var isSound =
      fetches.allSatisfy { isOurs($0) && $0.isValid } && targets.allSatisfy { isOurs($0) && $0.isValid }
    for (tensor, array) in feeds {
      guard isOurs(tensor), tensor.isValid, case .success(let fitted) = Fitting.feed.fit(array, to: tensor)
      else {
        isSound = false
        break
      }
      entries.append((tensor.value, fitted))
    }
    if !isSound { throw problems(fetches, targets, feeds.mapValues { $0 }) }
    entries.sort { ($0.value.node, $0.value.result) < ($1.value.node, $1.value.result) }
    let key = RunKey(
      fetches: fetches.map(\.value), targets: targets.map(\.value),
      feeds: entries.map { RunKey.Feed(value: $0.value, dtype: $0.array.dtype, shape: $0.array.shape) })
    return (key, entries.map(\.array))
  }

  /// Throws what is wrong with a kind of run, whatever is fed.
  func checkCallable(_ fetches: [Tensor], _ targets: [Operation], _ feeds: [Tensor]) throws {
    var seen: Set<Tensor> = []
    let repeated = feeds.filter { !seen.insert($0).inserted }.map { tensor in
      Diagnostic(
        .run, code: "callable.feeds", "\(tensor.phrase) is among the feeds twice",
        at: tensor.origin.location, scope: tensor.origin.scope)
    }
    let found = problems(
      fetches, targets.flatMap(\.tensors), Dictionary(uniqueKeysWithValues: seen.map { ($0, nil) }))
    if !found.diagnostics.isEmpty || !repeated.isEmpty {
      throw DiagnosticList(found.diagnostics + repeated, unreachedCount: found.unreachedCount)
    }
  }

  /// Everything that is wrong with what a run asks for.
  ///
  /// - Parameter feeds: nil for a value that is not known yet.
  private func problems(
    _ fetches: [Tensor], _ targets: [Tensor], _ feeds: [Tensor: NDArray?]
  ) -> DiagnosticList {
    let isOurs = { (tensor: Tensor) in tensor.graph === self.graph }
    // In the order of the graph, since a dictionary has none.
    let fed = feeds.sorted { $0.key.value.node < $1.key.value.node }
    var problems: [Diagnostic] = []
    problems += fetches.filter { !isOurs($0) }.flatMap { foreign($0, "fetched") }
    problems += targets.filter { !isOurs($0) }.flatMap { foreign($0, "a target") }
    problems += fed.filter { !isOurs($0.key) }.flatMap { foreign($0.key, "fed") }
    for (tensor, array) in fed where isOurs(tensor) && tensor.isValid {
      guard let array else { continue }
      if case .failure(let problem) = Fitting.feed.fit(array, to: tensor) { problems.append(problem) }
    }
    let ours = (fetches + targets).filter(isOurs)
    let roots = ours.filter(\.isValid).map(\.value)
    problems += graph.withState { state in
      Extraction.strays(
        fetches.filter(isOurs).map(\.value), targets.filter(isOurs).map(\.value),
        feeds: fed.map(\.key).filter(isOurs).map(\.value), in: state)
    }
    problems += graph.withState { state in
      Extraction.missingFeeds(roots, fed: Set(feeds.keys.filter(isOurs).map(\.value)), in: state)
    }
    let reached = graph.diagnostics(reachedFrom: ours + fed.map(\.key).filter(isOurs))
    return DiagnosticList(reached.reached + problems, unreachedCount: reached.unreachedCount)
  }

  /// What is wrong with a tensor of another graph: its own mistakes, or that it is here.
  private func foreign(_ tensor: Tensor, _ role: String) -> [Diagnostic] {
    if !tensor.isValid { return tensor.graph.diagnostics(reachedFrom: [tensor]).reached }
    let origin = tensor.origin
    return [
      Diagnostic(
        .run, code: "run.graph",
        "\(tensor.phrase) is \(role) in a session of another graph; use a session of the tensor's own graph",
        at: origin.location, scope: origin.scope)
    ]
  }

  // MARK: Compiling

  private func compiledRun(
    _ key: RunKey, _ fetches: [Tensor], _ targets: [Operation]
  ) throws -> CompiledRun {
    let cached = state.withLock { state -> CompiledRun? in
      guard let run = state.cache[key] else { return nil }
      state.report.cacheHits += 1
      return run
    }
    if let cached { return cached }
    let known = state.withLock { Array($0.cache.keys) }
    let reason = key.difference(from: known) { value in graph.withState { $0.describe(value) } }
    let extraction = try extraction(key)
    let (run, compilation) = try DiagnosticList.wrapping { try compile(extraction, reason) }
    state.withLock { state in
      // Another thread may have been faster; then its run is as good.
      state.cache[key] = state.cache[key] ?? run
      state.report.compilations.append(compilation)
    }
    return run
  }

  private func extraction(_ key: RunKey) throws -> Extraction {
    let request = Extraction.Request(
      fetches: key.fetches, targets: key.targets,
      feeds: key.feeds.map { ($0.value, TensorType($0.dtype, Shape($0.shape))) })
    return try graph.withState { state in Result { try Extraction(request, from: state) } }.get()
  }

  /// The part of the graph that a run needs.
  /// - Throws: as a run.
  func extraction(
    _ fetches: [Tensor], targets: [Operation], feeding feeds: [Tensor: NDArray]
  ) throws -> Extraction {
    try extraction(prepare(fetches, targets, feeds).0)
  }

  private func compile(
    _ extraction: Extraction, _ reason: String
  ) throws -> (CompiledRun, SessionReport.Compilation) {
    let module = try extraction.boundModule()
    try Limits.check(module, keepsAll: engine == .interpreter)
    let updates = module.updates.map { extraction.variables[$0.variable] }
    switch engine {
    case .native:
      let (executable, cost) = try Compiler.compile(module, optimizes: optimizes, options)
      let plan = executable.plan
      return (
        CompiledRun(code: .executable(executable), extraction, updates: updates),
        SessionReport.Compilation(
          reason: reason, nodeCount: plan.nodeCount, stepCount: plan.steps.count,
          kernelCount: plan.kernels.count,
          newKernelCount: cost.newKernelCount, arenaByteCount: plan.arenaByteCount,
          planSeconds: cost.planSeconds,
          codeSeconds: cost.codeSeconds)
      )
    case .interpreter:
      let module = try Compiler.expanded(module)
      return (
        CompiledRun(code: .module(module), extraction, updates: updates),
        SessionReport.Compilation(
          reason: reason, nodeCount: module.nodes.count, stepCount: module.nodes.count, kernelCount: 0,
          newKernelCount: 0, arenaByteCount: 0, planSeconds: 0, codeSeconds: 0)
      )
    }
  }

  // MARK: Variables

  /// The value of a variable; its initial value when no run has needed it yet.
  public func value(of variable: Variable) throws -> NDArray {
    let index = try self.index(of: variable)
    return state.withLock { state in
      state.makeRoom(forVariable: index)
      return value(of: index, &state)
    }
  }

  /// Gives a variable a value.
  /// - Throws: `DiagnosticList` when the array's type is not the variable's; the variable keeps its value.
  public func set(_ variable: Variable, to array: NDArray) throws {
    let index = try self.index(of: variable)
    let fitted = try DiagnosticList.wrapping { try Fitting.value.fit(array, to: variable.value).get() }
    updating.withLock { _ in
      state.withLock { state in
        state.makeRoom(forVariable: index)
        state.variables[index] = fitted
      }
    }
  }

  /// What decides the numbers that the session's runs draw.
  ///
  /// It starts with the session's seed and step 0. Setting it takes effect with the next run; the initial values of
  /// variables do not depend on it.
  public var randomState: RandomState {
    get { state.withLock { $0.random } }
    set { updating.withLock { _ in state.withLock { $0.random = newValue } } }
  }

  private func index(of variable: Variable) throws -> Int {
    guard variable.graph === graph else { throw DiagnosticList(foreign(variable.value, "used")) }
    guard let index = graph.withState({ $0.variableIndex[variable.value.value] }) else {
      let reached = graph.diagnostics(reachedFrom: [variable.tensor])
      throw DiagnosticList(reached.reached, unreachedCount: reached.unreachedCount)
    }
    return index
  }

  /// The value of a variable that a run replaces without a look at it; where it has none yet, zeros.
  private func heldValue(of index: Int, _ state: State) -> NDArray {
    if let value = state.variables[index] { return value }
    let type = graph.withState { $0.variables[index].type }
    return NDArray(dtype: type.dtype, shape: type.shape.extents ?? []) { bytes in
      _ = bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }
  }

  private func value(of index: Int, _ state: inout State) -> NDArray {
    if let value = state.variables[index] { return value }
    let declared = graph.withState { $0.variables[index] }
    let value = declared.initializer.makeValue(
      shape: declared.type.shape.extents ?? [], dtype: declared.type.dtype, seed: seed,
      stream: declared.stream)
    state.variables[index] = value
    state.report.initializedVariableCount += 1
    return value
  }
}

/// A kind of run, ready.
struct CompiledRun: Sendable {
  enum Code: Sendable {
    case executable(Executable)
    case module(Module)
  }
  let code: Code
  /// The graph's variables that the run reads or updates, in the order of the module's.
  let variables: [Int]
  /// The greatest of them, −1 for none.
  let lastVariable: Int
  /// The positions among them of those that it does not read.
  let unreadVariables: Set<Int>
  /// The graph's variables that the run updates, in the order of the module's updates.
  let updates: [Int]
  /// Whether the last parameter is the key of the run's draws.
  let drawsNumbers: Bool

  init(code: Code, _ extraction: Extraction, updates: [Int]) {
    self.code = code
    self.updates = updates
    variables = extraction.variables
    lastVariable = extraction.variables.max() ?? -1
    unreadVariables = extraction.unreadVariables
    drawsNumbers = extraction.drawsNumbers
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
