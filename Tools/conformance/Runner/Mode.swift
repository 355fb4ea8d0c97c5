// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// A way to evaluate a graph. All of them must give the expected values, and the same ones.
public enum Mode: String, CaseIterable, Sendable {
  /// The reference, node by node.
  case interpreter
  /// Machine code for the graph as it is: nothing is simplified, nothing shares a kernel.
  case nativeUnoptimized = "native-unoptimized"
  case native
  case nativeTwoThreads = "native-2-threads"

  func session(of graph: Graph) throws -> Session {
    switch self {
    case .interpreter: try Session(graph, engine: .interpreter)
    case .nativeUnoptimized: try Session(graph, seed: 0, threads: 1, engine: .native, optimizes: false)
    // The modes are held against one another bit for bit.
    case .native: try Session(graph, threads: 1, options: CompilationOptions(strictOrder: true))
    case .nativeTwoThreads: try Session(graph, threads: 2, options: CompilationOptions(strictOrder: true))
    }
  }
}
