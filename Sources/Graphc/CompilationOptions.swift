// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphTransforms
import Synchronization

/// How a session makes code of programs.
///
///     let session = try Session(graph, options: CompilationOptions(strictOrder: true))
public struct CompilationOptions: Sendable {
  /// Keeps every operation and every sum as the program has them, so that machine code gives the bits that the
  /// interpreter gives, sums of products apart. Otherwise a short list of rewrites may round differently, no worse but
  /// for a rounding or two, and better where an expression overflows or cancels; `graphc rules` lists them.
  public var strictOrder: Bool
  /// Gathers the constants of sums and of products, `(x + 1) + 2 = x + 3`, though floating-point results may move by more
  /// than a rounding.
  public var reassociates: Bool
  /// Holds the program against the specification behind every pass, and fails with the name of the pass that broke it.
  public var verifiesPasses: Bool
  /// Has the interpreter evaluate the program before and behind every pass, with made-up numbers, and fails with the
  /// name of the rewrite that changed a value. Slow: for programs of a few thousand elements.
  public var checksPasses: Bool
  /// Called behind each pass.
  public var report: (@Sendable (PassReport) -> Void)?

  public init(
    strictOrder: Bool = false, reassociates: Bool = false, verifiesPasses: Bool = false,
    checksPasses: Bool = false, report: (@Sendable (PassReport) -> Void)? = nil
  ) {
    self.strictOrder = strictOrder
    self.reassociates = reassociates
    self.verifiesPasses = verifiesPasses
    self.checksPasses = checksPasses
    self.report = report
  }

  var pipeline: Pipeline {
    .standard(RewriteOptions(strictOrder: strictOrder, reassociates: reassociates))
  }

  /// The passes in order; one that comes again has a number behind its name, `simplify-control:2`.
  public var passNames: [String] { pipeline.passNames }

  /// - Parameter names: of the pipeline's passes.
  func pipelineOptions(for module: Module, names: [String]) -> PipelineOptions {
    var options = PipelineOptions(verify: verifiesPasses)
    if checksPasses { options.semanticCheck = SemanticCheck(madeUpFor: module) }
    if let report {
      let numbering = PassNumbering(names)
      options.log = { report(PassReport($0, name: numbering.next())) }
    }
    return options
  }

  /// The module behind all passes.
  func optimized(_ module: Module) throws -> Module {
    let pipeline = self.pipeline
    return try pipeline.run(module, options: pipelineOptions(for: module, names: pipeline.passNames))
  }
}

/// What a pass of the optimizer did.
public struct PassReport: Sendable {
  /// The pass; one that comes again has a number behind its name, `simplify-control:2`.
  public let pass: String
  public let duration: Duration
  public let nodeCountBefore: Int
  public let nodeCount: Int
  public let isUnchanged: Bool
  /// How often each rewrite rule was applied that was.
  public let rules: [(rule: String, count: Int)]
  private let log: PassLog

  init(_ log: PassLog, name: String) {
    self.log = log
    pass = name
    duration = log.duration
    nodeCountBefore = log.before.nodes.count
    nodeCount = log.after.nodes.count
    isUnchanged = log.isUnchanged
    rules = log.firings
  }

  /// The program behind the pass, or `(unchanged)`.
  public var text: String { log.text }
}

/// Gives the passes of one run of a pipeline their names, in order; where they go over a program again, with the round.
private final class PassNumbering: Sendable {
  private let names: [String]
  private let position = Mutex(0)

  init(_ names: [String]) { self.names = names }

  func next() -> String {
    position.withLock { position in
      defer { position += 1 }
      if position < names.count || names.isEmpty { return names.isEmpty ? "pass" : names[position] }
      return "\(names[position % names.count]), round \(position / names.count + 1)"
    }
  }
}

extension Pipeline {
  /// The passes in order; a name that comes again has a number behind it, `simplify-control:2`.
  var passNames: [String] {
    var counts: [String: Int] = [:]
    return passes.map { pass in
      let count = counts[pass.name, default: 0] + 1
      counts[pass.name] = count
      return count == 1 ? pass.name : "\(pass.name):\(count)"
    }
  }
}
