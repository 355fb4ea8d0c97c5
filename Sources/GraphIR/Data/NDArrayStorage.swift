// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The memory behind an `NDArray`: bytes, or texts. Bytes that fill a cache line begin with one.
///
/// Whoever creates a storage may write to it until it is wrapped in an `NDArray`; from then on nobody does.
public final class NDArrayStorage: @unchecked Sendable {
  /// One cache line, and the widest vector of any target.
  public static let alignment = 64
  /// What an allocator gives by itself, in half the time.
  private static let leastAlignment = 16
  /// What lies within the object, so that a scalar takes one allocation.
  private static let inlineByteCount = 16

  /// Few bytes. Reached through `base` alone: a stored property of an object stays where it is. The first one lies behind
  /// the object's header of 16 bytes, as aligned as the object.
  @exclusivity(unchecked) private var inline: (UInt64, UInt64) = (0, 0)
  public let byteCount: Int
  /// Unchecked, since nothing sets it once the storage exists.
  @exclusivity(unchecked) public private(set) var base: UnsafeMutableRawPointer
  public let strings: [String]
  /// Gives the memory at `base` back; nil where that lies within the object.
  private let release: (@Sendable (UnsafeMutableRawPointer) -> Void)?

  /// Storage whose bytes are not initialised.
  public init(uninitializedByteCount byteCount: Int) {
    self.byteCount = byteCount
    strings = []
    if byteCount <= NDArrayStorage.inlineByteCount {
      release = nil
      base = UnsafeMutableRawPointer(bitPattern: 1).unsafelyUnwrapped
      base = withUnsafeMutablePointer(to: &inline) { UnsafeMutableRawPointer($0) }
    } else {
      let isSmall = byteCount < NDArrayStorage.alignment
      base = .allocate(
        byteCount: byteCount,
        alignment: isSmall ? NDArrayStorage.leastAlignment : NDArrayStorage.alignment)
      release = { $0.deallocate() }
    }
  }

  /// Memory that someone else has allocated, and that `release` gives back.
  public init(
    base: UnsafeMutableRawPointer, byteCount: Int,
    release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
  ) {
    self.base = base
    self.byteCount = byteCount
    self.release = release
    strings = []
  }

  public init(strings: [String]) {
    byteCount = 0
    release = nil
    base = UnsafeMutableRawPointer(bitPattern: 1).unsafelyUnwrapped
    self.strings = strings
    base = withUnsafeMutablePointer(to: &inline) { UnsafeMutableRawPointer($0) }
  }

  deinit { release?(base) }
}
