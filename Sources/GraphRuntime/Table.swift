// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Immutable elements in memory of their own, which the executor reads without bookkeeping.
final class Table<Element>: @unchecked Sendable, RandomAccessCollection {
  let base: UnsafeMutablePointer<Element>
  let startIndex = 0
  let endIndex: Int

  init(_ elements: [Element]) {
    endIndex = elements.count
    base = .allocate(capacity: Swift.max(elements.count, 1))
    base.initialize(from: elements, count: elements.count)
  }

  subscript(position: Int) -> Element { base[position] }

  deinit {
    base.deinitialize(count: endIndex)
    base.deallocate()
  }
}
