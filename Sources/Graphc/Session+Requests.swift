// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// From what a program asks for to what it means, or what is wrong with it.
extension Session {
  /// The key of a run, and the fed arrays in its order.
  func prepare(
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
  func foreign(_ tensor: Tensor, _ role: String) -> [Diagnostic] {
    if !tensor.isValid { return tensor.graph.diagnostics(reachedFrom: [tensor]).reached }
    let origin = tensor.origin
    return [
      Diagnostic(
        .run, code: "run.graph",
        "\(tensor.phrase) is \(role) in a session of another graph; use a session of the tensor's own graph",
        at: origin.location, scope: origin.scope)
    ]
  }
}
