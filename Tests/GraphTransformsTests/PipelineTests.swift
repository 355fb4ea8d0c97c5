// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphTransforms
import Testing

@Suite struct PipelineTests {
  @Test func gradientsThenMarkers() throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float64, [2]))
    let apart = try b.append(.identity(IdentityOp(id: 0)), [x])
    let gradient = try b.append(.gradient(GradientOp()), [b.multiply(x, apart), apart])
    let module = try b.module(results: [Module.Result(name: "g", value: gradient)])
    let optimized = try Pipeline.standard.run(module)
    #expect(!optimized.nodes.contains { $0.op.lowering == .expanded })
    let result = try Interpreter.run(optimized, parameters: [NDArray([3.0, 4])]).results[0]
    #expect(result == NDArray([3.0, 4]))
  }
}
