// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@Suite("Storage of arrays")
struct NDArrayStorageTests {
  @Test("Every size keeps its bytes, aligned, wherever they lie")
  func bytes() {
    let counts = Array(0...80) + [127, 128, 4096, 100_001]
    let storages = counts.map { NDArrayStorage(uninitializedByteCount: $0) }
    for (count, storage) in zip(counts, storages) {
      #expect(storage.byteCount == count)
      #expect(Int(bitPattern: storage.base) % (count < NDArrayStorage.alignment ? 16 : 64) == 0)
      for index in 0..<count {
        storage.base.storeBytes(
          of: UInt8(truncatingIfNeeded: index + count), toByteOffset: index, as: UInt8.self)
      }
    }
    // Each has memory of its own, and keeps it while references come and go.
    for (count, storage) in zip(counts, storages.shuffled().sorted { $0.byteCount < $1.byteCount }) {
      let expected = (0..<count).map { UInt8(truncatingIfNeeded: $0 + count) }
      #expect(Array(UnsafeRawBufferPointer(start: storage.base, count: count)) == expected)
    }
  }

  @Test("Memory of someone else is given back once")
  func adopted() {
    final class Counter: @unchecked Sendable { var count = 0 }
    let counter = Counter()
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 24, alignment: 8)
    do {
      let storage = NDArrayStorage(base: memory, byteCount: 24) { memory in
        counter.count += 1
        memory.deallocate()
      }
      let array = NDArray(dtype: .int64, shape: [3], storage: storage)
      for index in 0..<3 { memory.storeBytes(of: Int64(index), toByteOffset: 8 * index, as: Int64.self) }
      #expect(array.ints == [0, 1, 2])
      #expect(counter.count == 0)
    }
    #expect(counter.count == 1)
  }
}
