// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The memory behind an `NDArray`: 64-byte aligned bytes, or texts.
///
/// Whoever creates a storage may write to it until it is wrapped in an `NDArray`; from then on nobody does.
public final class NDArrayStorage: @unchecked Sendable {
  /// Wide enough for the widest vector load of any target and for one cache line.
  public static let alignment = 64

  public let byteCount: Int
  public let base: UnsafeMutableRawPointer
  public let strings: [String]

  /// Storage whose bytes are not initialised.
  public init(uninitializedByteCount byteCount: Int) {
    self.byteCount = byteCount
    base = .allocate(byteCount: max(byteCount, 1), alignment: NDArrayStorage.alignment)
    strings = []
  }

  public init(strings: [String]) {
    byteCount = 0
    base = .allocate(byteCount: 1, alignment: NDArrayStorage.alignment)
    self.strings = strings
  }

  deinit { base.deallocate() }
}
