// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

/// The whole text of what `body` throws, which is always one list of diagnostics.
func thrownText(
  _ location: Testing.SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> String {
  do {
    try body()
    return "(nothing was thrown)"
  } catch {
    #expect(error is DiagnosticList, sourceLocation: location)
    return String(describing: error)
  }
}

/// What a newcomer reads after a mistake in what is fed to a run.
@Suite("Mistakes in feeds")
struct MistakeFeedTests {
  let graph = Graph()

  /// Runs, and expects these words of both engines.
  private func expect(
    _ fetches: [Tensor], feeding feeds: [Tensor: NDArray] = [:], says text: String,
    _ location: Testing.SourceLocation = #_sourceLocation
  ) throws {
    for engine in [Session.Engine.native, .interpreter] {
      let session = try Session(graph, engine: engine)
      let thrown = thrownText(location) { _ = try session.run(fetches, feeding: feeds) }
      #expect(thrown == text, sourceLocation: location)
    }
  }

  @Test("A placeholder is not fed")
  func missing() throws {
    let x = graph.placeholder(.float32, [nil, 784], name: "x")
    let line = #line - 1
    try expect(
      [x * 2],
      says: """
        error[feed.missing]: placeholder "x" f32[?0,784] is needed by this run and is not fed; pass it in feeding:
          --> MistakeFeedTests.swift:\(line)
        """)
  }

  @Test("Two placeholders are not fed, one of them in a scope; a third is not needed")
  func twoMissing() throws {
    let x = graph.placeholder(.float32, [nil, 4], name: "x")
    let labels = graph.scope("data") { graph.placeholder(.int32, [nil], name: "labels") }
    _ = graph.placeholder(.float32, [], name: "rate")
    let line = #line - 3
    let loss = softmaxCrossEntropy(logits: x, labels: labels)
    // The two unknown extents have met, and both are shown as one.
    try expect(
      [loss],
      says: """
        error[feed.missing]: placeholder "x" f32[?0,4] is needed by this run and is not fed; pass it in feeding:
          --> MistakeFeedTests.swift:\(line)
        error[feed.missing]: placeholder "data/labels" i32[?0] is needed by this run and is not fed; pass it in feeding:
          --> MistakeFeedTests.swift:\(line + 1) in scope "data"
        """)
  }

  @Test("An array of the wrong shape")
  func shape() throws {
    let x = graph.placeholder(.float32, [nil, 2], name: "x")
    let line = #line - 1
    try expect(
      [x + 1], feeding: [x: [[1, 2, 3], [4, 5, 6]]],
      says: """
        error[feed.shape]: placeholder "x" is f32[?0,2] and is fed with f32[2,3]; give it the shape [?0,2], where ?… is any extent
          --> MistakeFeedTests.swift:\(line)
        """)
  }

  @Test("An array of the wrong rank")
  func rank() throws {
    let x = graph.placeholder(.float32, [4, 2], name: "x")
    let line = #line - 1
    try expect(
      [x + 1], feeding: [x: [1, 2]],
      says: """
        error[feed.shape]: placeholder "x" is f32[4,2] and is fed with f32[2]; give it the shape [4,2]
          --> MistakeFeedTests.swift:\(line)
        """)
  }

  @Test("An array of Swift doubles for a placeholder of floats")
  func dtype() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let line = #line - 1
    let numbers: [Double] = [0.5, 1.5]
    try expect(
      [x + 1], feeding: [x: NDArray(numbers)],
      says: """
        error[feed.dtype]: placeholder "x" is f32[?0] and is fed with f64[2]; give it elements of f32, or declare the placeholder as f64
          --> MistakeFeedTests.swift:\(line)
        """)
  }

  @Test("A literal with a fraction, or out of range, for a placeholder of integers")
  func literal() throws {
    let n = graph.placeholder(.int32, [nil], name: "n")
    let bytes = graph.placeholder(.uint8, [nil], name: "bytes")
    let line = #line - 2
    try expect(
      [n + 1, bytes + 1], feeding: [n: [1, 0.5, 0.25], bytes: [255, 256]],
      says: """
        error[feed.dtype]: placeholder "n" is i32[?0] and is fed with a literal whose element 0.5 is no i32; write whole numbers that fit i32, or declare the placeholder as f32
          --> MistakeFeedTests.swift:\(line)
        error[feed.dtype]: placeholder "bytes" is u8[?1] and is fed with a literal whose element 256 is no u8; write whole numbers that fit u8, or declare the placeholder as i32
          --> MistakeFeedTests.swift:\(line + 1)
        """)
  }

  @Test("Text for numbers, numbers for text, and 0 for false")
  func kinds() throws {
    let x = graph.placeholder(.float32, [], name: "x")
    let name = graph.placeholder(.string, [], name: "name")
    let flag = graph.placeholder(.bool, [], name: "flag")
    let line = #line - 3
    try expect(
      [x, name, flag], feeding: [x: "1.5", name: 1, flag: 0],
      says: """
        error[feed.dtype]: placeholder "x" is f32[] and is fed with string[]; give it elements of f32, or declare the placeholder as string
          --> MistakeFeedTests.swift:\(line)
        error[feed.dtype]: placeholder "name" is string[] and is fed with i32[]; give it elements of string, or declare the placeholder as i32
          --> MistakeFeedTests.swift:\(line + 1)
        error[feed.dtype]: placeholder "flag" is bool[] and is fed with i32[]; give it elements of bool, or declare the placeholder as i32
          --> MistakeFeedTests.swift:\(line + 2)
        """)
  }

  @Test("What is misfed and what is missing is said at once")
  func several() throws {
    let x = graph.placeholder(.float32, [2], name: "x")
    let y = graph.placeholder(.float32, [2], name: "y")
    let line = #line - 2
    try expect(
      [x + y], feeding: [x: [1, 2, 3]],
      says: """
        error[feed.shape]: placeholder "x" is f32[2] and is fed with f32[3]; give it the shape [2]
          --> MistakeFeedTests.swift:\(line)
        error[feed.missing]: placeholder "y" f32[2] is needed by this run and is not fed; pass it in feeding:
          --> MistakeFeedTests.swift:\(line + 1)
        """)
  }

  @Test("Two placeholders of which the graph needs equal extents")
  func extents() throws {
    let x = graph.placeholder(.float32, [nil, 4], name: "x")
    let labels = graph.placeholder(.int32, [nil], name: "labels")
    let line = #line - 2
    let loss = softmaxCrossEntropy(logits: x, labels: labels).mean()
    try expect(
      [loss], feeding: [x: [[1, 2, 3, 4], [5, 6, 7, 8]], labels: [0, 1, 2]],
      says: """
        error[feed.extent]: axis 0 of placeholder "labels" is fed with 3 elements, axis 0 of placeholder "x" with 2; the graph needs them equal
          --> MistakeFeedTests.swift:\(line + 1)
          note: the other is placeholder "x", created at MistakeFeedTests.swift:\(line)
          note: they meet in softmaxCrossEntropy, created at MistakeFeedTests.swift:\(line + 3)
        """)
  }

  @Test("Two placeholders that share a named extent")
  func namedExtents() throws {
    let x = graph.placeholder(.float32, ["batch", 2], name: "x")
    let y = graph.placeholder(.float32, ["batch"], name: "y")
    let line = #line - 2
    try expect(
      [x.sum(), y.sum()], feeding: [x: [[1, 2]], y: [1, 2]],
      says: """
        error[feed.extent]: axis 0 of placeholder "y" is fed with 2 elements, axis 0 of placeholder "x" with 1; the graph needs them equal
          --> MistakeFeedTests.swift:\(line + 1)
          note: the other is placeholder "x", created at MistakeFeedTests.swift:\(line)
        """)
  }

  @Test("A feed in the middle of a graph contradicts another one")
  func innerExtents() throws {
    let x = graph.placeholder(.float32, [nil, 3], name: "x")
    let pairs = x.reshaped(to: [-1])
    let line = #line - 2
    let sum = x.sum() + (pairs * 2).sum()
    try expect(
      [sum], feeding: [x: [[1, 2, 3]], pairs: [1, 2, 3, 4, 5, 6]],
      says: """
        error[feed.extent]: axis 0 of %1 reshape is fed with 6 elements, where the graph needs 3*?0 = 3, since axis 0 of placeholder "x" is fed with 1
          --> MistakeFeedTests.swift:\(line + 1)
          note: the other is placeholder "x", created at MistakeFeedTests.swift:\(line)
        """)
    try expect(
      [pairs * 2], feeding: [pairs: [1, 2, 3, 4]],
      says: """
        error[feed.extent]: axis 0 of %1 reshape is fed with 4 elements, which is no multiple of 3, where the graph needs 3*?0
          --> MistakeFeedTests.swift:\(line + 1)
        """)
  }

  @Test("An extent that no feed of the run decides")
  func openExtent() throws {
    let x = graph.placeholder(.float32, ["batch", 3], name: "x")
    let ones = graph.ones([x.shape.extent(0), 2])
    let line = #line - 1
    try expect(
      [ones],
      says: """
        error[feed.extent]: axis 0 of %2 broadcast f32[?0,2] depends on ?0, which no feed of this run decides; feed placeholder "x" f32[?0,3] too
          --> MistakeFeedTests.swift:\(line)
        """)
    let session = try Session(graph)
    #expect(try session.run(ones, feeding: [x: [[1, 2, 3]]]) == NDArray([1, 1] as [Float], shape: [1, 2]))
  }

  @Test("A slice of an open axis that turns out too short")
  func shortAxis() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let seventh = x[7]
    let line = #line - 1
    try expect(
      [seventh], feeding: [x: [1, 2]],
      says: """
        error[slice.C3]: slice: axis 0 of f32[2] is 2 long, sliced from 7 to 8
          --> MistakeFeedTests.swift:\(line)
          note: the feeds give the graph's unknown extents these values
        """)
  }

  @Test("A tensor of another graph is fetched, run or fed")
  func foreign() throws {
    let x = graph.placeholder(.float32, [], name: "x")
    let other = Graph()
    let y = other.placeholder(.float32, [], name: "y")
    let total = other.variable([], initializer: .zeros, name: "total")
    let line = #line - 2
    let session = try Session(graph)
    let step = other.group(total.assign(1))
    #expect(
      thrownText { _ = try session.run([x, y], targets: [step], feeding: [x: 1, y: 2]) } == """
        error[run.graph]: placeholder "y" is fetched in a session of another graph; use a session of the tensor's own graph
          --> MistakeFeedTests.swift:\(line)
        error[run.graph]: %3 identity is a target in a session of another graph; use a session of the tensor's own graph
          --> MistakeFeedTests.swift:\(line + 4)
        error[run.graph]: placeholder "y" is fed in a session of another graph; use a session of the tensor's own graph
          --> MistakeFeedTests.swift:\(line)
        """)
    let misuse = """
      error[run.graph]: variable "total" is used in a session of another graph; use a session of the tensor's own graph
        --> MistakeFeedTests.swift:\(line + 1)
      """
    #expect(thrownText { _ = try session.value(of: total) } == misuse)
    #expect(thrownText { try session.set(total, to: 1) } == misuse)
    // An invalid tensor says what is wrong with it instead.
    let nothing = concatenate([])
    let last = #line - 1
    #expect(
      thrownText { _ = try session.run(nothing) } == """
        error[concatenate.empty]: concatenate: takes at least one tensor, got none
          --> MistakeFeedTests.swift:\(last)
        """)
  }

  @Test("A variable is set to what it cannot hold, and keeps its value")
  func set() throws {
    let w = graph.variable([2], initializer: .ones, name: "w")
    let n = graph.variable([], initializer: .zeros, dtype: .int64, name: "n")
    let line = #line - 2
    let session = try Session(graph)
    #expect(
      thrownText { try session.set(w, to: NDArray([1.0, 2.0] as [Double])) } == """
        error[set.dtype]: variable "w" is f32[2] and is set to f64[2]; give it elements of f32, or declare the variable as f64
          --> MistakeFeedTests.swift:\(line)
        """)
    #expect(
      thrownText { try session.set(w, to: [[1, 2]]) } == """
        error[set.shape]: variable "w" is f32[2] and is set to f32[1,2]; give it the shape [2]
          --> MistakeFeedTests.swift:\(line)
        """)
    #expect(
      thrownText { try session.set(n, to: 0.5) } == """
        error[set.dtype]: variable "n" is i64[] and is set to a literal whose element 0.5 is no i64; write whole numbers that fit i64, or declare the variable as f32
          --> MistakeFeedTests.swift:\(line + 1)
        """)
    #expect(try session.value(of: w) == NDArray([1, 1] as [Float]))
    #expect(try session.value(of: n) == NDArray(scalar: Int64(0)))
  }

  @Test("A session without a thread")
  func threads() {
    for count in [0, -2] {
      #expect(
        thrownText { _ = try Session(graph, threads: count) }
          == "error[session.threads]: a session needs at least one thread, not \(count); leave threads: out for one a processor"
      )
    }
  }
}
