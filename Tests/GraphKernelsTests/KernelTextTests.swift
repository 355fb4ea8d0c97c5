// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

@testable import GraphKernels

@Suite struct KernelTextTests {
  private func text(_ build: (CaseBuilder) throws -> [Value]) throws -> String {
    try Lowering.plan(for: ModuleCase("", build).module).kernels.map(\.description).joined(separator: "\n")
  }

  @Test func aPointwiseChain() throws {
    let actual = try text { inputs in
      let b = inputs.builder
      let x = inputs.parameter(.float32, [4, 3])
      let bias = inputs.parameter(.float32, [3])
      let sum = try b.add(x, b.broadcast(bias, to: [4, 3], axes: [1]))
      return [try b.apply(.maximum, sum, b.full(-0.5, like: sum))]
    }
    #expect(
      actual == """
        kernel (b0: read f32, b1: read f32, b2: write f32) domain [4, 3] vector domain {
          stage 0 loop [] {
            v0 = load b0[3*d0 + d1] : f32
            v1 = load b1[d1] : f32
            v2 = add v0, v1 : f32
            v3 = constant -0.5 : f32
            v4 = maximum v2, v3 : f32
            store v4, b2[3*d0 + d1]
          }
        }
        """)
  }

  @Test func aSumOfARow() throws {
    let actual = try text { inputs in
      let b = inputs.builder
      let x = inputs.parameter(.float32, [16, 3])
      return [try b.reduce(.sum, b.apply(.exp, x), axes: [1])]
    }
    #expect(
      actual == """
        kernel (b0: read f32, b1: write f32) domain [16] vector loop {
          stage 0 loop [3] {
            v0 = load b0[3*d0 + l0] : f32
            v1 = exp v0 : f32
            reduce sum v1, 32 lanes
          }
          stage 1 loop [] {
            v0 = result of stage 0 : f32
            store v0, b1[d0]
          }
        }
        """)
  }

  private func fold(_ stride: Int, _ extent: Int) -> Op {
    let geometry = WindowGeometry(axes: [0], sizes: [3], strides: [stride], dilations: [1])
    return .fold(FoldOp(geometry, extents: [extent]))
  }

  @Test func anOverlapAdd() throws {
    let actual = try text { inputs in
      let x = inputs.parameter(.float32, [4, 3])
      return [try inputs.builder.append(fold(1, 6), [inputs.builder.apply(.exp, x)])]
    }
    #expect(
      actual == """
        kernel (b0: read f32, b1: write f32) domain [6] vector domain {
          stage 0 loop [3] {
            v0 = load b0[3*d0 - 2*l0] where 0 <= d0 - l0 < 4 : f32
            v1 = exp v0 : f32
            v2 = within 0 <= d0 - l0 < 4 : bool
            v3 = constant 0.0 : f32
            v4 = select v2, v1, v3 : f32
            reduce sum v4, 1 lane
          }
          stage 1 loop [] {
            v0 = result of stage 0 : f32
            store v0, b1[d0]
          }
        }
        """)
  }

  /// Every other element has two windows, those between them have one, which is always there.
  @Test func anOverlapAddByTwo() throws {
    let actual = try text { inputs in
      [try inputs.builder.append(fold(2, 9), [inputs.parameter(.float32, [4, 3])])]
    }
    #expect(
      actual == """
        kernel (b0: read f32, b1: write f32) domain [5] vector domain {
          stage 0 loop [2] {
            v0 = load b0[3*d0 - l0] where 0 <= d0 - l0 < 4 : f32
            reduce sum v0, 1 lane
          }
          stage 1 loop [] {
            v0 = result of stage 0 : f32
            store v0, b1[2*d0]
          }
        }
        kernel (b0: read f32, b1: write f32) domain [4] vector domain {
          stage 0 loop [] {
            v0 = load b0[3*d0 + 1] : f32
            reduce sum v0, 1 lane
          }
          stage 1 loop [] {
            v0 = result of stage 0 : f32
            store v0, b1[2*d0 + 1]
          }
        }
        """)
  }

  @Test func theGreatestOfAColumnUnderViews() throws {
    let actual = try text { inputs in
      let b = inputs.builder
      let x = inputs.parameter(.int64, [5, 7])
      let part = try b.append(.slice(SliceOp(starts: [0, 1], limits: [nil, nil], strides: [2, 3])), [x])
      let turned = try b.append(.reverse(ReverseOp(axes: [0])), [part])
      return [try b.append(.argReduce(ArgReduceOp(.max, axis: 0)), [turned])]
    }
    #expect(
      actual == """
        kernel (b0: read i64, b1: write i32) domain [2] vector domain {
          stage 0 loop [3] {
            v0 = load b0[3*d0 - 14*l0 + 29] : i64
            argReduce max v0
          }
          stage 1 loop [] {
            v0 = result of stage 0 : i32
            store v0, b1[d0]
          }
        }
        """)
  }

  @Test func indicesAndConversions() throws {
    let actual = try text { inputs in
      let b = inputs.builder
      let row = try b.append(.iota(IotaOp(type: TensorType(.int32, [2, 3]), axis: 1)))
      let mask = try b.apply(.less, row, b.full(2, like: row))
      return [
        try b.select(
          mask, b.convert(inputs.parameter(.bool, [2, 3]), to: .float64),
          b.full(1, TensorType(.float64, [2, 3])))
      ]
    }
    #expect(
      actual == """
        kernel (b0: read bool, b1: write f64) domain [2, 3] vector domain {
          stage 0 loop [] {
            v0 = index d1 : i32
            v1 = constant 2 : i32
            v2 = less v0, v1 : bool
            v3 = load b0[3*d0 + d1] : bool
            v4 = convert v3 : f64
            v5 = constant 1.0 : f64
            v6 = select v2, v4, v5 : f64
            store v6, b1[3*d0 + d1]
          }
        }
        """)
  }

  @Test func aJoinAndABorder() throws {
    let actual = try text { inputs in
      let b = inputs.builder
      let x = inputs.parameter(.bool, [2])
      return [
        try b.append(.pad(PadOp(low: [1], high: [0], interior: [2])), [x, b.scalar(1, .bool)])
      ]
    }
    #expect(
      actual == """
        kernel (b0: write bool) domain [5] vector domain {
          stage 0 loop [] {
            v0 = constant true : bool
            store v0, b0[d0]
          }
        }
        kernel (b0: read bool, b1: write bool) domain [2] vector domain {
          stage 0 loop [] {
            v0 = load b0[d0] : bool
            store v0, b1[3*d0 + 1]
          }
        }
        """)
  }

  @Test(arguments: [
    (AffineMap(strides: [0, 0]), "0"), (AffineMap(offset: -3, strides: [0, 0]), "-3"),
    (AffineMap(offset: 2, strides: [1, -1]), "d0 - l0 + 2"), (AffineMap(strides: [-4, 2]), "-4*d0 + 2*l0"),
    (AffineMap(offset: -1, strides: [0, 5]), "5*l0 - 1"),
  ]) func maps(_ map: AffineMap, _ text: String) {
    #expect(map.description(domainRank: 1) == text)
  }
}
