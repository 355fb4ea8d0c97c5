// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Runtime

/// Finds the line of the user's program that is being executed, for diagnostics of operators, which cannot ask for
/// `#line`. Takes milliseconds, so it is done for errors only.
enum UserFrame {
  /// The directory that holds this library's targets, as the debugging information writes it.
  private static let librarySources: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(2).joined(separator: "/") + "/"
  }()

  /// The targets, for paths that an optimized build writes without their beginning: `Sources/Graphc/Tensor.swift`.
  private static let targets = [
    "Graphc", "GraphIR", "GraphAutodiff", "GraphTransforms", "GraphKernels", "GraphCPU", "GraphRuntime",
  ]

  /// The stack as addresses, for a line that may be wanted later; a fraction of a millisecond.
  static func trace() -> Backtrace? { try? Backtrace.capture(limit: 64) }

  static func location() -> SourceLocation? { trace().flatMap { location(in: $0) } }

  /// The innermost frame whose source lies outside this library, inlined frames included; nil without debugging
  /// information.
  static func location(in trace: Backtrace) -> SourceLocation? {
    guard let backtrace = trace.symbolicated() else { return nil }
    for frame in backtrace.frames {
      guard let location = frame.symbol?.sourceLocation, location.line > 0, isUserSource(location.path) else {
        continue
      }
      return SourceLocation(file: location.path, line: location.line)
    }
    return nil
  }

  static func isUserSource(_ path: String) -> Bool {
    if path.contains("<compiler-generated>") || path.contains("/stdlib/public/") { return false }
    if path.hasPrefix("/") { return !path.hasPrefix(librarySources) }
    let parts = path.split(separator: "/")
    return !zip(parts, parts.dropFirst()).contains { $0 == "Sources" && targets.contains(String($1)) }
  }
}
