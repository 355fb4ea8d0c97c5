// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

@testable import GraphKernels

/// Which updates may be written where the old value lies.
@Suite struct InPlaceUpdateTests {
  private func replaced(_ build: (CaseBuilder) throws -> [Value]) throws -> [Int?] {
    let example = try ModuleCase("", build)
    try expectSameBits(example)
    return try Lowering.plan(for: example.module).replacedVariables
  }

  private func vector(_ inputs: CaseBuilder, _ shape: [Int] = [6]) -> Value {
    inputs.variable(.float32, shape, .finite)
  }

  @Test func aStepAlongTheGradient() throws {
    let replaced = try replaced { inputs in
      let b = inputs.builder
      let (w, m) = (vector(inputs), vector(inputs))
      let momentum = try b.add(m, inputs.parameter(.float32, [6], .finite))
      inputs.update(0, to: try b.subtract(w, momentum))
      inputs.update(1, to: momentum)
      return []
    }
    #expect(replaced.compactMap { $0 }.sorted() == [0, 1])
  }

  /// What is stored does not depend on the old value, which is read for something else.
  @Test func anotherResultNeedsTheOldValue() throws {
    let replaced = try replaced { inputs in
      let b = inputs.builder
      let w = vector(inputs)
      inputs.update(0, to: try b.negate(inputs.parameter(.float32, [6], .finite)))
      return [try b.apply(.exp, w)]
    }
    // Either the exponential comes first, or the old value is needed.
    #expect(replaced.count == 2)
  }

  @Test func aFetchOfTheOldValue() throws {
    let replaced = try replaced { inputs in
      let w = vector(inputs)
      inputs.update(0, to: try inputs.builder.negate(w))
      return [w]
    }
    #expect(replaced == [nil])
  }

  @Test func elementsOfOtherPlaces() throws {
    let replaced = try replaced { inputs in
      let b = inputs.builder
      let w = vector(inputs)
      inputs.update(0, to: try b.add(w, b.append(.reverse(ReverseOp(axes: [0])), [w])))
      return []
    }
    #expect(replaced == [nil])
  }

  @Test func aLaterReader() throws {
    let replaced = try replaced { inputs in
      let b = inputs.builder
      let w = vector(inputs, [40, 40])
      let next = try b.negate(w)
      inputs.update(0, to: next)
      return [try b.append(.dot(DotOp(lhsContract: [1], rhsContract: [0])), [next, w])]
    }
    #expect(replaced == [nil, nil])
  }

  @Test func aFailureAfterwards() throws {
    let replaced = try replaced { inputs in
      let b = inputs.builder
      let w = vector(inputs)
      let next = try b.negate(w)
      inputs.update(0, to: next)
      let number = try b.convert(next, to: .int32)
      let divisor = inputs.parameter(NDArray([1, 2, 3, 4, 5, 6] as [Int32]))
      return [try b.divide(number, divisor)]
    }
    #expect(replaced.allSatisfy { $0 == nil })
  }

  /// A row's mean is taken of all of its old elements.
  @Test func aStatisticOfTheOldValue() throws {
    let replaced = try replaced { inputs in
      let b = inputs.builder
      let w = vector(inputs, [3, 5])
      let sum = try b.spread(b.sum(w, axes: [1]), over: Shape([3, 5]), axes: [1])
      inputs.update(0, to: try b.subtract(w, sum))
      return []
    }
    #expect(replaced == [nil])
  }
}
