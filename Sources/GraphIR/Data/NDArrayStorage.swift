// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The memory behind an `NDArray`: bytes, or texts. Bytes that fill a cache line begin with one.
///
/// Whoever creates a storage may write to it until it is wrapped in an `NDArray`; from then on nobody does.
public final class NDArrayStorage: @unchecked Sendable {
  /// One cache line, and the widest vector of any target.
  public static let alignment = 64
  /// What an allocator gives by itself, in half the time.
  private static let leastAlignment = 16
  /// What lies within the object.
  private static let inlineByteCount = 16

  /// Few bytes, so that a scalar takes one allocation. The first stored property, and reached by its address alone.
  private var inline: (UInt64, UInt64) = (0, 0)
  /// What lies before the first stored property of an object: its type and its count of references.
  @usableFromInline static let headerByteCount = 2 * MemoryLayout<UInt>.size

  public let byteCount: Int
  /// Memory outside of the object; nil where the bytes are `inline`.
  @usableFromInline let allocation: UnsafeMutableRawPointer?
  public let strings: [String]
  /// Gives the allocation back.
  private let release: (@Sendable (UnsafeMutableRawPointer) -> Void)?

  /// Where the bytes are, for as long as the storage lives. Computed rather than kept, since a stored address of the
  /// object's own memory could only be a variable, whose every use is checked for overlapping others.
  @inlinable public var base: UnsafeMutableRawPointer {
    allocation ?? Unmanaged.passUnretained(self).toOpaque() + NDArrayStorage.headerByteCount
  }

  /// Storage whose bytes are not initialised.
  public init(uninitializedByteCount byteCount: Int) {
    self.byteCount = byteCount
    strings = []
    if byteCount <= NDArrayStorage.inlineByteCount {
      allocation = nil
      release = nil
      assert(withUnsafeMutablePointer(to: &inline) { UnsafeMutableRawPointer($0) } == base)
    } else {
      let isSmall = byteCount < NDArrayStorage.alignment
      allocation = .allocate(
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
    allocation = base
    self.byteCount = byteCount
    self.release = release
    strings = []
  }

  public init(strings: [String]) {
    byteCount = 0
    allocation = nil
    release = nil
    self.strings = strings
  }

  deinit {
    if let allocation { release?(allocation) }
  }
}
