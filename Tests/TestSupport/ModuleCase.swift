// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

/// A static module with values for its inputs: what is run in two ways and compared.
public struct ModuleCase: Sendable, CustomTestStringConvertible {
  public let name: String
  public let module: Module
  public let parameters: [NDArray]
  public let variables: [NDArray]

  public var testDescription: String { name }

  public init(_ name: String, module: Module, parameters: [NDArray], variables: [NDArray] = []) {
    self.name = name
    self.module = module
    self.parameters = parameters
    self.variables = variables
  }

  /// A case whose results are the values that `build` returns.
  public init(_ name: String, _ build: (CaseBuilder) throws -> [Value]) throws {
    let inputs = CaseBuilder()
    let values = try build(inputs)
    let results = values.enumerated().map { Module.Result(name: "r\($0.offset)", value: $0.element) }
    let module = try inputs.builder.module(results: results, updates: inputs.updates)
    self.init(name, module: module, parameters: inputs.parameters, variables: inputs.variables)
  }
}

/// Declares inputs together with their values.
public final class CaseBuilder {
  public let builder = ModuleBuilder()
  public private(set) var parameters: [NDArray] = []
  public private(set) var variables: [NDArray] = []
  public private(set) var updates: [Module.Update] = []

  public func parameter(_ array: NDArray) -> Value {
    parameters.append(array)
    return builder.addParameter(name: "p\(parameters.count - 1)", type: array.type)
  }

  /// A parameter of pseudorandom values.
  public func parameter(_ dtype: DType, _ shape: [Int], _ range: SampleArray.Range = .all) -> Value {
    parameter(SampleArray.make(dtype, shape, range, seed: parameters.count + 1))
  }

  public func variable(_ dtype: DType, _ shape: [Int], _ range: SampleArray.Range = .all) -> Value {
    variables.append(SampleArray.make(dtype, shape, range, seed: variables.count + 1001))
    return builder.addVariable(name: "v\(variables.count - 1)", type: TensorType(dtype, Shape(shape)))
  }

  /// Lets variable `index` take a value.
  public func update(_ index: Int, to value: Value) {
    updates.append(Module.Update(variable: index, value: value))
  }
}

/// Pseudorandom arrays, the same in every run.
public enum SampleArray {
  public enum Range: Sendable {
    /// Special values too: zeros of both signs, infinities, NaN, the least and the greatest.
    case all
    /// Moderate numbers.
    case finite
    /// Moderate numbers other than zero.
    case nonzero
    /// Small whole numbers, whose sums and products are exact.
    case whole
  }

  public static func make(_ dtype: DType, _ shape: [Int], _ range: Range = .all, seed: Int = 0) -> NDArray {
    NDArray(dtype: dtype, shape: shape) { index in
      bits(dtype, range, Threefry.block(key: UInt64(seed), counter: UInt64(index)))
    }
  }

  private static func bits(_ dtype: DType, _ range: Range, _ draw: UInt64) -> UInt64 {
    // One in eight is special.
    let special = range == .all && draw & 7 == 0 ? Int(draw >> 3 & 15) : nil
    let number = Double(draw >> 11) / Double(1 << 53) * 8 - 4
    let whole = Int(draw >> 32 & 15) - 7
    switch dtype {
    case .bool: return draw >> 40 & 1
    case .float16, .bfloat16, .float32, .float64:
      if let special { return Self.special(dtype, special) }
      let value = range == .whole ? Double(whole) : range == .nonzero && number == 0 ? 1 : number
      return dtype.bits(rounding: value)
    default:
      let signed = range == .nonzero && whole == 0 ? 3 : whole
      let magnitude = range == .nonzero && whole == 0 ? 3 : abs(whole)
      if dtype.isSigned {
        let least: UInt64 = 1 << UInt64(dtype.bitWidth - 1)
        let extreme = [least, least &- 1, Int64(-1).bits, 0]
        return (special.map { extreme[$0 % 4] } ?? Int64(signed).bits) & dtype.bitMask
      }
      return special.map { [dtype.bitMask, dtype.bitMask - 1, dtype.bitMask / 2 + 1, 0][$0 % 4] }
        ?? UInt64(magnitude)
    }
  }

  private static func special(_ dtype: DType, _ index: Int) -> UInt64 {
    let large = dtype == .float64 ? 800.0 : 100
    let numbers: [Double] = [
      0, -0.0, .infinity, -.infinity, .nan, 0, -dtype.leastNormal, dtype.greatestFinite,
      -dtype.greatestFinite,
      1, -1, 0.5, 1.5, 2.5, large, -large,
    ]
    // The bits of the least number that there is.
    return index == 5 ? 1 : dtype.bits(rounding: numbers[index])
  }
}
