// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import GraphcModels

/// A program of the benchmark, by the name that all sides give it; behind a colon the form in which it is run.
struct Workload: Sendable {
  let name: String
  /// Builds the graph and the session; the stopwatch counts what belongs to the first step, which making data and
  /// drawing initial values does not.
  let prepare: @Sendable (_ threads: Int, inout Stopwatch) throws -> Prepared

  /// What is measured.
  struct Prepared {
    /// One step; returns what it fetches.
    let step: () throws -> [NDArray]
    /// The trained variables as they are now.
    let state: () throws -> [NDArray]
  }

  /// How a model is run.
  enum Form: String, CaseIterable {
    /// `Session.run`.
    case run = ""
    /// `Session.callable`.
    case callable = ":callable"
  }

  static let all: [Workload] = BuiltInModel.workloads.flatMap { name, make in
    if name == "house_epoch" { return epochs(make) }
    return Form.allCases.map { form in
      Workload(name: name + form.rawValue) { threads, watch in
        let model = watch.time(make)
        if name == "scalar_graph" { return try scalar(model, form, threads, &watch) }
        return try prepared(model, form, threads, &watch)
      }
    }
  }

  static func named(_ name: String) -> Workload? { all.first { $0.name == name } }

  /// The model's run, with feeds that are made once.
  private static func prepared(
    _ model: BuiltInModel, _ form: Form, _ threads: Int, _ watch: inout Stopwatch
  ) throws -> Prepared {
    let feeds = model.feeds
    let session = try session(model, threads, &watch)
    let state = { try model.weights.map { try session.value(of: $0) } }
    let (fetches, targets) = (model.fetches, model.targets)
    switch form {
    case .run:
      return Prepared(
        step: { try session.run(fetches, targets: targets, feeding: feeds) }, state: state)
    case .callable:
      let entries = Array(feeds)
      let step = try watch.time {
        try session.callable(fetches, targets: targets, feeding: entries.map(\.key))
      }
      let arrays = entries.map(\.value)
      return Prepared(step: { try step.call(arrays) }, state: state)
    }
  }

  /// Two new numbers each run, and a number out.
  private static func scalar(
    _ model: BuiltInModel, _ form: Form, _ threads: Int, _ watch: inout Stopwatch
  ) throws -> Prepared {
    let session = try session(model, threads, &watch)
    let feeds = model.feeds.keys.sorted { ($0.name ?? "") < ($1.name ?? "") }
    let (a, b, value) = (feeds[0], feeds[1], model.fetches[0])
    let checked = { (result: NDArray) throws -> [NDArray] in
      guard result.scalar == 11.125 else { throw WrongResult(value: result.scalar) }
      return [result]
    }
    switch form {
    case .run:
      return Prepared(
        step: {
          try checked(
            session.run(
              value, feeding: [a: NDArray(scalar: Float(1.5)), b: NDArray(scalar: Float(2.5))]))
        }, state: { [] })
    case .callable:
      let step = try watch.time { try session.callable(value, feeding: [a, b]) }
      return Prepared(
        step: { try checked(step(NDArray(scalar: Float(1.5)), NDArray(scalar: Float(2.5)))[0]) },
        state: { [] })
    }
  }

  private struct WrongResult: Error { let value: Double }

  static func session(_ model: BuiltInModel, _ threads: Int, _ watch: inout Stopwatch) throws -> Session {
    let session = try watch.time { try Session(model.graph, threads: threads) }
    for variable in model.weights { _ = try session.value(of: variable) }
    return session
  }
}
