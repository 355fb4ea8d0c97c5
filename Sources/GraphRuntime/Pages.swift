// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc
import GraphIR

/// Memory that a session keeps from run to run.
enum Pages {
  /// From here on memory is mapped in whole pages of the larger size.
  static let leastMappedByteCount = 1 << 21
  private static let largePage = 1 << 21

  /// Storage whose bytes are not initialised. Much of it lies on pages of 2 MB where the system has them: a first touch
  /// then costs a 512th of the faults.
  static func storage(byteCount: Int) -> NDArrayStorage {
    guard byteCount >= leastMappedByteCount else { return NDArrayStorage(uninitializedByteCount: byteCount) }
    let length = (byteCount + largePage - 1) / largePage * largePage
    // One page more, since the system aligns to small pages only.
    let reserved = length + largePage
    guard
      let region = mmap(nil, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      region != MAP_FAILED
    else { return NDArrayStorage(uninitializedByteCount: byteCount) }
    let base = region.alignedUp(toMultipleOf: largePage)
    let before = base - region
    if before > 0 { munmap(region, before) }
    if largePage - before > 0 { munmap(base + length, largePage - before) }
    // The tail that no bytes need stays on small pages, untouched.
    _ = madvise(base, byteCount / largePage * largePage, MADV_HUGEPAGE)
    return NDArrayStorage(base: base, byteCount: byteCount) { munmap($0, length) }
  }
}
