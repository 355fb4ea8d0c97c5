// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

/// Programs in `float16`, `bfloat16` and `int8`, through a session.
@Suite("Element types of 8 and 16 bits")
struct ElementTypeTests {
  static let engines: [Session.Engine] = [.native, .interpreter]
  static let halves: [DType] = [.float16, .bfloat16]
  let graph = Graph()

  @Test("A layer, its loss and a step in halves", arguments: engines, halves)
  func training(engine: Session.Engine, dtype: DType) throws {
    let x = graph.placeholder(dtype, [nil, 2], name: "x")
    let w = graph.variable([2, 3], initializer: .constant(0.5), dtype: dtype, name: "w")
    let b = graph.variable([3], initializer: .zeros, dtype: dtype, name: "b")
    let y = tanh(matmul(x, w) + b)
    let loss = square(y - 0.25).mean()
    #expect(y.dtype == dtype && loss.dtype == dtype)
    let gradients = graph.gradients(of: loss, withRespectTo: [w, b])
    let session = try Session(graph, engine: engine)
    let inputs: NDArray = [[1, 2], [3, -4], [0.5, 0.25]]
    let feeds = [x: inputs]
    let values = try session.run([y, loss] + gradients, feeding: feeds)
    #expect(values.map(\.dtype) == [dtype, dtype, dtype, dtype])
    // tanh(1.5), tanh(-0.5), tanh(0.375) in each column.
    let tolerance = dtype == .float16 ? 1e-3 : 8e-3
    for (index, expected) in [0.905148, -0.462117, 0.358357].enumerated() {
      for column in 0..<3 {
        #expect((values[0].doubles[index * 3 + column] - expected).magnitude < tolerance)
      }
    }
    #expect((values[1].scalar - 0.316105).magnitude < 4 * tolerance)
    let step = graph.group(w.assign(w - 0.5 * gradients[0]), b.assign(b - 0.5 * gradients[1]))
    _ = try session.run([], targets: [step], feeding: feeds)
    #expect(try session.run(loss, feeding: feeds).scalar < values[1].scalar)
  }

  @Test("Sums of many halves do not stall", arguments: engines, halves)
  func sums(engine: Session.Engine, dtype: DType) throws {
    let x = graph.placeholder(dtype, [nil])
    let session = try Session(graph, engine: engine)
    let ones = NDArray([Float](repeating: 1, count: 4096))
    let feeds = [x: try session.run(graph.constant(ones).converted(to: dtype))]
    #expect(try session.run(x.sum(), feeding: feeds).scalar == 4096)
    #expect(try session.run(x.mean(), feeding: feeds).scalar == 1)
  }

  @Test("Values come in and go out in their own type", arguments: engines)
  func values(engine: Session.Engine) throws {
    let half = graph.placeholder(.float16, [3])
    let brain = graph.placeholder(.bfloat16, [3])
    let byte = graph.placeholder(.int8, [3])
    let session = try Session(graph, engine: engine)
    let feeds: [Tensor: NDArray] = [
      half: NDArray([0.1, 65504, -6e-8] as [Float16]), brain: NDArray([0.1, 3e38, -2] as [BFloat16]),
      byte: NDArray([-128, 127, 0] as [Int8]),
    ]
    let tensors = [half * 1, brain * 1, byte * 1, half + brain, byte + half]
    let values = try session.run(tensors, feeding: feeds)
    for (value, input) in zip(values, [half, brain, byte]) { #expect(value == feeds[input]) }
    #expect(values.map(\.dtype) == [.float16, .bfloat16, .int8, .float32, .float16])
    // As NumPy prints it.
    #expect(values[0].description == "[ 1.00e-01  6.55e+04 -5.96e-08]")
    #expect(values[2].description == "[-128  127    0]")
    // A literal is rounded to the type that it meets.
    #expect(try session.run(half + 0.1, feeding: feeds).elements(as: Float16.self)?[0] == 0.1 + 0.1)
  }

  @Test("Conversions wrap, saturate or round", arguments: engines)
  func conversions(engine: Session.Engine) throws {
    let session = try Session(graph, engine: engine)
    let x = graph.constant([300, -300, 127, 3_000_000_000, -1], dtype: .int64)
    func result(_ tensor: Tensor) throws -> [Int] { try session.run(tensor).ints }
    #expect(try result(cast(x, to: .int8)) == [44, -44, 127, 0, -1])
    #expect(try result(cast(x, to: .int8, saturating: true)) == [127, -128, 127, 127, -1])
    #expect(try result(cast(x, to: .uint8, saturating: true)) == [255, 0, 127, 255, 0])
    #expect(try result(cast(x, to: .uint32, saturating: true)) == [300, 0, 127, 3_000_000_000, 0])
    #expect(
      try result(cast(x, to: .int32, saturating: true)) == [300, -300, 127, 2_147_483_647, -1])
    #expect(try result(cast(cast(x, to: .uint32), to: .int32, saturating: true))[3] == 2_147_483_647)
    #expect(try result(cast(cast(x, to: .int8), to: .int64, saturating: true))[4] == -1)
    let real = graph.constant(NDArray([Float.nan, 1e10, -1e10, 3.9, -3.9]))
    #expect(try result(cast(real, to: .int8)) == [0, 127, -128, 3, -3])
    #expect(try result(cast(cast(real, to: .bfloat16), to: .uint8, saturating: true)) == [0, 255, 0, 3, 0])
    #expect(try session.run(cast(real, to: .float16)).doubles[1] == .infinity)
    #expect(try session.run(cast(x, to: .float16)).doubles == [300, -300, 127, .infinity, -1])
    #expect(try session.run(cast(x, to: .bfloat16)).doubles == [300, -300, 127, 0x1.66p31, -1])
  }

  @Test(
    "An integer of any width that is divided by zero is named", arguments: engines,
    [DType.uint8, .int8, .uint32, .int32, .int64])
  func divisionByZero(engine: Session.Engine, dtype: DType) throws {
    let x = graph.placeholder(dtype, [nil], name: "x")
    let session = try Session(graph, engine: engine)
    let feeds = [x: NDArray(dtype: dtype, shape: [3], bits: [1, 0, 2])]
    let divisions: [(String, Tensor)] = [
      ("%", 7 % x), ("floorDivide", floorDivide(7, x)), ("truncatedDivide", truncatedDivide(x, x)),
    ]
    for (name, tensor) in divisions {
      let error = #expect(throws: DiagnosticList.self) { try session.run(tensor, feeding: feeds) }
      #expect(error?.diagnostics.first?.message.contains("by zero") == true, "\(name)")
      #expect(error?.diagnostics.first?.location?.file.hasSuffix("ElementTypeTests.swift") == true, "\(name)")
    }
  }
}
