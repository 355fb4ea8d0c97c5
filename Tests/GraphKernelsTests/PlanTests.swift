// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

@testable import GraphKernels

@Suite struct PlanTests {
  private func plan(_ build: (CaseBuilder) throws -> [Value]) throws -> Plan {
    try Lowering.plan(for: ModuleCase("", build).module)
  }

  @Test func whatIsThereAlreadyTakesNoStep() throws {
    let plan = try plan { inputs in
      let b = inputs.builder
      let (x, v) = (inputs.parameter(.float32, [6]), inputs.variable(.float32, [2]))
      inputs.update(0, to: v)
      return [try b.reshape(x, to: [2, 3]), v, try b.scalar(1, .float32)]
    }
    #expect(plan.steps.isEmpty && plan.outputs.isEmpty && plan.arenaByteCount == 0)
    #expect(plan.results.map(\.place) == [.parameter(0), .variable(0), .constant(0)])
    #expect(plan.results[0].type == TensorType(.float32, [2, 3]))
    #expect(
      plan.updates == [Plan.Update(variable: 0, source: Plan.Source(.variable(0), TensorType(.float32, [2])))]
    )
  }

  @Test func oneOutputServesResultAndUpdate() throws {
    let plan = try plan { inputs in
      let v = inputs.variable(.float32, [2, 2])
      let next = try inputs.builder.negate(v)
      inputs.update(0, to: next)
      return [next, try inputs.builder.reshape(next, to: [4])]
    }
    #expect(plan.outputs == [16])
    #expect(plan.results.map(\.place) == [.output(0), .output(0)])
    #expect(plan.updates.map(\.source.place) == [.output(0)])
    #expect(plan.steps.count == 1)
  }

  @Test func equalStepsShareAKernel() throws {
    let plan = try plan { inputs in
      try (0..<3).map { _ in try inputs.builder.apply(.exp, inputs.parameter(.float32, [5])) }
    }
    #expect(plan.kernels.count == 1)
    #expect(plan.steps.count == 3)
  }

  @Test func stepsNameWhatTheyCompute() throws {
    let plan = try plan { inputs in
      let b = inputs.builder
      b.currentOrigin = Origin(scope: "head", name: "loss")
      let x = inputs.parameter(.float32, [5])
      return [
        try b.reduce(.sum, b.multiply(x, b.apply(.exp, x)), axes: [0]),
        try b.transpose(inputs.parameter(.float32, [2, 3]), [1, 0]),
      ]
    }
    let steps = plan.steps.compactMap { step in
      if case .kernel(let call) = step { call } else { nil }
    }
    #expect(steps.map(\.label) == ["exp multiply reduce sum", "copy"])
    #expect(steps.allSatisfy { $0.origin.scope == "head" })
  }

  @Test func temporariesTakeTurns() throws {
    let plan = try plan { inputs in
      let b = inputs.builder
      var x = inputs.parameter(.float32, [32, 32])
      for _ in 0..<10 {
        let mean = try b.reduce(.sum, x, axes: [1])
        x = try b.subtract(b.apply(.tanh, x), b.broadcast(mean, to: [32, 32], axes: [0]))
      }
      return [x]
    }
    // Two generations of the matrix and a column.
    #expect(plan.arenaByteCount <= 2 * 4096 + 2 * 128)
  }

  @Test func nothingIsDoneForEmptyTensors() throws {
    let plan = try plan { inputs in
      let b = inputs.builder
      let x = inputs.parameter(.float32, [0, 3])
      return [try b.negate(x), try b.append(.concatenate(ConcatenateOp(axis: 0)), [x, b.apply(.exp, x)])]
    }
    #expect(plan.steps.isEmpty)
    #expect(plan.outputs == [0, 0])
  }

  @Test func anAccessWithoutStepsMayHaveAnyStride() throws {
    let example = try ModuleCase("") { inputs in
      let b = inputs.builder
      var x = inputs.parameter(.float32, [3, 3])
      let stride = Int(Int32.max)
      for _ in 0..<4 {
        x = try b.append(
          .slice(SliceOp(starts: [0, 0], limits: [nil, nil], strides: [stride, stride])), [x])
      }
      let padded = try b.append(
        .pad(PadOp(low: [0, 1], high: [1, 0], interior: [stride, stride])), [x, b.scalar(0, .float32)])
      return [x, padded]
    }
    try expectSameBits(example)
  }
}
