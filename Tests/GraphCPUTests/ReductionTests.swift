// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import Testing

@testable import GraphCPU

/// Reductions against the language's order, bit for bit.
struct ReductionTests {
  typealias Case = (kernel: Kernel, buffers: [[UInt64]])

  /// `domain` results of reducing `loop`, whose elements `source` finds in a buffer of `inputCount` elements; scaled by
  /// what the element's `scale` map finds in a second buffer, if there is one.
  static func reduction(
    _ kind: ReduceOp.Kind, _ dtype: DType, domain: [Int], loop: [Int], source: [Int], lanes: Int,
    axis: Kernel.VectorAxis, inputs: [UInt64]? = nil, scale: [Int]? = nil
  ) -> Case {
    let extents = domain + loop
    func count(_ strides: [Int]) -> Int {
      extents.contains(0) ? 0 : zip(extents, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
    }
    let results = IndexSpace(domain)
    var body = [KernelInstruction(.load(buffer: 0, at: AffineMap(strides: source)), dtype)]
    var buffers: [Kernel.Buffer] = [.init(dtype, .read), .init(dtype, .write)]
    let input = inputs ?? samples(dtype, count: count(source), seed: 5)
    var contents = [input, [UInt64](repeating: 0, count: results.count)]
    if let scale {
      body.append(KernelInstruction(.load(buffer: 2, at: AffineMap(strides: scale)), dtype))
      body.append(KernelInstruction(.function(.multiply), dtype, [0, 1]))
      buffers.append(.init(dtype, .read))
      contents.append(moderate(dtype, count: count(scale)))
    }
    let kernel = Kernel(
      buffers: buffers, domain: domain,
      stages: [
        Stage(loop: loop, body: body, sink: .reduce(kind, value: body.count - 1, lanes: lanes)),
        Stage(
          loop: [], body: [KernelInstruction(.stageResult(0), dtype)],
          sink: .store(value: 0, buffer: 1, at: AffineMap(strides: results.strides))),
      ], vectorAxis: axis)
    return (kernel, contents)
  }

  /// Values whose sums round, and overflow nowhere.
  static func moderate(_ dtype: DType, count: Int, seed: UInt64 = 3) -> [UInt64] {
    var generator = SplitMix(state: seed)
    return (0..<count).map { _ in
      let bits = generator.next()
      let value = Double(Int64(bitPattern: bits)) * 0x1p-62
      switch dtype {
      case .float32: return Float(value).bits
      case .float64: return value.bits
      default: return bits & dtype.bitMask
      }
    }
  }

  static let kinds: [(ReduceOp.Kind, [DType])] = [
    (.sum, [.float32, .float64, .int32, .int64, .uint8]), (.product, [.float32, .int64]),
    (.max, [.float32, .float64, .int32, .uint32, .uint8]), (.min, [.float32, .float64, .int64]),
    (.any, [.bool]), (.all, [.bool]),
  ]

  /// Rows, of every count that is a different case.
  @Test(arguments: [Kernel.VectorAxis.loop, .domain])
  func rows(_ axis: Kernel.VectorAxis) throws {
    var cases: [Case] = []
    for (kind, dtypes) in Self.kinds {
      for dtype in dtypes {
        for length in [0, 1, 5, 31, 32, 33, 64, 77] {
          cases.append(
            Self.reduction(
              kind, dtype, domain: [2], loop: [length], source: [length, 1], lanes: 32, axis: axis))
        }
      }
    }
    try check(cases)
  }

  @Test func longRows() throws {
    var cases: [Case] = []
    for (kind, dtype) in [(ReduceOp.Kind.sum, DType.float32), (.sum, .float64), (.max, .float32)] {
      // One chunk is 4096 elements.
      for length in [4095, 4096, 4097, 8192, 8229] {
        cases.append(
          Self.reduction(
            kind, dtype, domain: [1], loop: [length], source: [length, 1], lanes: 32, axis: .loop,
            inputs: Self.moderate(dtype, count: length)))
      }
    }
    try check(cases)
  }

  /// Columns: neighbouring lanes are neighbouring results.
  @Test(arguments: [Kernel.VectorAxis.loop, .domain])
  func columns(_ axis: Kernel.VectorAxis) throws {
    var cases: [Case] = []
    for (kind, dtypes) in Self.kinds {
      for dtype in dtypes {
        for (length, width) in [(0, 3), (1, 20), (7, 70), (3, 64), (5, 1)] {
          cases.append(
            Self.reduction(
              kind, dtype, domain: [width], loop: [length], source: [1, width], lanes: 1, axis: axis))
        }
      }
    }
    // Chunks of 128.
    for length in [127, 128, 129, 256, 300] {
      cases.append(
        Self.reduction(
          .sum, .float32, domain: [19], loop: [length], source: [1, 19], lanes: 1, axis: axis,
          inputs: Self.moderate(.float32, count: 19 * length)))
    }
    try check(cases)
  }

  /// Loops of several axes that are no single run.
  @Test(arguments: [1, 32])
  func severalAxes(_ lanes: Int) throws {
    var cases: [Case] = []
    // With a row to scale by, which keeps the axes apart; rows of whole vectors and of odd lengths, chunks within rows
    // and across them.
    for loop in [[3, 5], [2, 16], [9, 32], [40, 7], [3, 150], [2, 2, 33]] {
      let space = IndexSpace(loop)
      let row = [Int](repeating: 0, count: loop.count - 1) + [1]
      for axis in [Kernel.VectorAxis.loop, .domain] {
        // Results of neighbouring elements, so that a domain of lanes is contiguous.
        let width = 18
        cases.append(
          Self.reduction(
            .sum, .float32, domain: [width], loop: loop, source: [1] + space.strides.map { $0 * width },
            lanes: lanes, axis: axis, inputs: Self.moderate(.float32, count: width * space.count),
            scale: [0] + row))
      }
    }
    // A transposed loop.
    cases.append(
      Self.reduction(
        .sum, .float64, domain: [1], loop: [20, 30], source: [0, 1, 20], lanes: lanes, axis: .loop,
        inputs: Self.moderate(.float64, count: 600)))
    try check(cases)
  }

  /// What starts from an identity is not what starts from the first element.
  @Test func negativeZeros() throws {
    let zeros = [UInt64](repeating: Float(-0.0).bits, count: 40)
    try check(
      [1, 32].flatMap { lanes in
        [ReduceOp.Kind.sum, .product, .max, .min].map { kind in
          Self.reduction(
            kind, .float32, domain: [1], loop: [40], source: [0, 1], lanes: lanes, axis: .loop, inputs: zeros)
        }
      })
  }

  /// A reduction of something that is the same for each element, or for each result.
  @Test func uniformBodies() throws {
    try check(
      [1, 32].flatMap { lanes in
        [Kernel.VectorAxis.loop, .domain].flatMap { axis in
          [
            Self.reduction(
              .sum, .float32, domain: [40], loop: [45], source: [1, 0], lanes: lanes, axis: axis,
              inputs: Self.moderate(.float32, count: 40)),
            Self.reduction(
              .sum, .float32, domain: [40], loop: [45], source: [0, 1], lanes: lanes, axis: axis,
              inputs: Self.moderate(.float32, count: 45)),
          ]
        }
      })
  }

  /// Softmax: a maximum, a sum that uses it, and a store that uses both.
  @Test(arguments: [Kernel.VectorAxis.loop, .domain])
  func stagesUseEarlierResults(_ axis: Kernel.VectorAxis) throws {
    var cases: [Case] = []
    for length in [1, 10, 33, 64] {
      let map = AffineMap(strides: [length, 1])
      let load = KernelInstruction(.load(buffer: 0, at: map), .float32)
      let exponential = [
        load, KernelInstruction(.stageResult(0), .float32),
        KernelInstruction(.function(.subtract), .float32, [0, 1]),
        KernelInstruction(.function(.exp), .float32, [2]),
      ]
      for lanes in [1, 32] {
        let kernel = Kernel(
          buffers: [.init(.float32, .read), .init(.float32, .write)], domain: [21],
          stages: [
            Stage(loop: [length], body: [load], sink: .reduce(.max, value: 0, lanes: lanes)),
            Stage(loop: [length], body: exponential, sink: .reduce(.sum, value: 3, lanes: lanes)),
            Stage(
              loop: [length],
              body: exponential + [
                KernelInstruction(.stageResult(1), .float32),
                KernelInstruction(.function(.divide), .float32, [3, 4]),
              ], sink: .store(value: 5, buffer: 1, at: map)),
          ], vectorAxis: axis)
        cases.append(
          (kernel, [Self.moderate(.float32, count: 21 * length), [UInt64](repeating: 0, count: 21 * length)]))
      }
    }
    try check(cases)
  }

  @Test(arguments: [Kernel.VectorAxis.loop, .domain])
  func positions(_ axis: Kernel.VectorAxis) throws {
    var cases: [Case] = []
    for dtype in [DType.float32, .float64, .int32, .uint8, .uint32, .int64] {
      for kind in ArgReduceOp.Kind.allCases {
        for (results, loop, strides) in [
          (3, [50], [50, 1]), (40, [9], [1, 40]), (5, [4, 3], [1, 5, 20]), (2, [1], [1, 0]),
        ] {
          let count = loop.reduce(results, *)
          let kernel = Kernel(
            buffers: [.init(dtype, .read), .init(.int32, .write)], domain: [results],
            stages: [
              Stage(
                loop: loop,
                body: [KernelInstruction(.load(buffer: 0, at: AffineMap(strides: strides)), dtype)],
                sink: .argReduce(kind, value: 0)),
              Stage(
                loop: [], body: [KernelInstruction(.stageResult(0), .int32)],
                sink: .store(value: 0, buffer: 1, at: AffineMap(strides: [1]))),
            ], vectorAxis: axis)
          let zeros = [UInt64](repeating: 0, count: results)
          cases.append((kernel, [samples(dtype, count: count), zeros]))
          // Ties only, then infinities that equal the start.
          cases.append((kernel, [[UInt64](repeating: 1, count: count), zeros]))
          if dtype == .float32 {
            cases.append((kernel, [[UInt64](repeating: (-Float.infinity).bits, count: count), zeros]))
            cases.append((kernel, [[UInt64](repeating: Float.nan.bits, count: count), zeros]))
          }
        }
      }
    }
    try check(cases)
  }

  /// A fault in a loop; and a division that is never executed, which is none.
  @Test func faultsInLoops() throws {
    func kernel(_ length: Int) -> Kernel {
      let element = AffineMap(strides: [length, 1])
      let divisor = AffineMap(strides: [1, 0])
      return Kernel(
        buffers: [.init(.int32, .read), .init(.int32, .read), .init(.int32, .write)], domain: [4],
        stages: [
          Stage(
            loop: [length],
            body: [
              KernelInstruction(.load(buffer: 0, at: element), .int32),
              KernelInstruction(.load(buffer: 1, at: divisor), .int32),
              KernelInstruction(.function(.divide), .int32, [0, 1]),
            ], sink: .reduce(.sum, value: 2, lanes: 32)),
          Stage(
            loop: [], body: [KernelInstruction(.stageResult(0), .int32)],
            sink: .store(value: 0, buffer: 2, at: AffineMap(strides: [1]))),
        ], vectorAxis: .loop)
    }
    try check(
      [0, 1, 40].flatMap { length in
        [[1, 2, 3, 4], [1, 0, 3, 4]].map { divisors in
          (kernel(length), [samples(.int32, count: 4 * length), divisors, [UInt64](repeating: 9, count: 4)])
        }
      })
  }
}
