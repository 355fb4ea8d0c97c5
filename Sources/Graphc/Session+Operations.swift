// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Session {
  /// The mnemonics of what the interpreter would carry out for a run, gradients expanded.
  package func operationNames(
    _ fetches: [Tensor], feeding feeds: [Tensor: NDArray] = [:]
  ) throws -> Set<String> {
    let module = try extraction(fetches, targets: [], feeding: feeds).boundModule()
    return Set(try Compiler.expanded(module).nodes.map(\.op.mnemonic))
  }
}
