// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The passes that a module goes through before kernels are made, in order.
public struct Pipeline: Sendable {
  public var passes: [Pass]

  public init(_ passes: [Pass]) { self.passes = passes }

  public static let standard = standard(RewriteOptions())

  public static func standard(_ options: RewriteOptions) -> Pipeline {
    Pipeline(
      (options.strictOrder ? [] : [.stabilize]) + [
        .gradients,
        .mergeLoops,
        .simplify(options),
        .simplifyControl,
        .foldConstants(options),
        .simplifyControl,
        .canonicalizeDots(options),
        .pushReshapes(options),
      ])
  }

  /// What kernels cannot be made without.
  public static let unoptimized = Pipeline([.gradients, .layOutDots])

  /// Runs every pass.
  ///
  /// - Parameter module: static; what a program extracts, with bound shapes.
  public func run(_ module: Module, options: PipelineOptions = PipelineOptions()) throws -> Module {
    try DeepStack.run(levels: module.regionDepth) {
      try passes.reduce(module) { module, pass in try options.run(pass, on: module) }
    }
  }
}
