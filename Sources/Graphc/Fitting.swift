// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Brings an array that a program hands to a session into the type that the graph has for it.
enum Fitting {
  /// The array is fed for a tensor.
  case feed
  /// The array becomes a variable's value.
  case value

  /// The array in the tensor's own type, or what is wrong with it.
  func fit(_ array: NDArray, to tensor: Tensor) -> Result<NDArray, Diagnostic> {
    let type = tensor.type
    var array = array
    if let flaw = array.flaw { return misfit(tensor, type, "array", "no sound array", flaw) }
    if array.isWeaklyTyped, type.dtype.isNumeric {
      guard let converted = array.literalConverted(to: type.dtype) else {
        let numbers = type.dtype.isInteger ? "whole numbers that fit \(type.dtype)" : "numbers"
        return misfit(
          tensor, type, "dtype", "a literal\(array.words(forMisfitIn: type.dtype))",
          "write \(numbers)\(declaration(of: tensor, as: array.dtype))")
      }
      array = converted
    }
    if array.dtype != type.dtype {
      return misfit(
        tensor, type, "dtype", array.type.description,
        "give it elements of \(type.dtype)\(declaration(of: tensor, as: array.dtype))")
    }
    let fits =
      array.rank == type.rank && zip(array.shape, type.shape.dims).allSatisfy { ($1.value ?? $0) == $0 }
    if !fits {
      let open = type.isStatic ? "" : ", where ?… is any extent"
      return misfit(
        tensor, type, "shape", array.type.description, "give it the shape \(type.shape)\(open)")
    }
    return .success(array)
  }

  /// `, or declare the placeholder as f64`, for what has a declaration.
  private func declaration(of tensor: Tensor, as dtype: DType) -> String {
    switch tensor.graph.withState({ $0.builder.node(tensor.value).op }) {
    case .parameter: ", or declare the placeholder as \(dtype)"
    case .variable: ", or declare the variable as \(dtype)"
    default: ""
    }
  }

  private func misfit(
    _ tensor: Tensor, _ type: TensorType, _ code: String, _ array: String, _ advice: String
  ) -> Result<NDArray, Diagnostic> {
    let origin = tensor.origin
    let (prefix, verb) = self == .feed ? ("feed", "is fed with") : ("set", "is set to")
    return .failure(
      Diagnostic(
        .run, code: "\(prefix).\(code)", "\(tensor.phrase) is \(type) and \(verb) \(array); \(advice)",
        at: origin.location, scope: origin.scope))
  }
}

extension NDArray {
  /// ` whose element 0.5 is no i32`, for the first element of a literal that a type cannot hold.
  fileprivate func words(forMisfitIn type: DType) -> String {
    guard let index = (0..<count).first(where: { NDArray.scalar(number(at: $0), type) == nil }) else {
      return ""
    }
    let text = dtype.isInteger ? ints[index].description : floats[index].description
    return " whose element \(text) is no \(type)"
  }
}
