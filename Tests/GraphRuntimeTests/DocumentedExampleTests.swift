// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import TestSupport
import Testing

@testable import GraphRuntime

/// The examples of the op reference are programs that run, in the interpreter and in machine code alike.
@Suite struct DocumentedExampleTests {
  @Test(arguments: Op.roster.map(\.mnemonic)) func runs(_ mnemonic: String) throws {
    let kind = try #require(Op.kind(named: mnemonic))
    let module = try program(of: kind.doc.examples)
    // What a pass expands has no value before that pass.
    if module.nodes.contains(where: { if case .gradient = $0.op { true } else { false } }) { return }
    let parameters = module.parameters.map { input($0.type) }
    let variables = module.variables.map { input($0.type) }
    if (module.parameters + []).contains(where: { $0.type.dtype == .string }) { return }
    let expected = try Interpreter.run(module, parameters: parameters, variables: variables)
    let isText = module.nodes.contains { $0.types.contains { $0.dtype == .string } }
    if isText { return }
    let actual = try Native.executable(module).run(parameters: parameters, variables: variables)
    for (left, right) in zip(actual.results, expected.results) {
      #expect(left.type == right.type)
      let agree = (0..<left.count).allSatisfy { index in
        let (x, y) = (left.number(at: index), right.number(at: index))
        return x == y || x.isNaN && y.isNaN || (x - y).magnitude <= 1e-4 * max(1, y.magnitude)
      }
      #expect(agree, "\(mnemonic): \(left) is not \(right)")
    }
  }

  /// The statements with a result for each value, and a number for each symbol.
  private func program(of examples: [String]) throws -> Module {
    let assigned = examples.filter { $0.hasPrefix("%") }.map { String($0.split(separator: " ")[0]) }
    let results = assigned.flatMap { name -> [String] in
      let parts = name.split(separator: ":")
      return parts.count == 1
        ? ["result \(name)"] : (0..<(Int(parts[1]) ?? 0)).map { "result \(parts[0])#\($0)" }
    }
    let text = "module @example {\n" + (examples + results).joined(separator: "\n") + "\n}"
    let module = try ModuleParser.parse(text)
    let symbols = Set(
      (module.parameters.map(\.type) + module.variables.map(\.type)).flatMap {
        $0.shape.dims.flatMap(\.symbols)
      })
    return try module.bound(by: Dictionary(uniqueKeysWithValues: symbols.map { ($0, 4) }))
  }

  /// Numbers that suit every op: integers are 0 and 1, which index anything; matrices are symmetric and dominated by
  /// their diagonal.
  private func input(_ type: TensorType) -> NDArray {
    let extents = type.shape.extents ?? []
    let (rows, columns) = (extents.dropLast().last ?? 1, extents.last ?? 1)
    let bits = (0..<extents.reduce(1, *)).map { index -> UInt64 in
      let (row, column) = (index / max(columns, 1) % max(rows, 1), index % max(columns, 1))
      guard type.dtype.isFloatingPoint else { return UInt64(index % 2) }
      let number = row == column ? 8.0 : Double((row + column) * 7 % 5 + 1) / 8
      return type.dtype == .float64 ? number.bits : type.dtype == .float32 ? Float(number).bits : 0
    }
    return NDArray(dtype: type.dtype, shape: extents, bits: bits)
  }
}
