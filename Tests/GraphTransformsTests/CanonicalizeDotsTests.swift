// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphTransforms
import Testing

@Suite struct CanonicalizeDotsTests {
  struct Layout: CustomStringConvertible, Sendable {
    var lhs: [Int]
    var rhs: [Int]
    var dot: DotOp
    /// The transposes that must remain.
    var copies: Int
    var description: String { "\(lhs) · \(rhs)" }

    init(
      _ lhs: [Int], _ rhs: [Int], _ contract: ([Int], [Int]), _ batch: ([Int], [Int]) = ([], []), copies: Int
    ) {
      self.lhs = lhs
      self.rhs = rhs
      dot = DotOp(
        lhsContract: contract.0, rhsContract: contract.1, lhsBatch: batch.0, rhsBatch: batch.1)
      self.copies = copies
    }
  }

  static let layouts = [
    // The four products that transpose flags cover.
    Layout([2, 3], [3, 4], ([1], [0]), copies: 0),
    Layout([3, 2], [3, 4], ([0], [0]), copies: 0),
    Layout([2, 3], [4, 3], ([1], [1]), copies: 0),
    Layout([3, 2], [4, 3], ([0], [1]), copies: 0),
    // Vectors, inner and outer products.
    Layout([3], [3], ([0], [0]), copies: 0),
    Layout([2], [3], ([], []), copies: 0),
    Layout([2, 3], [3], ([1], [0]), copies: 0),
    // Batches, in place and not.
    Layout([5, 2, 3], [5, 3, 4], ([2], [1]), ([0], [0]), copies: 0),
    Layout([2, 5, 3], [5, 3, 4], ([2], [1]), ([1], [0]), copies: 1),
    Layout([2, 3, 5], [3, 4, 5], ([1], [0]), ([2], [2]), copies: 2),
    Layout([5, 2, 3, 6], [6, 5, 3, 4], ([2], [2]), ([0, 3], [1, 0]), copies: 2),
    Layout([5, 6, 2, 3], [5, 6, 4, 3], ([3], [3]), ([1, 0], [1, 0]), copies: 2),
    // Several contracted axes: the pairs may be listed in any order, but lie in one on both sides.
    Layout([2, 3, 5], [3, 5, 4], ([1, 2], [0, 1]), copies: 0),
    Layout([2, 3, 5], [3, 5, 4], ([2, 1], [1, 0]), copies: 0),
    Layout([2, 3, 5], [5, 3, 4], ([1, 2], [1, 0]), copies: 1),
    Layout([3, 2, 5], [5, 3, 4], ([0, 2], [1, 0]), copies: 1),
    Layout([3, 2, 5], [5, 4, 3], ([0, 2], [2, 0]), copies: 2),
    // Free axes between.
    Layout([2, 3, 4], [3, 2], ([1], [0]), copies: 1),
  ]

  func operand(_ type: TensorType, seed: Int) -> NDArray {
    NDArray(dtype: type.dtype, shape: type.shape.extents ?? []) { index in
      let number = (index * 7 + seed) % 11 - 5
      return type.dtype == .int32 ? Int32(number).bits : Double(number).bits
    }
  }

  func isCanonical(_ node: Node, in module: Module) -> Bool {
    guard case .dot(let rule) = node.op else { return true }
    let batch = Array(rule.lhsBatch.indices)
    return [(0, rule.lhsContract, rule.lhsBatch), (1, rule.rhsContract, rule.rhsBatch)].allSatisfy {
      side, contract, given in
      let rank = module.type(of: node.operands[side]).rank
      let inner = Array(batch.count..<batch.count + contract.count)
      return given == batch && (contract == inner || contract == Array(rank - contract.count..<rank))
    }
  }

  @Test(arguments: layouts, [DType.float64, .int32]) func everyLayout(layout: Layout, dtype: DType) throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(dtype, Shape(layout.lhs)))
    let y = b.addParameter(name: "y", type: TensorType(dtype, Shape(layout.rhs)))
    let module = try b.module(
      results: [Module.Result(name: "r", value: b.append(.dot(layout.dot), [x, y]))])
    let canonical = try Pass.canonicalizeDots.run(module)
    #expect(canonical.nodes.allSatisfy { isCanonical($0, in: canonical) })
    #expect(canonical.nodes.filter { $0.op.mnemonic == "transpose" }.count == layout.copies)
    let inputs = module.parameters.enumerated().map { operand($1.type, seed: $0) }
    // Small integers: sums are exact in every order.
    let before = try Interpreter.run(module, parameters: inputs).results
    #expect(try Interpreter.run(canonical, parameters: inputs).results == before)
    let again = try Pass.canonicalizeDots.run(canonical)
    #expect(again.nodes.map(\.op) == canonical.nodes.map(\.op))
  }

  /// Runs the pipeline on a program of one result and gives what it leaves.
  func optimized(_ b: ModuleBuilder, _ value: Value) throws -> [String] {
    let module = try b.module(results: [Module.Result(name: "r", value: value)])
    let canonical = try Pipeline.standard.run(module)
    let inputs = module.parameters.enumerated().map { operand($1.type, seed: $0) }
    #expect(
      try Interpreter.run(canonical, parameters: inputs).results
        == Interpreter.run(module, parameters: inputs).results)
    return canonical.nodes.map(\.op.mnemonic).filter { $0 != "parameter" }
  }

  @Test func transposedOperandsCostNothing() throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float64, [3, 2]))
    let w = b.addParameter(name: "w", type: TensorType(.float64, [4, 3]))
    let product = try b.append(
      .dot(DotOp(lhsContract: [1], rhsContract: [0])), [b.transpose(x, [1, 0]), b.transpose(w, [1, 0])])
    #expect(try optimized(b, product) == ["dot"])
  }

  /// Attention scores: heads split off by a transpose, `[B, T, H, D] → [B, H, T, D]`, which a matrix product cannot
  /// read in place.
  @Test func transposeThatStays() throws {
    let b = ModuleBuilder()
    let q = b.addParameter(name: "q", type: TensorType(.float64, [2, 3, 2, 4]))
    let k = b.addParameter(name: "k", type: TensorType(.float64, [2, 3, 2, 4]))
    let heads = [0, 2, 1, 3]
    let scores = try b.append(
      .dot(DotOp(lhsContract: [3], rhsContract: [3], lhsBatch: [0, 1], rhsBatch: [0, 1])),
      [b.transpose(q, heads), b.transpose(k, heads)])
    #expect(try optimized(b, scores) == ["transpose", "transpose", "dot"])
  }

  /// The gradient by a matrix that was transposed before the product.
  @Test func transposedResultSwapsTheOperands() throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float64, [3, 2]))
    let w = b.addParameter(name: "w", type: TensorType(.float64, [4, 2]))
    let loss = try b.append(
      .dot(DotOp(lhsContract: [1], rhsContract: [0])), [x, b.transpose(w, [1, 0])])
    let squares = try b.multiply(loss, loss)
    let gradient = try b.append(.gradient(GradientOp()), [squares, w])
    let module = try Pipeline.standard.run(b.module(results: [Module.Result(name: "g", value: gradient)]))
    #expect(!module.nodes.contains { $0.op.mnemonic == "transpose" })
  }

  /// A product that something else reads as it is stays one product.
  @Test func sharedProductsAreNotSwapped() throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float64, [3, 2]))
    let y = b.addParameter(name: "y", type: TensorType(.float64, [2, 3]))
    let product = try b.append(.dot(DotOp(lhsContract: [1], rhsContract: [0])), [x, y])
    let sum = try b.add(product, b.transpose(product, [1, 0]))
    #expect(try optimized(b, sum) == ["dot", "transpose", "add"])
  }

  @Test func transposedConstantsAreFolded() throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float64, [2, 3]))
    let constant = try b.append(.constant(ConstantOp(operand(TensorType(.float64, [4, 3, 5]), seed: 3))))
    let product = try b.append(.dot(DotOp(lhsContract: [1], rhsContract: [1])), [x, constant])
    #expect(try optimized(b, product) == ["constant", "dot"])
  }
}
