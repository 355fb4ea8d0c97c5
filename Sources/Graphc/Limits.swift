// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc
import GraphIR
import GraphKernels

/// What keeps a sound program from running on a machine.
enum Limits {
  /// Bytes that no machine can address.
  static let address = 1 << 47

  /// Bytes of this machine's memory.
  static let memory = max(sysconf(Int32(_SC_PHYS_PAGES)), 1) * max(sysconf(Int32(_SC_PAGESIZE)), 1)

  /// Demands that the values of a bound module have addresses, and, where all of them are kept, that they fit into
  /// this machine's memory together.
  ///
  /// - Throws: `Diagnostic` of kind `run`.
  static func check(_ module: Module, keepsAll: Bool) throws {
    var total = 0
    for node in module.nodes {
      for region in node.op.regions { try check(region.module, keepsAll: false) }
      for type in node.types {
        let bytes = type.byteCount ?? 0
        if bytes > address {
          throw Diagnostic(
            .run, code: "run.size",
            "\(node.op.mnemonic): \(type) is too large for the memory of any machine",
            at: node.origin.location, scope: node.origin.scope)
        }
        total += bytes
      }
    }
    if keepsAll { try check(byteCount: total) }
  }

  /// Demands that a plan's variables, results and temporaries fit into this machine's memory.
  static func check(_ plan: Plan) throws {
    let variables = plan.variables.reduce(0) { $0 + ($1.type.byteCount ?? 0) }
    try check(byteCount: plan.outputs.reduce(variables + plan.arenaByteCount, +))
  }

  private static func check(byteCount: Int) throws {
    if byteCount <= memory { return }
    throw Diagnostic(
      .run, code: "run.memory",
      "the run needs \(byteCount >> 20) MiB of memory, this machine has \(memory >> 20) MiB; use smaller batches"
    )
  }
}
