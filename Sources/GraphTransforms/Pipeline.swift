// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The passes that a module goes through before kernels are made, in order.
public struct Pipeline: Sendable {
  public var passes: [Pass]
  /// Whether the passes go over a program with regions again while that changes it: what a branch or a loop leaves where
  /// it stood is simplified with what is around it, and the other way round.
  public var repeats: Bool

  /// Rounds of passes over one program; more than two are rare.
  private static let mostRounds = 6

  public init(_ passes: [Pass], repeats: Bool = false) {
    self.passes = passes
    self.repeats = repeats
  }

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
      ], repeats: true)
  }

  /// What kernels cannot be made without.
  public static let unoptimized = Pipeline([.gradients, .layOutDots])

  /// Runs every pass; those that repeat until nothing changes, where there are regions.
  ///
  /// - Parameter module: static; what a program extracts, with bound shapes.
  public func run(_ module: Module, options: PipelineOptions = PipelineOptions()) throws -> Module {
    try DeepStack.run(levels: module.regionDepth) {
      var result = try passes.reduce(module) { module, pass in try options.run(pass, on: module) }
      guard repeats, module.regionDepth > 0 else { return result }
      for _ in 1..<Pipeline.mostRounds {
        let next = try passes.reduce(result) { module, pass in try options.run(pass, on: module) }
        if next.hasSameNodes(as: result) { break }
        result = next
      }
      return result
    }
  }
}
