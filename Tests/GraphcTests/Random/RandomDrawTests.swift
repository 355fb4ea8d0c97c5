// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

/// The bits of draws, against `CounterGenerator`, which other tests hold against published vectors.
@Suite("Draws")
struct RandomDrawTests {
  static let engines: [Session.Engine] = [.native, .interpreter]
  let graph = Graph()

  /// The generator of a graph's draw in a session's run.
  private func generator(seed: UInt64 = 9, step: UInt64 = 0, stream: UInt64 = 0) -> CounterGenerator {
    CounterGenerator(seed: seed, step: step, stream: stream)
  }

  @Test("Uniform numbers are those that the generator documents, for each run and stream", arguments: engines)
  func uniform(engine: Session.Engine) throws {
    let first = graph.randomUniform([3, 5])
    let second = graph.randomUniform([7], dtype: .float64)
    let session = try Session(graph, seed: 9, engine: engine)
    for step in 0..<3 as Range<UInt64> {
      let values = try session.run([first, second])
      let expected = (0..<15).map { generator(step: step).uniformFloat32(at: $0) }
      #expect(values[0] == NDArray(expected, shape: [3, 5]))
      #expect(
        values[1] == NDArray((0..<7).map { generator(step: step, stream: 1).uniformFloat64(at: $0) }))
    }
  }

  @Test("A range of floats: low + (high − low) · u, rounded step by step", arguments: engines)
  func uniformRange(engine: Session.Engine) throws {
    let single = graph.randomUniform([40], in: -0.3..<2.7)
    let double = graph.randomUniform([40], in: -0.3..<2.7, dtype: .float64)
    let values = try Session(graph, seed: 9, engine: engine).run([single, double])
    let (low, width) = (Float(-0.3), Float(2.7) - Float(-0.3))
    #expect(values[0] == NDArray((0..<40).map { low + width * generator().uniformFloat32(at: $0) }))
    let wide = 2.7 - -0.3
    #expect(
      values[1] == NDArray((0..<40).map { -0.3 + wide * generator(stream: 1).uniformFloat64(at: $0) }))
  }

  @Test("The end of a range is never drawn, though rounding would reach it", arguments: engines)
  func excludedEnd(engine: Session.Engine) throws {
    // Between 1 and the next number nothing is left but 1.
    let x = graph.randomUniform([200], in: 1..<Double(Float(1).nextUp))
    let values = try Session(graph, engine: engine).run(x).doubles
    #expect(values.allSatisfy { $0 == 1 })
  }

  @Test("Whole numbers: multiply-shift of 64 bits", arguments: engines)
  func integers(engine: Session.Engine) throws {
    let ranges: [ClosedRange<Int>] = [0...0, 0...9, -7...12, 0...(1 << 31) - 1]
    let draws = ranges.map { graph.randomInteger([33], in: $0, dtype: .int64) }
    let halfOpen = graph.randomInteger([33], in: -3..<4)
    let values = try Session(graph, seed: 9, engine: engine).run(draws + [halfOpen])
    for (stream, range) in ranges.enumerated() {
      let bounds = Int64(range.lowerBound)...Int64(range.upperBound)
      let expected = (0..<33).map { generator(stream: UInt64(stream)).uniformInteger(in: bounds, at: $0) }
      #expect(values[stream] == NDArray(expected), "\(range)")
    }
    #expect(
      values[4] == NDArray((0..<33).map { Int32(generator(stream: 4).uniformInteger(in: -3...3, at: $0)) }))
  }

  @Test("A probability is a threshold of 32 bits; none and all are exact", arguments: engines)
  func bernoulli(engine: Session.Engine) throws {
    let draws = [0.25, 0, 1, 0x1p-32, 1 - 0x1p-33].map { graph.randomBernoulli([60], probability: $0) }
    let values = try Session(graph, seed: 9, engine: engine).run(draws)
    #expect(values[0] == NDArray((0..<60).map { generator().bits32(at: $0) < 1 << 30 }))
    #expect(values[1].doubles.allSatisfy { $0 == 0 })
    #expect(values[2].doubles.allSatisfy { $0 == 1 })
    #expect(values[3] == NDArray((0..<60).map { generator(stream: 3).bits32(at: $0) == 0 }))
    #expect(values[4].doubles.allSatisfy { $0 == 1 })
  }

  @Test("Probabilities of a tensor, and where they are not numbers", arguments: engines)
  func bernoulliTensor(engine: Session.Engine) throws {
    let p = graph.placeholder(.float32, [nil, 4], name: "p")
    let x = graph.randomBernoulli(probability: p)
    let row: [Float] = [0, 0.5, 1, .nan]
    let fed = NDArray((0..<80).map { row[$0 % 4] }, shape: [20, 4])
    let values = try Session(graph, seed: 9, engine: engine).run(x, feeding: [p: fed])
    let expected = (0..<80).map { generator().uniformFloat32(at: UInt64($0)) < row[$0 % 4] }
    #expect(values == NDArray(expected, shape: [20, 4]))
  }

  // MARK: Streams, runs and shapes

  @Test("Two draws of one kind are two; a draw used twice is one", arguments: engines)
  func distinct(engine: Session.Engine) throws {
    let a = graph.randomUniform([8])
    let b = graph.randomUniform([8])
    let session = try Session(graph, engine: engine)
    let values = try session.run([a, b, a + b, a, a - a])
    #expect(values[0] != values[1])
    #expect(values[0] == values[3])
    #expect(values[4].doubles.allSatisfy { $0 == 0 })
    let sums = zip(values[0].doubles, values[1].doubles).map { Double(Float($0) + Float($1)) }
    #expect(values[2].doubles == sums)
    // What else a run computes changes no draw.
    let alone = try Session(graph, engine: engine).run(b)
    #expect(alone == values[1])
  }

  @Test("Both engines and any number of threads draw the same bits")
  func threads() throws {
    let uniform = graph.randomUniform([300, 301], in: -1..<1)
    let integer = graph.randomInteger([40_000], in: 0..<1000)
    let kept = dropout(graph.ones([300, 301]), rate: 0.3)
    let sums = [uniform.sum(), integer.converted(to: .float32).mean(), kept.sum(axis: 1)]
    let one = try Session(graph, seed: 4, threads: 1).run([uniform, integer, kept] + sums)
    let two = try Session(graph, seed: 4, threads: 2).run([uniform, integer, kept] + sums)
    #expect(one == two)
    let small = Graph()
    let mixed = [
      small.randomUniform([9, 5], in: 2..<9), small.randomInteger([31], in: -5...5),
      dropout(small.ones([8, 3]), rate: 0.5),
    ]
    let runs = try Self.engines.map { try Session(small, seed: 4, engine: $0).run(mixed) }
    #expect(runs[0] == runs[1])
  }

  @Test("A larger batch begins with the numbers of the smaller one; extents may be open", arguments: engines)
  func openExtents(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [nil, 3], name: "x")
    let noise = graph.randomUniform(x.shape)
    let other = graph.randomUniform([x.shape.extent(0), 2], dtype: .float64)
    #expect(noise.shape == [nil, 3])
    let batches = try [2, 5].map { rows in
      try Session(graph, seed: 9, engine: engine).run(
        [x + noise, other], feeding: [x: NDArray([Float](repeating: 0, count: rows * 3), shape: [rows, 3])])
    }
    #expect(batches[0][0].doubles == Array(batches[1][0].doubles.prefix(6)))
    #expect(batches[0][1].doubles == Array(batches[1][1].doubles.prefix(4)))
    #expect(batches[1][0] == NDArray((0..<15).map { generator().uniformFloat32(at: $0) }, shape: [5, 3]))
  }

  @Test("Scalars and arrays without elements", arguments: engines)
  func smallShapes(engine: Session.Engine) throws {
    let scalar = graph.randomUniform([])
    let empty = graph.randomInteger([0, 4], in: 0..<3)
    let x = graph.placeholder(.float32, [nil], name: "x")
    let open = graph.randomUniform(x.shape)
    let values = try Session(graph, seed: 9, engine: engine).run(
      [scalar, empty, open], feeding: [x: NDArray([Float]())])
    #expect(values[0] == NDArray(scalar: generator().uniformFloat32(at: 0)))
    #expect(values.dropFirst().map(\.shape) == [[0, 4], [0]])
  }

  // MARK: Mistakes

  @Test("What cannot be drawn is said")
  func mistakes() {
    #expect(
      graph.randomUniform([3], in: 1..<1).complaint.hasPrefix("[random.range] randomUniform: the range"))
    let end = Double.greatestFiniteMagnitude
    #expect(graph.randomUniform([3], in: -end..<end, dtype: .float64).complaint.hasPrefix("[random.range]"))
    #expect(graph.randomUniform([3], in: 1..<1.000_000_000_1).complaint.hasPrefix("[random.range]"))
    #expect(
      graph.randomUniform([3], dtype: .int32).complaint
        == "[random.type] randomUniform: these numbers are floating-point, i32 is not")
    #expect(graph.randomUniform([nil]).complaint.hasPrefix("[fill.extent]"))
    #expect(graph.randomUniform([-1]).complaint.hasPrefix("[fill.extent]"))
    #expect(graph.randomInteger([3], in: 5..<5).complaint.hasPrefix("[random.range]"))
    #expect(
      graph.randomInteger([3], in: 0..<300, dtype: .uint8).complaint
        == "[random.range] randomInteger: the numbers 0...299 do not all fit u8")
    #expect(graph.randomInteger([3], in: 0..<3, dtype: .float32).complaint.hasPrefix("[random.range]"))
    #expect(graph.randomInteger([3], in: 0..<3, dtype: .string).complaint.hasPrefix("[random.range]"))
    for probability in [-0.1, 1.1, .nan] {
      #expect(
        graph.randomBernoulli([3], probability: probability).complaint.hasPrefix("[random.probability]"))
    }
    #expect(graph.randomExponential([3], rate: 0).complaint.hasPrefix("[random.rate]"))
  }

  // MARK: The program

  @Test("A module that draws has the run's key as its last parameter, under a name of its own")
  func module() throws {
    let x = graph.placeholder(.float32, [2], name: "random")
    let y = x + graph.randomUniform([2])
    let inspection = try Inspection(graph, fetches: [y], feeding: [x: [1, 2]])
    let text = try inspection.text(of: .graph)
    #expect(text.contains("param %random: f32[2]  \"random\""))
    #expect(text.contains(": u32[2]  \"random_1\""))
    #expect(text.contains("threefryLow"))
    let plain = try Inspection(graph, fetches: [x * 2], feeding: [x: [1, 2]]).text(of: .graph)
    #expect(!plain.contains("random_1"))
  }

  @Test("A mask is made where it is used: no array of random numbers is stored")
  func fusion() throws {
    let x = graph.placeholder(.float32, [nil, 64], name: "x")
    let y = dropout(x, rate: 0.4)
    let feed = NDArray([Float](repeating: 1, count: 32 * 64), shape: [32, 64])
    let session = try Session(graph)
    let kept = try session.run(y, feeding: [x: feed]).doubles
    #expect(Set(kept) == [0, Double(Float(1 / 0.6))])
    // The two words of the draw's key are all that is kept between kernels.
    #expect((session.report.compilations.first?.arenaByteCount ?? .max) <= 256)
    #expect(session.report.compilations.first?.kernelCount == 2)
  }
}
