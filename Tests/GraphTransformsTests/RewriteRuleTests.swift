// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import GraphTransforms

@Suite struct RewriteRuleTests {
  static let rules = RewriteRule.simplify + RewriteRule.folding

  /// Every rule fires on its cases, leaves what they say, and keeps every bit for inputs of all kinds.
  @Test(arguments: rules.map(\.name)) func ruleIsExact(name: String) throws {
    let rule = try #require(Self.rules.first { $0.name == name })
    let cases = RuleCase.all.filter { $0.rule == name }
    #expect(!cases.isEmpty, "no case tests this rule")
    for (index, ruleCase) in cases.enumerated() {
      let module = try build(ruleCase)
      var fired = 0
      let rewritten = try module.rewritten(by: [rule], in: "test") { _ in fired += 1 }
      #expect(fired > 0, "case \(index)")
      let ops = rewritten.nodes.map(\.op.mnemonic).filter { $0 != "parameter" }
      #expect(ops.joined(separator: " ") == ruleCase.result, "case \(index)")
      for shift in 0..<3 {
        let inputs = module.parameters.enumerated().map { awkward($1.type, shift: shift * 5 + $0 * 7) }
        let before = try Interpreter.run(module, parameters: inputs).results[0]
        let after = try Interpreter.run(rewritten, parameters: inputs).results[0]
        #expect(sameBits(before, after), "case \(index): \(before.doubles) became \(after.doubles)")
      }
    }
  }

  @Test func everyCaseNamesARule() {
    let names = Set(Self.rules.map(\.name))
    #expect(names.count == Self.rules.count, "two rules have one name")
    for ruleCase in RuleCase.all { #expect(names.contains(ruleCase.rule)) }
  }

  /// What looks like algebra and is not, for floats or for unsigned integers.
  static let traps: [@Sendable (CaseBuilder) throws -> Value] = [
    { try $0.f(.abs, $0.b.negate($0.parameter(.uint32))) },
    {
      let x = $0.parameter()
      return try $0.b.add(x, $0.all(0, x))
    },
    {
      let x = $0.parameter()
      return try $0.b.subtract(x, $0.all(-0.0, x))
    },
    {
      let x = $0.parameter()
      return try $0.b.subtract($0.all(0, x), x)
    },
    {
      let x = $0.parameter()
      return try $0.b.multiply(x, $0.all(0, x))
    },
    {
      let x = $0.parameter()
      return try $0.b.subtract(x, x)
    },
    {
      let x = $0.parameter()
      return try $0.b.divide(x, x)
    },
    {
      let x = $0.parameter()
      return try $0.b.divide(x, $0.all(3, x))
    },
    {
      let x = $0.parameter()
      return try $0.b.divide(x, $0.all(0x1p127, x))
    },
    { try $0.b.negate($0.b.subtract($0.parameter(), $0.parameter())) },
    { try $0.b.divide($0.b.negate($0.parameter(.int32)), $0.b.negate($0.parameter(.int32))) },
    { try $0.f(.not, $0.f(.less, $0.parameter(), $0.parameter())) },
    {
      let x = $0.parameter()
      return try $0.f(.equal, x, x)
    },
    { try $0.convert($0.convert($0.parameter(.int32), .float32), .int32) },
    { try $0.convert($0.convert($0.parameter(.int32), .float64), .uint8) },
    { try $0.convert($0.convert($0.parameter(.float64), .float32), .float64) },
    { try $0.reduce(.sum, $0.reduce(.sum, $0.parameter(.float32, [2, 3, 4]), [1]), [1]) },
    { try $0.reduce(.sum, $0.parameter(.float32, [12, 5, 1]), [0, 2]) },
    { try $0.reduce(.sum, $0.spread($0.parameter(.float32, [3]), [2, 3], [1]), [0]) },
    { try $0.slice($0.join([$0.parameter(.float32, [3]), $0.parameter(.float32, [3])], 0), [2], [5]) },
    {
      let padded = try $0.pad($0.parameter(.float32, [3]), $0.parameter(.float32, []), [1], [1])
      return try $0.slice(padded, [0], [4], by: [2])
    },
    {
      try $0.f(
        .add, $0.spread($0.parameter(.float32, [3]), [3, 3], [1]),
        $0.spread($0.parameter(.float32, [3]), [3, 3], [0]))
    },
    { try $0.convert($0.b.append(.iota(IotaOp(type: TensorType(.uint8, [257]), axis: 0))), .int32) },
    { try $0.convert($0.b.append(.iota(IotaOp(type: TensorType(.float32, [257]), axis: 0))), .uint8) },
    {
      let indices = try $0.b.append(.iota(IotaOp(type: TensorType(.int32, [41]), axis: 0)))
      return try $0.b.divide(indices, $0.all(40, indices))
    },
  ]

  static let allTraps = traps + RuleCase.indexingTraps + RuleCase.algebraTraps

  @Test(arguments: allTraps.indices) func trapsStay(index: Int) throws {
    let module = try build(RuleCase("", to: "", Self.allTraps[index]))
    let rewritten = try module.rewritten(by: Self.rules, in: "test")
    #expect(rewritten.nodes.map(\.op) == module.nodes.map(\.op))
  }

  /// The greatest of no elements is −∞, not one of the repeated elements.
  @Test func maxOfNoRepeatsIsTheLeastValue() throws {
    let module = try build(
      RuleCase("", to: "") {
        try $0.reduce(.max, $0.spread($0.parameter(.float32, [3]), [0, 3], [1]), [0])
      })
    let rewritten = try module.rewritten(by: Self.rules, in: "test")
    let result = try Interpreter.run(rewritten, parameters: [NDArray([1 as Float, 2, 3])]).results[0]
    #expect(result.doubles == [-.infinity, -.infinity, -.infinity])
  }

  /// A rule that ends at one of an op's results does not go on with the op, of which it would see the first.
  @Test func otherResultsAreNotTheFirst() throws {
    let module = try build(
      RuleCase("", to: "") {
        let operands = [try $0.constant(NDArray([3.0, 1, 2])), try $0.constant(NDArray([30.0, 10, 20]))]
        let second = try $0.b.appendAll(.sort(SortOp(axis: 0)), operands)[1]
        return try $0.transpose(second, [0])
      })
    let rewritten = try module.rewritten(by: Self.rules, in: "test")
    #expect(try Interpreter.run(rewritten, parameters: []).results[0].doubles == [10, 20, 30])
  }

  @Test func refusesGradientNodes() throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float32, [2]))
    let gradient = try b.append(.gradient(GradientOp()), [b.multiply(x, x), x])
    let module = try b.module(results: [Module.Result(name: "g", value: gradient)])
    #expect(throws: Diagnostic.self) { try Pass.simplify.run(module) }
  }

  /// A rule that would break the compiler is caught, not followed.
  @Test func badRulesAreNamed() throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float32, [2]))
    let module = try b.module(results: [Module.Result(name: "y", value: b.negate(x))])
    let circle = RewriteRule("−x = exp x, and back", on: .anyFunction) { site in
      switch site.op {
      case .pointwise(PointwiseOp(.negate)): try site.apply(.exp, site[0])
      case .pointwise(PointwiseOp(.exp)): try site.apply(.negate, site[0])
      default: nil
      }
    }
    let shrink = RewriteRule("−x = sum x", on: .function(.negate)) { site in
      try site.builder.sum(site[0], axes: [0])
    }
    #expect(throws: Diagnostic.self) { try module.rewritten(by: [circle], in: "test") }
    #expect(throws: Diagnostic.self) { try module.rewritten(by: [shrink], in: "test") }
  }

  @Test func namesAndOriginsStay() throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float32, [2]))
    let y = b.addParameter(name: "y", type: TensorType(.float32, [2]))
    let origin = Origin(location: SourceLocation(file: "A.swift", line: 3), scope: "s", name: "difference")
    let sum = try b.append(.pointwise(PointwiseOp(.add)), [x, b.negate(y)], origin: origin)
    let module = try Pass.simplify.run(b.module(results: [Module.Result(name: "r", value: sum)]))
    #expect(module.nodes.last?.op == .pointwise(PointwiseOp(.subtract)))
    #expect(module.nodes.last?.origin == origin)
  }

  /// A fault stays a fault of the run.
  @Test func foldingLeavesFaults() throws {
    let b = ModuleBuilder()
    let quotient = try b.divide(b.scalar(1, .int32), b.scalar(0, .int32))
    let module = try b.module(results: [Module.Result(name: "q", value: quotient)])
    #expect(try Pass.foldConstants.run(module).nodes.count == 3)
  }

  /// A constant does not grow beyond what the program already carries.
  @Test func foldingLeavesLargeResults() throws {
    let b = ModuleBuilder()
    let row = try b.append(.constant(ConstantOp(NDArray((0..<600).map(Float.init)))))
    let value = try b.append(.concatenate(ConcatenateOp(axis: 0)), [row, row, b.negate(row)])
    let module = try b.module(results: [Module.Result(name: "q", value: value)])
    let folded = try Pass.foldConstants.run(module)
    #expect(folded.nodes.map(\.op.mnemonic) == ["constant"])
    let pairs = try b.append(.constant(ConstantOp(NDArray((0..<600).map(Float.init), shape: [300, 2]))))
    let square = try b.append(.dot(DotOp(lhsContract: [1], rhsContract: [1])), [pairs, pairs])
    let outer = try b.module(results: [Module.Result(name: "q", value: square)])
    #expect(try Pass.foldConstants.run(outer).nodes.map(\.op.mnemonic) == ["constant", "dot"])
  }

  func build(_ ruleCase: RuleCase) throws -> Module {
    let builder = CaseBuilder()
    return try builder.b.module(results: [Module.Result(name: "r", value: ruleCase.build(builder))])
  }

  /// Zeros of both signs, infinities, NaN, subnormals, extremes, fractions.
  func awkward(_ type: TensorType, shift: Int) -> NDArray {
    let numbers: [Double] = [
      0, -0.0, 1, -1, 0.5, -2.5, .infinity, -.infinity, .nan, 0x1p-1040, -3e-42, 3.4e38, 7, 2, -8, 255, 1.5,
    ]
    let integers: [Int64] = [0, 1, -1, 2, 7, -8, 300, 255, .max, .min, 1 << 31, -(1 << 31), (1 << 31) - 1, 5]
    return NDArray(dtype: type.dtype, shape: type.shape.extents ?? []) { index in
      let position = index * 3 + shift
      switch type.dtype {
      case .float32: return Float(numbers[position % numbers.count]).bits
      case .float64: return numbers[position % numbers.count].bits
      case .bool: return UInt64(position % 2)
      default: return integers[position % integers.count].bits
      }
    }
  }

  func sameBits(_ lhs: NDArray, _ rhs: NDArray) -> Bool {
    lhs.type == rhs.type
      && (0..<lhs.count).allSatisfy {
        lhs.bits(at: $0) == rhs.bits(at: $0) || lhs.number(at: $0).isNaN && rhs.number(at: $0).isNaN
      }
  }
}
