// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// NumPy's `.npy` files: what `numpy.save` writes and `numpy.load` reads.
extension NDArray {
  /// Reads an array from the content of a NumPy file.
  ///
  /// Versions 1.0, 2.0 and 3.0, either byte order, C and Fortran order; elements of `bool`, `uint8`, `int8`,
  /// `int32`, `int64`, `uint32`, `float16`, `float32` and `float64`.
  /// - Throws: a diagnostic of kind `run` with a code `npy.…` for anything else, and for content that is cut short or
  ///   too long.
  public init(npy bytes: [UInt8]) throws(Diagnostic) {
    do throws(Diagnostic) {
      self = try NDArray.decodingNPY(bytes)
    } catch {
      throw error.about("the content")
    }
  }

  /// Reads an array from a NumPy file.
  ///
  /// - Throws: as `init(npy:)`, and a diagnostic with the code `file.read` when the file cannot be read.
  public init(npyContentsOf path: String) throws(Diagnostic) {
    let bytes = try FileSystem.read(path)
    do throws(Diagnostic) {
      self = try NDArray.decodingNPY(bytes)
    } catch {
      throw error.about("'\(path)'")
    }
  }

  /// The array as the content of a NumPy file, byte for byte what `numpy.save` writes.
  ///
  /// - Throws: a diagnostic for an array of texts and for one of `bfloat16`, which NumPy does not have.
  public func npyData() throws(Diagnostic) -> [UInt8] {
    guard dtype.npyCode != nil else {
      let advice =
        dtype == .bfloat16 ? ", since NumPy has no such type; convert it to f32, which keeps all values" : ""
      throw Diagnostic(
        .run, code: "npy.dtype", "an array of type \(dtype) cannot be written as a NumPy file\(advice)")
    }
    let header = NPYHeader(dtype: dtype, isBigEndian: false, isFortranOrder: false, shape: shape)
    var bytes = header.bytes
    switch dtype.byteCount {
    case 1: withUnsafeBytes { bytes += $0 }
    case 2: appendWords(UInt16.self, to: &bytes)
    case 4: appendWords(UInt32.self, to: &bytes)
    default: appendWords(UInt64.self, to: &bytes)
    }
    return bytes
  }

  /// Writes the array as a NumPy file. The file appears complete or not at all.
  ///
  /// - Throws: a diagnostic for an array of texts, and one with the code `file.write` when the file cannot be written.
  public func write(npy path: String) throws(Diagnostic) {
    try FileSystem.write(try npyData(), to: path)
  }

  // MARK: Elements

  private static func decodingNPY(_ bytes: [UInt8]) throws(Diagnostic) -> NDArray {
    let (header, start) = try NPYHeader.parse(bytes)
    let given = bytes.count - start
    if given != header.byteCount {
      let type = TensorType(header.dtype, Shape(header.shape))
      let code = given < header.byteCount ? "npy.truncated" : "npy.length"
      throw Diagnostic(
        .run, code: code, "has \(given) bytes of elements, where \(type) takes \(header.byteCount)")
    }
    return NDArray(dtype: header.dtype, shape: header.shape) { target in
      bytes.withUnsafeBytes { content in
        let source = UnsafeRawBufferPointer(rebasing: content[start...])
        switch header.dtype.byteCount {
        case 1: copy(source, to: target, header, as: UInt8.self)
        case 2: copy(source, to: target, header, as: UInt16.self)
        case 4: copy(source, to: target, header, as: UInt32.self)
        default: copy(source, to: target, header, as: UInt64.self)
        }
      }
      // A byte of a bool is 0 or 1 everywhere behind this.
      if header.dtype == .bool {
        for index in target.indices where target[index] > 1 { target[index] = 1 }
      }
    }
  }

  /// Copies elements into row-major order and the machine's byte order.
  private static func copy<Word: FixedWidthInteger>(
    _ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, _ header: NPYHeader,
    as: Word.Type
  ) {
    let size = MemoryLayout<Word>.size
    let isNative = size == 1 || header.isBigEndian == (Word(bigEndian: 1) == 1)
    if isNative && !(header.isFortranOrder && header.shape.count > 1) {
      target.copyMemory(from: source)
      return
    }
    let strides = header.isFortranOrder ? header.columnMajorStrides : rowMajorStrides(header.shape)
    var point = [Int](repeating: 0, count: header.shape.count)
    var position = 0
    for offset in stride(from: 0, to: target.count, by: size) {
      let word = source.loadUnaligned(fromByteOffset: position * size, as: Word.self)
      let value = header.isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word)
      target.storeBytes(of: value, toByteOffset: offset, as: Word.self)
      for axis in point.indices.reversed() {
        point[axis] += 1
        position += strides[axis]
        if point[axis] < header.shape[axis] { break }
        position -= point[axis] * strides[axis]
        point[axis] = 0
      }
    }
  }

  private func appendWords<Word: FixedWidthInteger>(_: Word.Type, to bytes: inout [UInt8]) {
    withUnsafeBytes { source in
      if Word(littleEndian: 1) == 1 {
        bytes += source
        return
      }
      for offset in stride(from: 0, to: source.count, by: MemoryLayout<Word>.size) {
        let word = source.load(fromByteOffset: offset, as: Word.self).littleEndian
        Swift.withUnsafeBytes(of: word) { bytes += $0 }
      }
    }
  }
}

extension NPYHeader {
  /// Strides, in elements, where the first axis lies contiguously.
  fileprivate var columnMajorStrides: [Int] {
    var step = 1
    return shape.map { extent in
      defer { step *= max(extent, 1) }
      return step
    }
  }
}

extension Diagnostic {
  /// The message with its subject in front.
  fileprivate func about(_ subject: String) -> Diagnostic {
    var copy = self
    copy.message = "\(subject) \(message)"
    return copy
  }
}
