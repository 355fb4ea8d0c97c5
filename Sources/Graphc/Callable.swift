// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Synchronization

extension Session {
  /// A run that is said once and made often, for tight loops: it does what `run` does with the same fetches, targets and
  /// feeds, and spends no time on finding out which run it is.
  ///
  /// ```swift
  /// let step = try session.callable(loss, targets: [train], feeding: [x, labels])
  /// for batch in batches { losses.append(try step(batch.images, batch.labels)[0]) }
  /// ```
  ///
  /// - Parameters:
  ///   - fetches: what each call computes and returns, in order.
  ///   - targets: what each call carries out besides.
  ///   - feeds: the placeholders, or other tensors, whose values a call takes, in order.
  /// - Throws: `DiagnosticList` with what is wrong with the graph, the fetches, the targets or the feeds.
  public func callable(
    _ fetches: [Tensor], targets: [Operation] = [], feeding feeds: [Tensor] = []
  ) throws -> Callable {
    try checkCallable(fetches, targets, feeds)
    return Callable(self, fetches, targets, feeds)
  }

  /// One that computes one tensor.
  public func callable(
    _ fetch: Tensor, targets: [Operation] = [], feeding feeds: [Tensor] = []
  ) throws -> Callable {
    try callable([fetch], targets: targets, feeding: feeds)
  }

  /// One that carries out an operation.
  public func callable(_ target: Operation, feeding feeds: [Tensor] = []) throws -> Callable {
    try callable([], targets: [target], feeding: feeds)
  }
}

/// A run of a session that is said once and made often; see `Session.callable`.
///
/// It may be called from several threads, as a session may. What it does is in the session's report.
public final class Callable: Sendable {
  public let session: Session
  public let fetches: [Tensor]
  public let targets: [Operation]
  public let feeds: [Tensor]
  private let recent = Mutex<Recent?>(nil)

  /// The run for the types of the last call.
  private struct Recent {
    let prepared: PreparedRun
    /// For each feed of the key its position among the arguments.
    let order: [Int]
    /// Whether the arguments come in the order of the key.
    let isInOrder: Bool

    /// The arguments in the order of the key, if they are of its types.
    func arranged(_ arrays: [NDArray]) -> [NDArray]? {
      let feeds = prepared.key.feeds
      guard arrays.count == feeds.count else { return nil }
      for (place, position) in order.enumerated() where !feeds[place].takes(arrays[position]) { return nil }
      return isInOrder ? arrays : order.map { arrays[$0] }
    }
  }

  init(_ session: Session, _ fetches: [Tensor], _ targets: [Operation], _ feeds: [Tensor]) {
    self.session = session
    self.fetches = fetches
    self.targets = targets
    self.feeds = feeds
  }

  /// Runs once.
  ///
  /// - Parameter arrays: a value for each of `feeds`, in their order. Other extents than in the call before, where the
  ///   graph leaves them open, are another kind of run, compiled when it first comes.
  /// - Returns: a value for each of `fetches`.
  /// - Throws: `DiagnosticList`, as `Session.run`. No variable has changed then.
  @discardableResult
  public func callAsFunction(_ arrays: NDArray...) throws -> [NDArray] { try call(arrays) }

  /// The same with the values in an array.
  @discardableResult
  public func call(_ arrays: [NDArray]) throws -> [NDArray] {
    if let recent = recent.withLock({ $0 }), let arranged = recent.arranged(arrays) {
      session.noteHit()
      return try session.carryOut(recent.prepared, arranged)
    }
    guard arrays.count == feeds.count else {
      let (given, wanted) = (arrays.count, feeds.count)
      throw DiagnosticList([
        Diagnostic(
          .run, code: "callable.feeds",
          "a callable that feeds \(wanted) \(wanted == 1 ? "tensor" : "tensors") takes as many arrays, not \(given)",
          notes: feeds.enumerated().map { Diagnostic.Note("feed \($0.offset) is \($0.element.phrase)") })
      ])
    }
    let (prepared, arranged) = try session.prepared(
      fetches, targets, Dictionary(zip(feeds, arrays), uniquingKeysWith: { $1 }))
    let order = prepared.key.feeds.compactMap { feed in feeds.firstIndex { $0.value == feed.value } }
    let recent = Recent(
      prepared: prepared, order: order, isInOrder: order == Array(feeds.indices))
    self.recent.withLock { $0 = recent }
    return try session.carryOut(prepared, arranged)
  }
}
