// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import GraphCPU
import GraphIR
import GraphKernels
import Synchronization
import TestSupport
import Testing

@testable import GraphRuntime

@Suite struct DiskCodeStoreTests {
  private let directory = NSTemporaryDirectory() + "graphc-\(UUID().uuidString)/codes"

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).map { "\(directory)/\($0)" }.sorted()
  }

  private func cleanUp() {
    try? FileManager.default.removeItem(atPath: (directory as NSString).deletingLastPathComponent)
  }

  /// The reference implementation's numbers.
  @Test func digests() {
    #expect(Digest([]).text == String(repeating: "0", count: 32))
    #expect(Digest(Array("hello".utf8)).text == "cbd8a7b341bd9b025b1e906a48ae1d19")
    #expect(
      Digest(Array("The quick brown fox jumps over the lazy dog".utf8)).text
        == "e34bbc7bbc071b6c7a433ca9c49a9347")
  }

  @Test func whatIsKeptIsFoundByAnother() throws {
    defer { cleanUp() }
    let store = DiskCodeStore(directory: directory)
    #expect(store.code(for: [1, 2, 3]) == nil)
    store.keep([4, 5], for: [1, 2, 3])
    store.keep([], for: [])
    #expect(store.code(for: [1, 2, 3]) == [4, 5])
    let other = DiskCodeStore(directory: directory)
    #expect(other.code(for: [1, 2, 3]) == [4, 5])
    #expect(other.code(for: []) == [])
    #expect(other.code(for: [1, 2]) == nil)
    store.keep([6], for: [1, 2, 3])
    #expect(other.code(for: [1, 2, 3]) == [6])
    #expect(try files().count == 2)
    #expect(try FileManager.default.attributesOfItem(atPath: directory)[.posixPermissions] as? Int == 0o700)
  }

  @Test func whatIsDamagedIsNotUsed() throws {
    defer { cleanUp() }
    let store = DiskCodeStore(directory: directory)
    let key = (0..<40).map { UInt8($0) }
    let code = (0..<50).map { UInt8(200 - $0) }
    store.keep(code, for: key)
    let path = try #require(try files().first)
    let whole = try FileSystem.read(path)
    var damaged = whole.indices.map { place in
      var bytes = whole
      bytes[place] ^= 0x10
      return bytes
    }
    damaged += (0..<whole.count).map { Array(whole.prefix($0)) }
    damaged.append(whole + [0])
    // Sound, but of something else: two keys with one digest.
    damaged.append(DiskCodeStore.file(key: key.reversed(), code: code))
    for bytes in damaged {
      try FileSystem.write(bytes, to: path, survivesCrashes: false)
      #expect(store.code(for: key) == nil)
      #expect(try files().isEmpty)
    }
    store.keep(code, for: key)
    #expect(store.code(for: key) == code)
  }

  @Test func theOldestGoWhenThereIsTooMuch() throws {
    defer { cleanUp() }
    let first = DiskCodeStore(directory: directory, byteLimit: 100_000)
    for number in 0..<40 as Range<UInt8> {
      first.keep([UInt8](repeating: number, count: 2000), for: [number])
    }
    #expect(try files().count == 40)
    // The first ten were used last.
    for (age, number) in (Array(10..<40) + Array(0..<10) as [UInt8]).enumerated() {
      let path = "\(directory)/\(Digest([number]).text).code"
      let date = Date(timeIntervalSinceNow: Double(age - 100) * 10)
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }
    let abandoned = "\(directory)/0.code.1-0.tmp"
    try FileSystem.write([0], to: abandoned)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -10_000)], ofItemAtPath: abandoned)
    let second = DiskCodeStore(directory: directory, byteLimit: 40_000)
    second.keep([UInt8](repeating: 99, count: 2000), for: [99])
    let kept = (0..<100 as Range<UInt8>).filter { second.code(for: [$0]) != nil }
    #expect(kept.starts(with: Array(0..<10)) && kept.last == 99)
    #expect(kept.count == 14)
    #expect(!FileManager.default.fileExists(atPath: abandoned))
  }

  @Test func whereNothingCanBeWrittenProgramsRunWithout() throws {
    defer { cleanUp() }
    let parent = (directory as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    // A file in the directory's place.
    try FileSystem.write([0], to: directory)
    let store = DiskCodeStore(directory: directory)
    store.keep([1], for: [2])
    #expect(store.code(for: [2]) == nil)
    try FileManager.default.removeItem(atPath: directory)
    // A directory that others may write to.
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: directory)
    let open = DiskCodeStore(directory: directory)
    open.keep([1], for: [2])
    #expect(open.code(for: [2]) == nil)
    #expect(try files().isEmpty)
  }

  @Test func manyAtOnce() throws {
    defer { cleanUp() }
    let stores = (0..<4).map { _ in DiskCodeStore(directory: directory, byteLimit: 30_000) }
    let wrong = Counter()
    DispatchQueue.concurrentPerform(iterations: 8) { caller in
      for round in 0..<50 {
        let number = UInt8((caller * 7 + round) % 20)
        let code = [UInt8](repeating: number, count: 1000 + Int(number))
        if let found = stores[caller % 4].code(for: [number]), found != code { wrong.add() }
        stores[caller % 4].keep(code, for: [number])
      }
    }
    #expect(wrong.count == 0)
  }

  /// A backend finds what another has compiled, and compiles again what was damaged.
  @Test func backendsShareCode() throws {
    defer { cleanUp() }
    let store = DiskCodeStore(directory: directory)
    let example = try ModuleCase("shared") { inputs in
      let x = inputs.parameter(.float32, [37], .finite)
      return [try inputs.builder.apply(.tanh, x), try inputs.builder.reduce(.sum, x, axes: [0])]
    }
    let plan = try Lowering.plan(for: example.module)
    let run = { () throws -> ([NDArray], [Bool]) in
      let executable = try Executable(
        plan: plan, kernels: KernelCache(backend: try CPUBackend(store: store)))
      let results = try executable.run(parameters: example.parameters, variables: []).results
      return (results, executable.compilations.map(\.isKept))
    }
    let (expected, made) = try run()
    #expect(!made.isEmpty && made.allSatisfy { !$0 })
    #expect(try files().count == made.count)
    let (again, found) = try run()
    #expect(again == expected && found.allSatisfy { $0 })
    let path = try #require(try files().first)
    var bytes = try FileSystem.read(path)
    bytes[bytes.count / 2] ^= 1
    try FileSystem.write(bytes, to: path)
    let (repaired, mixed) = try run()
    #expect(repaired == expected && mixed.filter { !$0 }.count == 1)
    #expect(try run().1.allSatisfy { $0 })
  }
}

/// Counts on several threads.
private final class Counter: Sendable {
  private let value = Mutex(0)
  func add() { value.withLock { $0 += 1 } }
  var count: Int { value.withLock { $0 } }
}
