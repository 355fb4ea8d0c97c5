// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphIR
import GraphKernels
import TestSupport
import Testing

@testable import GraphRuntime

/// The examples of the op reference, and those in `IR/examples`, are programs that run, in the interpreter and in
/// machine code alike.
@Suite struct DocumentedExampleTests {
  @Test(arguments: Op.roster.map(\.mnemonic)) func runs(_ mnemonic: String) throws {
    let kind = try #require(Op.kind(named: mnemonic))
    let (module, outcome) = try run(text(of: kind.doc.examples))
    #expect(outcome.results.count == module.results.count && outcome.results.count > 0)
  }

  /// A parameter is written without an op, so that it has a page and no place in the roster.
  @Test func parametersRun() throws {
    let (module, outcome) = try run(text(of: ParameterOp.doc.examples))
    #expect(module.nodes.map(\.op.mnemonic) == ["parameter"])
    #expect(outcome.results == module.parameters.enumerated().map { input($0.element.type, at: $0.offset) })
  }

  /// The numbers of the page's program by hand.
  @Test func gradientsRun() throws {
    let (module, outcome) = try run(text(of: GradientOp.doc.examples))
    let inputs = module.parameters.enumerated().map { input($0.element.type, at: $0.offset) }
    let (x, y, rows) = (numbers(inputs[0]), numbers(inputs[1]), numbers(inputs[2]))
    let product = zip(x, y).map { $0 * $1 }
    let expected = [
      product, y, y, x, product, rows.indices.map { rows[$0] * y[$0 % 4] }, zip(y, product).map { $0 + $1 },
    ]
    #expect(outcome.results.map(numbers) == expected)
  }

  /// Texts are constants that pass by.
  @Test func textsRun() throws {
    let (_, outcome) = try run(text(of: ConstantOp.doc.examples))
    let texts = outcome.results.filter { $0.dtype == .string }
    #expect(texts == [NDArray(strings: ["setosa", "virginica"])])
  }

  @Test(arguments: Repository.files(in: "IR/examples", extension: "gir")) func fileRuns(_ path: String) throws
  {
    let (module, outcome) = try run(try #require(Repository.text(path)))
    #expect(outcome.results.count == module.results.count)
  }

  // MARK: The loops and branches of the example files

  private func example(_ name: String, _ parameters: [NDArray], extents: [Int: Int] = [:]) throws -> [NDArray]
  {
    let text = try #require(Repository.text("IR/examples/\(name).gir"))
    let module = try Autodiff.expandGradients(ModuleParser.parse(text).bound(by: extents))
    return try both(module, parameters, []).results
  }

  @Test(arguments: [4.0, 2, 0.09, 1e10, -1, .nan]) func squareRootsByNewton(_ x: Double) throws {
    let root = numbers(try example("newton", [NDArray(scalar: x)])[0])[0]
    let expected = x.squareRoot()
    #expect(root.isNaN == expected.isNaN)
    if !expected.isNaN { #expect((root - expected).magnitude <= 2 * expected.ulp) }
  }

  @Test func slopesThatPassRounding() throws {
    let results = try example("straight_through", [NDArray([0.4, 1.6, -2.5] as [Float])], extents: [0: 3])
    #expect(numbers(results[0]) == [8])
    #expect(numbers(results[1]) == [0, 4, -4])
  }

  @Test func statesOfARecurrence() throws {
    let w: [Float] = [1, 0, 0, 0, 2, 0, 1, 0, 0]
    let results = try example(
      "recurrence", [NDArray([0, 0, 1, 0, 1, 0] as [Float], shape: [2, 3]), NDArray(w, shape: [3, 3])],
      extents: [0: 2])
    // tanh(1); then h·w = (tanh(1), 0, 0).
    let (a, b) = (0.761_594_16, 0.642_014_9)
    for (value, expected) in zip(numbers(results[1]), [0, 0, a, b, a, 0]) {
      #expect((value - expected).magnitude <= 1e-6)
    }
    #expect(numbers(results[0]) == Array(numbers(results[1])[3...]))
  }

  // MARK: Running

  /// The module of a text with gradients expanded, and what the interpreter makes of it, which machine code has been
  /// held against.
  private func run(_ text: String) throws -> (Module, Interpreter.Outcome) {
    let written = try ModuleParser.parse(text)
    try Verifier.verify(written)
    let types = written.parameters.map(\.type) + written.variables.map(\.type)
    let symbols = Set(types.flatMap { $0.shape.dims.flatMap(\.symbols) })
    let bound = try written.bound(by: Dictionary(uniqueKeysWithValues: symbols.map { ($0, 4) }))
    let module = try Autodiff.expandGradients(bound)
    try Verifier.verify(module, isStatic: true)
    #expect(
      module.results.map { module.type(of: $0.value) } == bound.results.map { bound.type(of: $0.value) })
    return (
      module,
      try both(
        module, module.parameters.enumerated().map { input($0.element.type, at: $0.offset) },
        module.variables.enumerated().map { input($0.element.type, at: $0.offset) })
    )
  }

  private func both(
    _ module: Module, _ parameters: [NDArray], _ variables: [NDArray]
  ) throws -> Interpreter.Outcome {
    let outcome = try Interpreter.run(module, parameters: parameters, variables: variables)
    #expect(outcome.results.map(\.type) == module.results.map { module.type(of: $0.value) })
    // No kernel has texts: sessions pass them by.
    var numeric = module
    numeric.results.removeAll { module.type(of: $0.value).dtype == .string }
    numeric = try numeric.rebuilt()
    guard parameters.allSatisfy({ $0.dtype != .string }) else { return outcome }
    let actual = try Native.executable(numeric).run(parameters: parameters, variables: variables)
    let expected = outcome.results.filter { $0.dtype != .string }
    #expect(actual.results.count == expected.count)
    for (left, right) in zip(actual.results, expected) {
      #expect(agree(left, right, isExact: module.isExact), "\(difference(left, right))")
    }
    for (update, left) in zip(module.updates, actual.updates) {
      let right = try #require(outcome.updates[update.variable])
      #expect(agree(left, right, isExact: module.isExact), "\(difference(left, right))")
    }
    return outcome
  }

  private func agree(_ left: NDArray, _ right: NDArray, isExact: Bool) -> Bool {
    if isExact || left.type != right.type { return areSame(left, right) }
    return zip(numbers(left), numbers(right)).allSatisfy { x, y in
      x == y || x.isNaN && y.isNaN || (x - y).magnitude <= 1e-5 * max(1, y.magnitude)
    }
  }

  private func numbers(_ array: NDArray) -> [Double] { (0..<array.count).map(array.number) }

  /// The statements with a result for each value, or for each parameter where there is no other.
  private func text(of examples: [String]) -> String {
    let assigned = examples.filter { $0.hasPrefix("%") }.map { String($0.split(separator: " ")[0]) }
    var results = assigned.flatMap { name -> [String] in
      let parts = name.split(separator: ":")
      return parts.count == 1
        ? ["result \(name)"] : (0..<(Int(parts[1]) ?? 0)).map { "result \(parts[0])#\($0)" }
    }
    if results.isEmpty {
      results = examples.filter { $0.hasPrefix("param ") }.map {
        "result \($0.dropFirst("param ".count).prefix { $0 != ":" })"
      }
    }
    return "module @example {\n" + (examples + results).joined(separator: "\n") + "\n}"
  }

  /// Numbers that suit every op: integers are 0 and 1, which index anything; matrices are symmetric and dominated by
  /// their diagonal; scalars grow from one parameter to the next, so that loops up to the second have steps.
  private func input(_ type: TensorType, at position: Int) -> NDArray {
    let extents = type.shape.extents ?? []
    if type.dtype == .string {
      return NDArray(strings: (0..<extents.reduce(1, *)).map { "text \($0)" }, shape: extents)
    }
    let (rows, columns) = (extents.dropLast().last ?? 1, extents.last ?? 1)
    let bits = (0..<extents.reduce(1, *)).map { index -> UInt64 in
      let (row, column) = (index / max(columns, 1) % max(rows, 1), index % max(columns, 1))
      if type.dtype == .bool { return UInt64((index + 1) % 2) }
      let number =
        extents.isEmpty
        ? Double(1 + 4 * position) : row == column ? 8.0 : Double((row + column) * 7 % 5 + 1) / 8
      return switch type.dtype {
      case .float16: Float16(number).bits
      case .bfloat16: BFloat16(number).bits
      case .float32: Float(number).bits
      case .float64: number.bits
      default: UInt64(index % 2)
      }
    }
    return NDArray(dtype: type.dtype, shape: extents, bits: bits)
  }
}
