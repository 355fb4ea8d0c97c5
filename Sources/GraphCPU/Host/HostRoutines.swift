// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// The routines of this backend on whole arrays, by op.
enum HostRoutines {
  static func routine(for call: HostCall) throws -> HostRoutine {
    switch call.op {
    default:
      throw Diagnostic(.bug, code: "cpu.host", "there is no routine for \(call.op.mnemonic)")
    }
  }
}
