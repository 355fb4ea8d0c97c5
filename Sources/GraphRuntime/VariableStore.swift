// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Synchronization

/// The values of a session's variables, by the variable's number in the graph.
///
/// A value never changes in place: an update writes the next value into a block of its own, and the two change places
/// when the run has succeeded. The block is the variable's, whichever executable updates it; the value before last
/// becomes the next one's memory unless someone still holds it.
public final class VariableStore: Sendable {
  struct Slot: Sendable {
    var value: NDArrayStorage?
    /// Where the next value may be written.
    var spare: NDArrayStorage?
  }

  let slots = Mutex<[Slot]>([])
  /// Held by whatever changes a value, from its first read to its last write.
  private let updating = Mutex(())

  public init() {}

  /// Does something that changes values, while nobody else does.
  public func excludingUpdates<Result: Sendable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try updating.withLock { (_) throws(Failure) in try body() }
  }

  /// A value; nil while the variable has none.
  public subscript(variable: Int) -> NDArrayStorage? {
    slots.withLock { variable < $0.count ? $0[variable].value : nil }
  }

  /// Values at one moment.
  public func values(of variables: [Int]) -> [NDArrayStorage?] {
    slots.withLock { slots in variables.map { $0 < slots.count ? slots[$0].value : nil } }
  }

  /// Gives variables values, all at once. To be called where updates are excluded.
  public func set(_ values: some Sequence<(variable: Int, storage: NDArrayStorage)> & Sendable) {
    slots.withLock { slots in
      for (variable, storage) in values {
        makeRoom(for: variable, &slots)
        slots[variable].value = storage
      }
    }
  }

  /// Gives a variable a value unless it has one; whether it had none.
  public func setFirst(_ variable: Int, to storage: NDArrayStorage) -> Bool {
    slots.withLock { slots in
      makeRoom(for: variable, &slots)
      if slots[variable].value != nil { return false }
      slots[variable].value = storage
      return true
    }
  }

  /// Makes room for variables up to a number.
  public func reserve(through variable: Int) { slots.withLock { makeRoom(for: variable, &$0) } }

  private func makeRoom(for variable: Int, _ slots: inout [Slot]) {
    while slots.count <= variable { slots.append(Slot()) }
  }
}
