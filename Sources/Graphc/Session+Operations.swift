// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Session {
  /// The mnemonics of what the interpreter would carry out for a run, gradients expanded, those within regions too.
  package func operationNames(
    _ fetches: [Tensor], feeding feeds: [Tensor: NDArray] = [:]
  ) throws -> Set<String> {
    let module = try extraction(fetches, targets: [], feeding: feeds).boundModule()
    return try Compiler.expanded(module).operationNames
  }
}

extension Module {
  fileprivate var operationNames: Set<String> {
    nodes.reduce(into: []) { names, node in
      names.insert(node.op.mnemonic)
      for region in node.op.regions { names.formUnion(region.module.operationNames) }
    }
  }
}
