// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What a session did: the first thing to read when it is slower than expected.
public struct SessionReport: Sendable, CustomStringConvertible {
  /// One compilation and why the cache did not serve it.
  public struct Compilation: Sendable {
    /// What is new, against the most similar executable.
    public let reason: String
    public let nodeCount: Int
    public let stepCount: Int
    public let kernelCount: Int
    /// Kernels for which this process had no code yet.
    public let newKernelCount: Int
    /// Bytes of temporaries.
    public let arenaByteCount: Int
    /// Seconds for passes and the plan.
    public let planSeconds: Double
    /// Seconds for machine code. Kernels are compiled on all processors, so that theirs add up to more.
    public let codeSeconds: Double
    /// The new kernels.
    public internal(set) var kernels: [KernelTime] = []

    public var seconds: Double { planSeconds + codeSeconds }
    /// New kernels whose code an earlier process has kept; see `CodeCache`.
    public var keptKernelCount: Int { kernels.count { $0.isKept } }
  }

  /// What the code of one kernel took.
  public struct KernelTime: Sendable {
    /// The nodes that the kernel computes.
    public let label: String
    public let seconds: Double
    /// Whether the code was loaded and not made.
    public let isKept: Bool
  }

  public internal(set) var runCount = 0
  public internal(set) var cacheHits = 0
  public internal(set) var compilations: [Compilation] = []
  /// Compiled runs that were let go, since there were too many.
  public internal(set) var evictionCount = 0
  /// What makes the program slower than it could be.
  public internal(set) var warnings: [Diagnostic] = []
  /// Variables that were given their initial value.
  public internal(set) var initializedVariableCount = 0

  public var compileSeconds: Double { compilations.reduce(0) { $0 + $1.seconds } }

  public var description: String {
    var text = "\(counted(runCount, "run")), \(cacheHits) served by the cache, "
    text += "\(counted(compilations.count, "compilation")) (\(milliseconds(compileSeconds))), "
    text += "\(counted(initializedVariableCount, "variable")) initialized"
    if evictionCount > 0 { text += ", \(counted(evictionCount, "compiled run")) let go" }
    for warning in warnings { text += "\n\(warning)" }
    for compilation in compilations {
      let counts = [
        counted(compilation.nodeCount, "node"), counted(compilation.stepCount, "step"),
        "\(counted(compilation.kernelCount, "kernel")) (\(news(compilation)))",
        "arena \(counted(compilation.arenaByteCount, "byte"))",
        "plan \(milliseconds(compilation.planSeconds))", "code \(milliseconds(compilation.codeSeconds))",
      ]
      text += "\n  \(compilation.reason): \(counts.joined(separator: ", "))"
      let slow = compilation.kernels.filter { $0.seconds >= SessionReport.slowSeconds }
        .sorted { $0.seconds > $1.seconds }
      if !slow.isEmpty {
        let list = slow.prefix(3).map { "\($0.label) \(milliseconds($0.seconds))" }
        text += "\n    slow to compile: \(list.joined(separator: ", "))\(slow.count > 3 ? ", …" : "")"
      }
    }
    return text
  }

  /// From when on a kernel is named as slow to compile.
  private static let slowSeconds = 0.02

  private func news(_ compilation: Compilation) -> String {
    let kept = compilation.keptKernelCount
    return "\(compilation.newKernelCount) new\(kept > 0 ? ", \(kept) of them from disk" : "")"
  }

  private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  private func milliseconds(_ seconds: Double) -> String {
    let tenths = Int((seconds * 10_000).rounded())
    return "\(tenths / 10).\(tenths % 10) ms"
  }
}
