// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What a session asks a valid tensor.
extension Tensor {
  var type: TensorType { graph.withState { $0.type(of: value) } }

  var origin: Origin {
    graph.withState { state in value.poisonIndex == nil ? state.builder.node(value).origin : .unknown }
  }

  /// In the words of a diagnostic: `placeholder "x"`.
  var phrase: String {
    graph.withState { state in value.poisonIndex == nil ? state.describe(value) : "an invalid expression" }
  }
}
