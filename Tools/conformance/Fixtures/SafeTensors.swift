// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Graphc

/// A file of named tensors in the format of safetensors, mapped into memory.
///
/// Eight bytes hold the length of a header, little-endian; the header is a JSON object from key to element type, shape
/// and the range of bytes behind the header; the data follow, little-endian and row-major.
/// Source: https://github.com/huggingface/safetensors#format
struct SafeTensors: Sendable {
  struct Entry: Sendable {
    let dtype: String
    let shape: [Int]
    /// In the file.
    let bytes: Range<Int>
  }

  let path: String
  let entries: [String: Entry]
  private let data: Data

  /// - Throws: `FixtureError` where there is no such file, or its header contradicts itself.
  init(contentsOf path: String) throws {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else {
      throw FixtureError("cannot read '\(path)'")
    }
    self.path = path
    self.data = data
    entries = try data.withUnsafeBytes { bytes in try SafeTensors.entries(in: bytes, of: path) }
  }

  private static func entries(in bytes: UnsafeRawBufferPointer, of path: String) throws -> [String: Entry] {
    guard bytes.count >= 8 else { throw FixtureError("'\(path)' is too short") }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard let length = Int(exactly: length), length <= bytes.count - 8 else {
      throw FixtureError("'\(path)': the header is longer than the file")
    }
    let start = 8 + length
    let header = try JSONValue(parsing: UnsafeRawBufferPointer(rebasing: bytes[8..<start]))
    guard let members = header.object else { throw FixtureError("'\(path)': the header is no object") }
    var entries: [String: Entry] = [:]
    entries.reserveCapacity(members.count)
    for (key, value) in members where key != "__metadata__" {
      guard let dtype = value["dtype"]?.string, let shape = value["shape"]?.integers,
        let offsets = value["data_offsets"]?.integers, offsets.count == 2,
        0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= bytes.count - start
      else { throw FixtureError("'\(path)': the header's entry '\(key)' is malformed") }
      entries[key] = Entry(dtype: dtype, shape: shape, bytes: start + offsets[0]..<start + offsets[1])
    }
    return entries
  }

  /// The tensor under a key; nil where there is none.
  /// - Throws: `NotCovered` for an element type that graphc does not have.
  func array(_ key: String) throws -> NDArray? {
    guard let entry = entries[key] else { return nil }
    guard let dtype = SafeTensors.dtype(entry.dtype) else {
      throw NotCovered("the element type \(entry.dtype)")
    }
    guard entry.shape.reduce(1, *) * dtype.byteCount == entry.bytes.count else {
      throw FixtureError("'\(path)': the bytes of '\(key)' do not fill its shape")
    }
    return data.withUnsafeBytes { source in
      NDArray(dtype: dtype, shape: entry.shape) { target in
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[entry.bytes]))
      }
    }
  }

  /// The element type with this name in the format; nil for one that graphc does not have.
  private static func dtype(_ name: String) -> DType? {
    switch name {
    case "BOOL": .bool
    case "U8": .uint8
    case "I8": DType(name: "i8")
    case "I32": .int32
    case "U32": .uint32
    case "I64": .int64
    case "F16": DType(name: "f16")
    case "BF16": DType(name: "bf16")
    case "F32": .float32
    case "F64": .float64
    default: nil
    }
  }
}
