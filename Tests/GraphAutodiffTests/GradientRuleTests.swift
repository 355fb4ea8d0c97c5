// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphIR
import Testing

/// Every op's gradient rule against finite differences.
@Suite struct GradientRuleTests {
  @Test(arguments: GradientCase.all.indices, [1, 2])
  func agreesWithDifferences(index: Int, order: Int) throws {
    let item = GradientCase.all[index]
    let types = item.inputs.map { TensorType(.float64, Shape($0.shape)) }
    let check = try GradientCheck(types, order: order, item.build)
    for seed in 1...2 {
      let (analytic, numeric, scale) = try check.derivatives(at: item.inputs.map(\.values), seed: seed)
      let error = (analytic - numeric).magnitude
      #expect(
        error <= GradientCheck.tolerance * (1 + scale),
        "\(item), order \(order): the gradient gives \(analytic), differences \(numeric)")
    }
  }

  /// Ops that no gradient passes, or that have no operands; each says why.
  static let others: [Op] = [
    .variable(VariableOp(index: 0)), .constant(ConstantOp(NDArray(scalar: 1.0))),
    .iota(IotaOp(type: TensorType(.float64, [2]), axis: 0)), .argReduce(ArgReduceOp(.max, axis: 0)),
    .argReduce(ArgReduceOp(.min, axis: 0)), .stopGradient(StopGradientOp()),
    .searchSorted(SearchSortedOp(side: .left)),
    .while(WhileOp(carries: 1, condition: Region(Module(name: "")), body: Region(Module(name: "")))),
  ]

  /// A new op without a case fails here.
  @Test(arguments: Op.roster.map(\.mnemonic)) func everyOpIsCovered(mnemonic: String) throws {
    // The walk expands gradient nodes and never asks them for a gradient; GradientWalkTests differentiates through them.
    if mnemonic == "gradient" { return }
    let hasCases = GradientCase.all.contains { $0.op == mnemonic }
    let function = ScalarFunction.allCases.first { $0.name == mnemonic }
    let rule = function.map { .pointwise(PointwiseOp($0)) } ?? Self.others.first { $0.mnemonic == mnemonic }
    let arity =
      function?.arity
      ?? (["argMax", "argMin", "stopGradient", "searchSorted", "while"].contains(mnemonic) ? 1 : 0)
    guard let rule else {
      #expect(hasCases, "\(mnemonic) has no case")
      return
    }
    let reasons = (0..<arity).compactMap { position in
      if case .cut(let reason) = rule.rule.differentiability(of: position) { reason } else { nil }
    }
    #expect(reasons.allSatisfy { !$0.isEmpty })
    #expect(hasCases == (reasons.count < arity), "\(mnemonic) is differentiable or it is not")
  }

  /// Every case contains the op that it is about.
  @Test func casesAreAboutTheirOps() throws {
    for item in GradientCase.all {
      let b = ModuleBuilder()
      let inputs = item.inputs.map { b.addParameter(name: "", type: TensorType(.float64, Shape($0.shape))) }
      _ = try item.build(b, inputs)
      #expect(b.nodes.contains { $0.op.mnemonic == item.op }, "\(item)")
    }
  }
}
