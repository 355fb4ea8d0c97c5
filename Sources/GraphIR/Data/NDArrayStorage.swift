// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The memory behind an `NDArray`: bytes, or texts. Bytes that fill a cache line begin with one.
///
/// Whoever creates a storage may write to it until it is wrapped in an `NDArray`; from then on nobody does.
public final class NDArrayStorage: @unchecked Sendable {
  /// One cache line, and the widest vector of any target.
  public static let alignment = 64
  /// What an allocator gives by itself, in half the time.
  private static let leastAlignment = 16

  public let byteCount: Int
  public let base: UnsafeMutableRawPointer
  public let strings: [String]

  /// Storage whose bytes are not initialised.
  public init(uninitializedByteCount byteCount: Int) {
    self.byteCount = byteCount
    let isSmall = byteCount < NDArrayStorage.alignment
    base = .allocate(
      byteCount: max(byteCount, 1),
      alignment: isSmall ? NDArrayStorage.leastAlignment : NDArrayStorage.alignment)
    strings = []
  }

  public init(strings: [String]) {
    byteCount = 0
    base = .allocate(byteCount: 1, alignment: NDArrayStorage.leastAlignment)
    self.strings = strings
  }

  deinit { base.deallocate() }
}
