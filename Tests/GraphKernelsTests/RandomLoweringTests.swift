// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

@testable import GraphKernels

@Suite struct RandomLoweringTests {
  @Test(arguments: 0..<40) func randomPrograms(_ batch: Int) throws {
    for seed in batch * 10..<batch * 10 + 10 { try expectSameBits(ModuleCase.random(seed: seed)) }
  }

  /// The programs are worth running: every op occurs, every reason to store a value, and most values fuse.
  @Test func randomProgramsReachEverything() throws {
    let modules = try (0..<600).map { try ModuleCase.random(seed: $0).module }
    let seen = Set(modules.flatMap { $0.nodes.map(\.op.mnemonic) })
    let unseen = Op.roster.map(\.mnemonic).filter { !seen.contains($0) }
    // What is a routine on whole arrays, or has programs within, is no kernel.
    let routines: Set = [
      "cumulative", "linearRecurrence", "sort", "searchSorted", "lu", "cholesky", "triangularSolve", "solve",
      "qr", "svd", "eigh",
    ]
    let control: Set = ["cond", "while", "scan", "call"]
    #expect(unseen.filter { !routines.contains($0) && !control.contains($0) } == ["gradient"])
    let reasons = modules.flatMap { Inlining($0).stored }
    // A long expression is a matter of tests of its own, and so is an overlap-add of quotients; fusion is on.
    let others: Set<Inlining.Reason> = [.long, .bounded, .unfused, .control]
    for reason in Inlining.Reason.allCases where !others.contains(reason) {
      #expect(reasons.contains(reason), "\(reason)")
    }
    #expect(reasons.filter { $0 == nil }.count > reasons.count / 4)
  }
}
