// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// The routines of this backend on whole arrays, by op.
enum HostRoutines {
  static func routine(for call: HostCall) throws -> HostRoutine {
    switch call.op {
    case .scatter(let rule): return try Scatter.routine(rule, call)
    case .cumulative(let rule): return try AccumulationRoutines.cumulative(rule, call)
    case .linearRecurrence(let rule): return try AccumulationRoutines.linearRecurrence(rule, call)
    case .sort(let rule): return try SortingRoutines.sort(rule, call)
    case .searchSorted(let rule): return try SortingRoutines.search(rule, call)
    case .cholesky(let rule): return try FactorizationRoutines.cholesky(rule, call)
    case .lu: return try FactorizationRoutines.lu(call)
    case .qr(let rule): return try FactorizationRoutines.qr(rule, call)
    case .triangularSolve(let rule): return try EquationRoutines.triangularSolve(rule, call)
    case .solve(let rule): return try EquationRoutines.solve(rule, call)
    case .svd(let rule): return try SpectralRoutines.svd(rule, call)
    case .eigh: return try SpectralRoutines.eigh(call)
    default: throw unsupported(call)
    }
  }

  /// What is wrong with a call of an op, or of element types, that there is no routine for.
  static func unsupported(_ call: HostCall) -> Diagnostic {
    let types = call.operandTypes.map(\.description).joined(separator: ", ")
    return Diagnostic(.bug, code: "cpu.host", "there is no routine for \(call.op.mnemonic) of \(types)")
  }
}
