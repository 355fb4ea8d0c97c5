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
      let module = try optimized(numbered(for: stage), options)
      return Inspection.text(of: module, as: options.format)
    case .kernels:
      return try KernelListing(plan(for: stage, options), options).text { _, kernel in
        kernel.description + "\n"
      }
    case .plan: return PlanText(try plan(for: stage, options), module).text
    case .llvm, .assembly:
      let backend = try CPUBackend(cpu: options.cpu)
      let form: CodeForm = stage == .llvm ? .llvm : .assembly
      let listing = try KernelListing(plan(for: stage, options), options)
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

  /// The passes in order; a name that comes again has a number behind it, `simplify-control:2`.
  public static var passNames: [String] { CompilationOptions().pipeline.passNames }

  private func optimized(_ module: Module, _ options: Options) throws -> Module {
    var pipeline = options.compilation.pipeline
    if let lastPass = options.lastPass {
      let names = pipeline.passNames
      guard let last = names.firstIndex(of: lastPass) else {
        let nearest = Spelling.nearest(to: lastPass, among: names).map { "; did you mean '\($0)'?" } ?? ""
        throw Diagnostic(
          .run, code: "dump.pass",
          "there is no pass '\(lastPass)'; there are \(names.joined(separator: ", "))\(nearest)")
      }
      pipeline.passes = Array(pipeline.passes[...last])
      pipeline.repeats = false
    }
    var compilation = options.compilation
    compilation.verifiesPasses = true
    return try pipeline.run(
      module, options: compilation.pipelineOptions(for: module, names: pipeline.passNames))
  }

  /// What each pass did.
  public func passReports(_ compilation: CompilationOptions = CompilationOptions()) throws -> [PassReport] {
    let reports = Mutex<[PassReport]>([])
    var compilation = compilation
    compilation.report = { report in reports.withLock { $0.append(report) } }
    _ = try compilation.optimized(numbered(for: .optimized))
    return reports.withLock { $0 }
  }

  /// What each pass did and the time that it took, a line each.
  public func passReport(_ compilation: CompilationOptions = CompilationOptions()) throws -> String {
    let rows = try passReports(compilation).map { report in
      [
        report.pass, milliseconds(report.duration), "\(report.nodeCountBefore) → \(report.nodeCount) nodes",
        report.isUnchanged ? "unchanged" : "",
      ]
    }
    return TextTable(rows, rightAligned: [1]).text
  }

  /// How often each rewrite rule was applied, pass by pass.
  public func ruleReport(_ compilation: CompilationOptions = CompilationOptions()) throws -> String {
    let rows = try passReports(compilation).flatMap { report in
      report.rules.map { [report.pass, "\($0.count) ×", $0.rule] }
    }
    return rows.isEmpty ? "no rule was applied\n" : TextTable(rows, rightAligned: [1]).text
  }

  /// The program behind some passes, or all for nil, each under a line with the pass's name; `(unchanged)` where it is.
  public func passTexts(
    _ passes: [String]?, _ compilation: CompilationOptions = CompilationOptions()
  ) throws -> String {
    try passReports(compilation).filter { passes?.contains($0.pass) ?? true }
      .map { "// behind \($0.pass)\n\($0.text)" }.joined()
  }

  /// Which values share kernels, what that saves, and why the others do not.
  ///
  /// - Throws: `Diagnostic`, as `text(of: .plan)`.
  public func fusionReport(_ options: Options = Options()) throws -> String {
    try FusionReport(optimized(numbered(for: .plan), options)).text
  }

  /// What making the machine code of each kernel takes on this machine, one after the other, a line each.
  public func kernelReport(_ options: Options = Options()) throws -> String {
    let plan = try plan(for: .plan, options)
    let backend = try CPUBackend()
    let labels = plan.kernelLabels
    let clock = ContinuousClock()
    let rows = try plan.kernels.indices.map { number in
      let duration = try clock.measure { _ = try backend.compile([plan.kernels[number]]) }
      return ["kernel \(number)", milliseconds(duration), labels[number] ?? ""]
    }
    return TextTable(rows, rightAligned: [1]).text
  }

  private func milliseconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    let fraction = String(microseconds % 1000)
    return "\(microseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction + " ms"
  }

  private func plan(for stage: Stage, _ options: Options) throws -> Plan {
    try Lowering.plan(for: try optimized(numbered(for: stage), options))
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
