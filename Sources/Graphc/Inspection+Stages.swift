// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphCPU
import GraphIR
import GraphKernels
import GraphTransforms
import Synchronization

extension Inspection {
  /// The program at a stage.
  ///
  /// - Throws: `Diagnostic` of kind `run` for options that do not fit the program or the stage, and for a stage that
  ///   needs numbers while symbols are open; of kind `bug` for a fault of the compiler.
  public func text(of stage: Stage, options: Options = Options()) throws -> String {
    if !stage.formats.contains(options.format) {
      let formats = stage.formats.map(\.rawValue).joined(separator: ", ")
      throw Diagnostic(
        .run, code: "dump.format",
        "the stage '\(stage.rawValue)' is shown as \(formats), not as \(options.format.rawValue)")
    }
    if options.lastPass != nil && stage != .optimized {
      throw Diagnostic(
        .run, code: "dump.pass", "a last pass belongs to the stage 'optimized', not to '\(stage.rawValue)'")
    }
    switch stage {
    case .graph: return Inspection.text(of: module, as: options.format)
    case .gradients:
      return Inspection.text(of: try Pass.gradients.run(numbered(for: stage)), as: options.format)
    case .optimized:
      let module = try optimized(numbered(for: stage), through: options.lastPass)
      return Inspection.text(of: module, as: options.format)
    case .kernels:
      return try KernelListing(plan(for: stage), options).text { _, kernel in kernel.description + "\n" }
    case .plan: return PlanText(try plan(for: stage), module).text
    case .llvm, .assembly:
      let backend = try CPUBackend(cpu: options.cpu)
      let form: CodeForm = stage == .llvm ? .llvm : .assembly
      let listing = try KernelListing(plan(for: stage), options)
      return try listing.text(comment: stage == .llvm ? ";" : "#") { _, kernel in
        try backend.text(of: kernel, as: form)
      }
    }
  }

  private static func text(of module: Module, as format: Format) -> String {
    switch format {
    case .text: ModulePrinter(module).text
    case .dot: module.dot
    case .json: module.json
    }
  }

  /// The processor that code is made for on this machine, in words.
  public static func hostTarget() throws -> String { try CPUBackend().target }

  // MARK: Passes

  /// The passes in order; a name that comes again has a number behind it, `fold-constants:2`.
  public static var passNames: [String] {
    var counts: [String: Int] = [:]
    return Pipeline.standard.passes.map { pass in
      let count = counts[pass.name, default: 0] + 1
      counts[pass.name] = count
      return count == 1 ? pass.name : "\(pass.name):\(count)"
    }
  }

  private func optimized(_ module: Module, through lastPass: String? = nil) throws -> Module {
    var pipeline = Pipeline.standard
    if let lastPass {
      let names = Inspection.passNames
      guard let last = names.firstIndex(of: lastPass) else {
        let nearest = Spelling.nearest(to: lastPass, among: names).map { "; did you mean '\($0)'?" } ?? ""
        throw Diagnostic(
          .run, code: "dump.pass",
          "there is no pass '\(lastPass)'; there are \(names.joined(separator: ", "))\(nearest)")
      }
      pipeline.passes = Array(pipeline.passes[...last])
    }
    return try pipeline.run(module, options: PipelineOptions(verify: true))
  }

  /// What each pass did and the time that it took, a line each.
  public func passReport() throws -> String {
    let logs = Mutex<[PassLog]>([])
    let options = PipelineOptions(log: { log in logs.withLock { $0.append(log) } })
    _ = try Pipeline.standard.run(numbered(for: .optimized), options: options)
    let rows = zip(Inspection.passNames, logs.withLock { $0 }).map { name, log in
      [
        name, milliseconds(log.duration), "\(log.before.nodes.count) → \(log.after.nodes.count) nodes",
        log.isUnchanged ? "unchanged" : "",
      ]
    }
    return TextTable(rows, rightAligned: [1]).text
  }

  /// Which values share kernels, what that saves, and why the others do not.
  ///
  /// - Throws: `Diagnostic`, as `text(of: .plan)`.
  public func fusionReport() throws -> String {
    try FusionReport(optimized(numbered(for: .plan))).text
  }

  private func milliseconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    let fraction = String(microseconds % 1000)
    return "\(microseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction + " ms"
  }

  private func plan(for stage: Stage) throws -> Plan {
    try Lowering.plan(for: try optimized(numbered(for: stage)))
  }
}

/// The kernels of a plan, all or one, each under a line that says what it computes.
private struct KernelListing {
  let plan: Plan
  /// The numbers of the kernels to show.
  private var shown: [Int]
  private let showsAll: Bool
  private let placedSteps: [(path: String, step: Plan.Step)]

  init(_ plan: Plan, _ options: Inspection.Options) throws {
    self.plan = plan
    placedSteps = plan.placedSteps
    shown = Array(plan.kernels.indices)
    showsAll = options.kernel == nil
    guard let wanted = options.kernel else { return }
    if let number = Int(wanted) {
      shown = shown.filter { $0 == number }
    } else {
      shown = shown.filter { number in labels(of: number).contains { $0.contains(wanted) } }
    }
    if shown.isEmpty {
      let count = plan.kernels.count
      let list =
        count == 0
        ? "it has none"
        : "it has \(count): "
          + plan.kernels.indices.prefix(16).map { "\($0) (\(labels(of: $0)[0]))" }
          .joined(separator: ", ") + (count > 16 ? ", …" : "")
      throw Diagnostic(.run, code: "dump.kernel", "the program has no kernel '\(wanted)'; \(list)")
    }
  }

  private func labels(of kernel: Int) -> [String] {
    var labels: [String] = []
    for case .kernel(let step) in plan.allSteps
    where step.kernel == kernel && !labels.contains(step.label) {
      labels.append(step.label)
    }
    return labels.isEmpty ? ["unused"] : labels
  }

  private func steps(of kernel: Int) -> [String] {
    placedSteps.filter { placed in
      if case .kernel(let step) = placed.step { step.kernel == kernel } else { false }
    }.map(\.path)
  }

  func text(comment: String = "//", _ body: (Int, Kernel) throws -> String) rethrows -> String {
    var parts: [String] = []
    for number in shown {
      let steps = steps(of: number)
      let noun = steps.count == 1 ? "step" : "steps"
      let list = steps.joined(separator: ", ")
      let label = labels(of: number).joined(separator: "; ")
      parts.append(
        "\(comment) kernel \(number), \(noun) \(list): \(label)\n" + (try body(number, plan.kernels[number])))
    }
    if showsAll {
      let calls = placedSteps.compactMap { path, step in
        PlanText.libraryCall(step).map { "\(comment) step \(path): \($0)\n" }
      }
      if !calls.isEmpty { parts.append(calls.joined()) }
    }
    if parts.isEmpty { return "\(comment) no kernels\n" }
    return parts.joined(separator: "\n")
  }
}
