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
  /// The run for the types of the first call, which most others have too.
  /// Set once.
  private let first = Atomic<Unmanaged<Recent>?>(nil)
  /// Those for other types, the last one first.
  private let others = Mutex<[Recent]>([])
  /// How many of them are kept.
  private static let otherLimit = 8

  /// The run for the types of a call.
  private final class Recent: Sendable {
    let prepared: PreparedRun
    /// For each feed of the key its position among the arguments; nil where they are in order.
    let order: [Int]?

    init(prepared: PreparedRun, order: [Int]?) {
      self.prepared = prepared
      self.order = order
    }

    /// Whether arguments are of its types.
    func takes(_ arrays: [NDArray]) -> Bool {
      let feeds = prepared.key.feeds
      guard arrays.count == feeds.count else { return false }
      // Through pointers: nothing is copied, and no reference counted.
      return arrays.withUnsafeBufferPointer { arrays in
        feeds.withUnsafeBufferPointer { feeds in
          for place in feeds.indices {
            let position = order.map { $0[place] } ?? place
            if !feeds[place].takes(arrays[position]) { return false }
          }
          return true
        }
      }
    }
  }

  init(_ session: Session, _ fetches: [Tensor], _ targets: [Operation], _ feeds: [Tensor]) {
    self.session = session
    self.fetches = fetches
    self.targets = targets
    self.feeds = feeds
  }

  deinit { first.load(ordering: .acquiring)?.release() }

  /// Remembers the run for the types of a call.
  private func remember(_ recent: Recent) {
    let kept = Unmanaged.passRetained(recent)
    let isFirst = first.compareExchange(expected: nil, desired: kept, ordering: .acquiringAndReleasing)
    if isFirst.exchanged { return }
    kept.release()
    others.withLock { others in
      others.insert(recent, at: 0)
      if others.count > Callable.otherLimit { others.removeLast() }
    }
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
    if let first = first.load(ordering: .acquiring)?.takeUnretainedValue(), first.takes(arrays) {
      return try session.carryOut(first.prepared, arrays, order: first.order)
    }
    if let other = others.withLock({ $0 }).first(where: { $0.takes(arrays) }) {
      return try session.carryOut(other.prepared, arrays, order: other.order)
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
    let recent = Recent(prepared: prepared, order: order == Array(feeds.indices) ? nil : order)
    // A literal is fed as what it becomes, so that what it was is no type to remember.
    if recent.takes(arrays) { remember(recent) }
    return try session.carryOut(prepared, arranged)
  }
}
