// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphIR
import TestSupport
import Testing

@testable import Graphc

extension Graph {
  /// The values of some tensors, by the interpreter, after machine code has been found to agree; variables have their
  /// first values.
  func evaluate(
    _ tensors: [Tensor], feeding feeds: [Tensor: NDArray] = [:], seed: UInt64 = 1,
    _ location: Testing.SourceLocation = #_sourceLocation
  ) throws -> [NDArray] {
    let (reached, _) = diagnostics(reachedFrom: tensors)
    if !reached.isEmpty { throw DiagnosticList(reached) }
    let (module, order, initial) = try withState { state in
      let results = tensors.enumerated().map { Module.Result(name: "r\($0.offset)", value: $0.element.value) }
      return (
        try state.builder.module(results: results), state.placeholders.map(\.value),
        state.variables.map {
          $0.initializer.makeValue(
            shape: $0.type.shape.extents ?? [], dtype: $0.type.dtype, seed: seed, stream: $0.stream)
        }
      )
    }
    // An input that is not fed gets zeros of extent 1: the interpreter wants them all.
    var bindings: [Int: Int] = [:]
    for (value, parameter) in zip(order, module.parameters) {
      guard let feed = feeds[Tensor(graph: self, value: value)] else { continue }
      for (dim, extent) in zip(parameter.type.shape.dims, feed.shape) where dim.symbols.count == 1 {
        bindings[dim.symbols[0]] = extent
      }
    }
    for symbol in module.parameters.flatMap({ $0.type.shape.dims.flatMap(\.symbols) })
    where bindings[symbol] == nil {
      bindings[symbol] = 1
    }
    let bound = try Autodiff.expandGradients(module.bound(by: bindings))
    let arrays = zip(order, bound.parameters).map { value, parameter in
      feeds[Tensor(graph: self, value: value)].map { $0.literalConverted(to: parameter.type.dtype) ?? $0 }
        ?? NDArray(dtype: parameter.type.dtype, shape: parameter.type.shape.extents ?? []) { _ in 0 }
    }
    let results = try Interpreter.run(bound, parameters: arrays, variables: initial).results
    let inputs = order.map { Tensor(graph: self, value: $0) }
    let options = CompilationOptions(strictOrder: true)
    let native = try Session(self, seed: seed, threads: 1, options: options).run(
      tensors, feeding: Dictionary(uniqueKeysWithValues: zip(inputs, arrays)))
    for (left, right) in zip(native, results) {
      expectAgreement(left, right, isExact: bound.isExact, location)
    }
    return results
  }
}

/// Whether machine code gives the interpreter's bits, or where the order of sums is its own the same numbers to a few
/// roundings.
func agree(_ native: NDArray, _ reference: NDArray, isExact: Bool) -> Bool {
  isExact || native.type != reference.type || !native.dtype.isFloatingPoint
    ? areSame(native, reference)
    : isClose(native.doubles, reference.doubles, within: native.dtype == .float64 ? 1e-12 : 1e-5)
}

func expectAgreement(
  _ native: NDArray, _ reference: NDArray, isExact: Bool, _ location: Testing.SourceLocation
) {
  #expect(
    agree(native, reference, isExact: isExact), "natively \(difference(native, reference))",
    sourceLocation: location)
}

extension Tensor {
  /// The numbers of this tensor, by both engines; `placeholders` are fed.
  func numbers(
    feeding feeds: [Tensor: NDArray] = [:], _ location: Testing.SourceLocation = #_sourceLocation
  ) throws -> [Double] {
    try graph.evaluate([self], feeding: feeds, location)[0].doubles
  }

  /// The message of the only diagnostic behind this tensor, or how many there are.
  var complaint: String {
    let reached = graph.diagnostics(reachedFrom: [self]).reached
    return reached.count == 1 ? "[\(reached[0].code)] \(reached[0].message)" : "\(reached.count) diagnostics"
  }
}

extension Graph {
  /// Numbers of `f32`: a variable's, since what is made of constants alone would be folded before it is machine code.
  func vector(_ numbers: [Double]) -> Tensor {
    variable(initialValue: NDArray(numbers.map { Float($0) })).tensor
  }

  /// `0, 1, …` in a shape, as `f32`; a variable too.
  func counting(_ shape: [Int]) -> Tensor {
    let count = shape.reduce(1, *)
    return variable(initialValue: NDArray((0..<count).map { Float($0) }, shape: shape)).tensor
  }
}

/// Whether two lists of numbers agree to a relative tolerance.
func isClose(_ lhs: [Double], _ rhs: [Double], within tolerance: Double = 1e-6) -> Bool {
  lhs.count == rhs.count
    && zip(lhs, rhs).allSatisfy {
      $0 == $1 || abs($0 - $1) <= tolerance * max(1, abs($1)) || ($0.isNaN && $1.isNaN)
    }
}
