// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// What a session did: the first thing to read when it is slower than expected.
public struct SessionReport: Sendable, CustomStringConvertible {
  /// One compilation and why the cache did not serve it.
  public struct Compilation: Sendable {
    /// What is new, against the most similar executable.
    public let reason: String
    public let nodeCount: Int
    public let stepCount: Int
    public let kernelCount: Int
    /// Kernels that were not in the process's code cache.
    public let newKernelCount: Int
    /// Bytes of temporaries.
    public let arenaByteCount: Int
    /// Seconds for passes and the plan.
    public let planSeconds: Double
    /// Seconds for machine code.
    public let codeSeconds: Double

    public var seconds: Double { planSeconds + codeSeconds }
  }

  public internal(set) var runCount = 0
  public internal(set) var cacheHits = 0
  public internal(set) var compilations: [Compilation] = []
  /// Variables that were given their initial value.
  public internal(set) var initializedVariableCount = 0

  public var compileSeconds: Double { compilations.reduce(0) { $0 + $1.seconds } }

  public var description: String {
    var text = "\(counted(runCount, "run")), \(cacheHits) served by the cache, "
    text += "\(counted(compilations.count, "compilation")) (\(milliseconds(compileSeconds))), "
    text += "\(counted(initializedVariableCount, "variable")) initialized"
    for compilation in compilations {
      let counts = [
        counted(compilation.nodeCount, "node"), counted(compilation.stepCount, "step"),
        "\(counted(compilation.kernelCount, "kernel")) (\(compilation.newKernelCount) new)",
        "arena \(counted(compilation.arenaByteCount, "byte"))",
        "plan \(milliseconds(compilation.planSeconds))", "code \(milliseconds(compilation.codeSeconds))",
      ]
      text += "\n  \(compilation.reason): \(counts.joined(separator: ", "))"
    }
    return text
  }

  private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  private func milliseconds(_ seconds: Double) -> String {
    let tenths = Int((seconds * 10_000).rounded())
    return "\(tenths / 10).\(tenths % 10) ms"
  }
}
