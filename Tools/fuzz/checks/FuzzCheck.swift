// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphCPU
import GraphIR
import GraphKernels
import GraphRuntime
import GraphTransforms
import Synchronization

/// What is held against what, on random input.
public enum FuzzCheck: String, CaseIterable, Sendable {
  /// Mutated program texts are read or refused, in bounded time; what is read verifies and prints as it was read.
  case parser
  /// The passes change no bit of what the interpreter gives, gradients among it, and would change no more of what they
  /// leave.
  case optimizer
  /// Machine code gives what the interpreter gives, gradients among it, optimized or not, on one thread or two.
  case native
}

/// A fault, and the smallest program found that shows it.
public struct FuzzFailure: Error, Sendable, CustomStringConvertible {
  public let check: FuzzCheck
  public let seed: Int
  public let message: String
  /// In the language of `.gir` files.
  public let program: String

  public var description: String { "\(check.rawValue), seed \(seed): \(message)\n\(program)" }
}

extension FuzzCheck {
  /// - Throws: `FuzzFailure` when something does not hold.
  public func run(seed: Int) throws(FuzzFailure) {
    switch self {
    case .parser: try checkText(seed)
    case .optimizer, .native: try checkProgram(seed)
    }
  }

  /// Does together what several seeds need: the kernels of many programs go into one module of machine code.
  ///
  /// A seed that fails here fails again, and says why, when it is run.
  public func prepare(seeds: Range<Int>) {
    guard self == .native else { return }
    let modules = seeds.flatMap { seed -> [Module] in
      guard let sample = try? FuzzCheck.sample(seed: seed) else { return [] }
      return FuzzCheck.variants(of: sample.module).compactMap { try? $0.module.get() }
    }
    try? Native.prepare(modules)
  }

  // MARK: Texts

  private func checkText(_ seed: Int) throws(FuzzFailure) {
    let text = TextMutation.text(seed: seed)
    // A refusal is as good as a program.
    guard let module = try? ModuleParser.parse(text) else { return }
    let flaw: String?
    do {
      try Verifier.verify(module)
      let printed = module.canonicalText
      let again = try ModuleParser.parse(printed).canonicalText
      flaw = again == printed ? nil : "what is printed reads back as another program"
    } catch {
      flaw = "a program that was read is invalid: \(error)"
    }
    if let flaw { throw FuzzFailure(check: self, seed: seed, message: flaw, program: text) }
  }

  // MARK: Programs

  /// The random program of a seed, with its gradients expanded.
  public static func sample(seed: Int) throws -> Sample {
    let random = try RandomModule.make(
      seed: seed, nodeCount: 6 + seed % 25, hasGradients: seed % 3 != 0,
      flavour: seed % 2 == 0 ? .tame : .wild
    )
    return Sample(
      try Autodiff.expandGradients(random.module), parameters: random.parameters, variables: random.variables)
  }

  private func checkProgram(_ seed: Int) throws(FuzzFailure) {
    let sample: Sample
    do {
      sample = try FuzzCheck.sample(seed: seed)
    } catch {
      throw FuzzFailure(check: self, seed: seed, message: "no program: \(error)", program: "")
    }
    guard let difference = difference(sample) else { return }
    let least = Shrinker.shrink(sample) { self.difference($0) != nil }
    throw FuzzFailure(
      check: self, seed: seed, message: self.difference(least) ?? difference,
      program: least.module.description + least.inputs)
  }

  /// In what two ways of computing a program differ; nil when they agree.
  private func difference(_ sample: Sample) -> String? {
    do {
      let expected = Result { try Interpreter.run(sample.module, sample) }
      switch self {
      case .parser: return nil
      case .optimizer:
        for (name, choices) in FuzzCheck.choices {
          let pipeline = Pipeline.standard(choices)
          let optimized = try pipeline.run(sample.module, options: PipelineOptions(verify: true))
          if choices.strictOrder {
            let given = Result { try Interpreter.run(optimized, sample) }
            if let difference = Outcomes.difference(expected, given, products: nil) { return difference }
          }
          if try !pipeline.run(optimized).hasSameNodes(as: optimized) {
            return "\(name): what the passes leave they would not leave again"
          }
        }
        return nil
      case .native:
        let products = sample.module.productPrecision
        for (name, variant) in FuzzCheck.variants(of: sample.module) {
          let module = try variant.get()
          var first: Result<Interpreter.Outcome, any Error>?
          for (threads, pool) in [(1, nil), (2, FuzzCheck.pool)] {
            let given = Result { try Native.run(module, sample, pool: pool) }
            if let difference = Outcomes.difference(expected, given, products: products) {
              return "\(name), \(threads) threads: \(difference)"
            }
            if let first, let difference = Outcomes.difference(first, given, products: nil) {
              return "\(name), 1 and 2 threads: \(difference)"
            }
            first = given
          }
        }
        return nil
      }
    } catch {
      return "\(error)"
    }
  }

  /// Rules that round are not held against bits, only made to come to rest.
  private static let choices = [
    ("strict", RewriteOptions(strictOrder: true)), ("rounding", RewriteOptions()),
    ("reassociating", RewriteOptions(reassociates: true)),
  ]

  /// The programs that machine code is made of: optimized, and with nothing done but what lowering needs.
  private static func variants(
    of module: Module
  ) -> [(name: String, module: Result<Module, any Error>)] {
    let strict = Pipeline.standard(RewriteOptions(strictOrder: true))
    return [
      ("native", Result { try strict.run(module, options: PipelineOptions(verify: true)) }),
      (
        "native, unoptimized",
        Result { try Pipeline([.canonicalizeDots(RewriteOptions(strictOrder: true))]).run(module) }
      ),
    ]
  }

  private static let pool = ThreadPool(threadCount: 2)
}

extension Module {
  /// The relative precision of the coarsest products and factorizations of floating-point matrices, whose sums have no
  /// fixed order, in the program and its regions; nil where there are none.
  fileprivate var productPrecision: Double? {
    nodes.compactMap { node -> Double? in
      switch node.op {
      case .dot where !node.types[0].dtype.isFloatingPoint: nil
      case .dot, .lu, .cholesky, .triangularSolve, .solve, .qr, .svd, .eigh:
        node.types[0].dtype == .float64 ? .ulpOfOne : Double(Float.ulpOfOne)
      default: node.op.regions.compactMap(\.module.productPrecision).max()
      }
    }.max()
  }
}

extension Interpreter {
  fileprivate static func run(_ module: Module, _ sample: Sample) throws -> Outcome {
    try run(module, parameters: sample.parameters, variables: sample.variables)
  }
}

extension Sample {
  /// The inputs, as comments behind the program's text.
  fileprivate var inputs: String {
    let parameters = zip(module.parameters, parameters).map { "// %\($0.name) = \($1)\n" }
    let variables = zip(module.variables, variables).map { "// @\($0.name) = \($1)\n" }
    return (parameters + variables).joined()
  }
}

/// Programs in machine code.
private enum Native {
  private static let cache = Result { KernelCache(backend: try CPUBackend()) }

  static func prepare(_ modules: [Module]) throws {
    try cache.get().prepare(modules.flatMap { try Lowering.plan(for: $0).kernels })
  }

  static func run(_ module: Module, _ sample: Sample, pool: ThreadPool?) throws -> Interpreter.Outcome {
    let executable = try Executable(plan: Lowering.plan(for: module), kernels: cache.get())
    let outcome = try executable.run(parameters: sample.parameters, variables: sample.variables, pool: pool)
    return Interpreter.Outcome(
      results: outcome.results,
      updates: Dictionary(
        zip(module.updates.map(\.variable), outcome.updates), uniquingKeysWith: { $1 }))
  }
}
