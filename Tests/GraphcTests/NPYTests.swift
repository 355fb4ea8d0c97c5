// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import GraphIR
import Graphc
import Testing

/// A file as NumPy 2.4 writes it: the dictionary, padded so that the elements begin at byte 128.
private func file(_ dictionary: String, _ elements: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
  let start = version == 1 ? 10 : 12
  let padding = String(repeating: " ", count: 127 - start - dictionary.utf8.count)
  let length: [UInt8] = version == 1 ? [118, 0] : [116, 0, 0, 0]
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array((dictionary + padding + "\n").utf8)
    + elements
}

/// The error of reading, as a user sees it.
private func message(_ bytes: [UInt8]) -> String {
  do {
    return "read \(try NDArray(npy: bytes).type)"
  } catch {
    return error.description
  }
}

@Suite struct NPYTests {
  // Each array here and its bytes come from numpy.save.

  @Test func readsMatrix() throws {
    let bytes = file(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
      [
        0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40, 0, 0, 0xA0, 0x40, 0, 0, 0xD0,
        0x40,
      ])
    let array = NDArray([1, 2, 3, 4, 5, 6.5] as [Float], shape: [2, 3])
    #expect(try NDArray(npy: bytes) == array)
    #expect(try array.npyData() == bytes)
  }

  @Test func narrowTypes() throws {
    // numpy.array([1.5, -0.1, 65504], '<f2') and numpy.array([-128, 127, 3], 'i1')
    let halves = file(
      "{'descr': '<f2', 'fortran_order': False, 'shape': (3,), }", [0, 0x3E, 0x66, 0xAE, 0xFF, 0x7B])
    #expect(try NDArray(npy: halves) == NDArray([1.5, -0.1, 65504] as [Float16]))
    #expect(try NDArray([1.5, -0.1, 65504] as [Float16]).npyData() == halves)
    let bytes = file("{'descr': '|i1', 'fortran_order': False, 'shape': (3,), }", [0x80, 0x7F, 3])
    #expect(try NDArray(npy: bytes) == NDArray([-128, 127, 3] as [Int8]))
    #expect(try NDArray([-128, 127, 3] as [Int8]).npyData() == bytes)
    let error = #expect(throws: Diagnostic.self) { try NDArray([1.5] as [BFloat16]).npyData() }
    #expect(error?.message.contains("convert it to f32") == true)
  }

  @Test func readsFortranOrder() throws {
    let bytes = file(
      "{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3), }",
      [1, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 6, 0, 0, 0])
    #expect(try NDArray(npy: bytes) == NDArray([1, 2, 3, 4, 5, 6] as [Int32], shape: [2, 3]))
  }

  @Test func readsFortranOrderOfThreeAxes() throws {
    // numpy.asfortranarray(numpy.arange(24, dtype='u1').reshape(2, 3, 4))
    let bytes = file(
      "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4), }",
      [0, 12, 4, 16, 8, 20, 1, 13, 5, 17, 9, 21, 2, 14, 6, 18, 10, 22, 3, 15, 7, 19, 11, 23])
    #expect(try NDArray(npy: bytes) == NDArray(Array(0..<24) as [UInt8], shape: [2, 3, 4]))
  }

  @Test func readsBigEndian() throws {
    let bytes = file(
      "{'descr': '>f8', 'fortran_order': False, 'shape': (2,), }",
      [0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0])
    #expect(try NDArray(npy: bytes) == NDArray([1.5, -2]))
  }

  @Test func readsBigEndianFortranOrder() throws {
    let bytes = file(
      "{'descr': '>i4', 'fortran_order': True, 'shape': (2, 2), }",
      [0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 2, 0xFF, 0xFF, 0xFF, 0xFC])
    #expect(try NDArray(npy: bytes) == NDArray([1, 2, 3, -4] as [Int32], shape: [2, 2]))
  }

  @Test func readsScalar() throws {
    let bytes = file("{'descr': '<i8', 'fortran_order': False, 'shape': (), }", [7, 0, 0, 0, 0, 0, 0, 0])
    let array = NDArray(scalar: 7 as Int64)
    #expect(try NDArray(npy: bytes) == array)
    #expect(try array.npyData() == bytes)
  }

  @Test func readsEmpty() throws {
    let bytes = file("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }")
    let array = NDArray([] as [Float], shape: [0, 3])
    #expect(try NDArray(npy: bytes) == array)
    #expect(try array.npyData() == bytes)
  }

  @Test func readsBools() throws {
    let dictionary = "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }"
    let array = NDArray([true, false, true])
    #expect(try NDArray(npy: file(dictionary, [1, 0, 1])) == array)
    #expect(try array.npyData() == file(dictionary, [1, 0, 1]))
    // Other bytes count as true, and are 1 from then on.
    #expect(try NDArray(npy: file(dictionary, [2, 0, 255])) == array)
  }

  @Test func readsLaterVersions() throws {
    let words = file(
      "{'descr': '<u4', 'fortran_order': False, 'shape': (2,), }", [1, 0, 0, 0, 2, 0, 0, 0], version: 2)
    #expect(try NDArray(npy: words) == NDArray([1, 2] as [UInt32]))
    let bytes = file("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", [1, 2], version: 3)
    #expect(try NDArray(npy: bytes) == NDArray([1, 2] as [UInt8]))
  }

  @Test func readsOtherSpellings() throws {
    // Python 2, other writers: another order of keys, other quotes, no final comma, long integers.
    let bytes = file(
      "{\"shape\":(2L,1L),\"fortran_order\":False,\"descr\":\"=f4\"}", [UInt8](repeating: 0, count: 8))
    #expect(try NDArray(npy: bytes) == NDArray([0, 0] as [Float], shape: [2, 1]))
  }

  @Test func writesLongHeaders() throws {
    // numpy.ones([1] * 40, 'u1'): a header of 192 bytes.
    let array = NDArray([1] as [UInt8], shape: [Int](repeating: 1, count: 40))
    let bytes = try array.npyData()
    #expect(bytes.count == 257)
    #expect(Array(bytes[6..<10]) == [1, 0, 246, 0])
    #expect(bytes[255] == 10)
    #expect(try NDArray(npy: bytes) == array)
  }

  @Test(arguments: DType.allCases) func everyTypeComesBack(dtype: DType) throws {
    let patterns: [UInt64] = [
      0, 1, 0x8000_0000_8000_0080, 0x7FF8_0001_7FC0_0001, 0x3FF0_0000_3F80_0000, .max,
    ]
    guard dtype != .string, dtype != .bfloat16 else {
      let array = dtype == .string ? NDArray("text") : NDArray([1] as [BFloat16])
      #expect(throws: Diagnostic.self) { try array.npyData() }
      return
    }
    let array = NDArray(dtype: dtype, shape: [2, 3], bits: dtype == .bool ? [0, 1, 1, 0, 0, 1] : patterns)
    #expect(try NDArray(npy: array.npyData()) == array)
  }

  // MARK: Refusals

  @Test func namesUnsupportedTypes() {
    let supported =
      "supported are b1 (bool), u1 (u8), i1 (i8), i4 (i32), i8 (i64), u4 (u32), f2 (f16), f4 (f32), f8 (f64)"
    #expect(
      message(file("{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }", [0, 0x3C, 0, 0x40]))
        == "error[npy.dtype]: the content has elements of type '<i2'; \(supported), with a.astype(…)")
    #expect(
      message(file("{'descr': '<U5', 'fortran_order': False, 'shape': (0,), }"))
        == "error[npy.dtype]: the content has elements of type '<U5'; \(supported)")
    #expect(
      message(file("{'descr': [('x', '<f4'), ('y', '<i4')], 'fortran_order': False, 'shape': (1,), }"))
        == "error[npy.dtype]: the content holds records (a structured dtype); save each of its fields by itself"
    )
    #expect(
      message(file("{'descr': '|f4', 'fortran_order': False, 'shape': (), }")).hasPrefix("error[npy.dtype]"))
    #expect(
      message(file("{'descr': '\u{1B}[31m', 'fortran_order': False, 'shape': (), }")).contains("'?[31m'"))
  }

  @Test func refusesOtherFiles() {
    #expect(message([]) == "error[npy.magic]: the content is empty")
    #expect(
      message(Array("hello".utf8))
        == "error[npy.magic]: the content is no NumPy file: it does not begin with \\x93NUMPY")
    #expect(message([0x50, 0x4B, 3, 4]).contains("numpy.savez"))
    #expect(
      message([0x93] + Array("NUMPY".utf8) + [9, 1, 0, 0])
        == "error[npy.version]: the content has version 9.1 of the NumPy format; 1.0, 2.0 and 3.0 are supported"
    )
  }

  @Test func everyPrefixIsRefused() {
    let bytes = file("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", [0, 0, 0x80, 0x3F])
    for length in bytes.indices {
      #expect(message(Array(bytes[..<length])).hasPrefix("error[npy."), "\(length) bytes")
    }
    #expect(message(bytes) == "read f32[1]")
    #expect(
      message(bytes.dropLast())
        == "error[npy.truncated]: the content has 3 bytes of elements, where f32[1] takes 4")
    #expect(
      message(bytes + [0]) == "error[npy.length]: the content has 5 bytes of elements, where f32[1] takes 4")
  }

  @Test(arguments: [
    "", "{", "{}", "[]", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': Falsey, 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': 3}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': 1}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': ()} x", "{'descr': '<f4", "{'descr: '<f4'}", "{1: 2}",
    "{'descr': '<f4' 'fortran_order': False, 'shape': ()}",
    "{'descr': '', 'fortran_order': False, 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4611686018427387904, 4)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,)}",
  ]) func refusesHostileHeaders(dictionary: String) {
    #expect(message(file(dictionary)).hasPrefix("error[npy."))
  }

  @Test func refusesTooManyAxes() {
    let shape = String(repeating: "1, ", count: 65)
    let dictionary = Array("{'descr': '|u1', 'fortran_order': False, 'shape': (\(shape))}".utf8)
    let length: [UInt8] = [UInt8(dictionary.count & 255), UInt8(dictionary.count >> 8)]
    let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0] + length + dictionary + [1]
    #expect(message(bytes) == "error[npy.shape]: the content has 65 axes; at most 64 are supported")
  }

  @Test func randomDamageIsNeverFatal() {
    let bytes = file(
      "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }", [0, 0, 0x80, 0x3F, 0, 0, 0x80, 0x3F])
    var state: UInt64 = 1
    for _ in 0..<400 {
      var damaged = bytes
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        damaged[Int(state >> 33) % 72] = UInt8(truncatingIfNeeded: state >> 24)
      }
      let text = message(damaged)
      #expect(text.hasPrefix("error[npy.") || text.hasPrefix("read "))
    }
  }

  // MARK: Files

  @Test func filesComeBack() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.npy"
      let array = NDArray([1, 2, 3] as [Float])
      try array.write(npy: path)
      #expect(try NDArray(npyContentsOf: path) == array)
      // The second takes the place of the first, and nothing else is left behind.
      let other = NDArray([4] as [Int64])
      try other.write(npy: path)
      #expect(try NDArray(npyContentsOf: path) == other)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["a.npy"])
    }
  }

  @Test func fileErrorsNameTheFile() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/none.npy"
      let read = #expect(throws: Diagnostic.self) { try NDArray(npyContentsOf: path) }
      #expect(read?.description == "error[file.read]: cannot read '\(path)': No such file or directory")
      let write = #expect(throws: Diagnostic.self) { try NDArray([1.0]).write(npy: path + "/a.npy") }
      #expect(
        write?.description == "error[file.write]: cannot write '\(path)/a.npy': No such file or directory")
      let folder = #expect(throws: Diagnostic.self) { try NDArray(npyContentsOf: directory) }
      #expect(folder?.description == "error[file.read]: cannot read '\(directory)': Is a directory")
      try Data("hello".utf8).write(to: URL(fileURLWithPath: path))
      let content = #expect(throws: Diagnostic.self) { try NDArray(npyContentsOf: path) }
      #expect(content?.message == "'\(path)' is no NumPy file: it does not begin with \\x93NUMPY")
      let device = #expect(throws: Diagnostic.self) { try NDArray(npyContentsOf: "/dev/zero") }
      #expect(device?.message == "cannot read '/dev/zero': it is a device")
    }
  }

  @Test func linksAndModesStay() throws {
    try withTemporaryDirectory { directory in
      let manager = FileManager.default
      let (path, link) = (directory + "/a.npy", directory + "/link.npy")
      try NDArray([1.0]).write(npy: path)
      try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      try manager.createSymbolicLink(atPath: link, withDestinationPath: path)
      try NDArray([2.0]).write(npy: link)
      #expect(try NDArray(npyContentsOf: path) == NDArray([2.0]))
      #expect(try manager.destinationOfSymbolicLink(atPath: link) == path)
      #expect(try manager.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }
  }
}

/// Calls the function with the path of a directory that is gone afterwards.
func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("graphc-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}
