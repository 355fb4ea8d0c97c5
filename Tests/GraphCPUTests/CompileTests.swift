// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR
import GraphKernels
import Testing

@testable import GraphCPU

/// Compiling as such: several threads, the lifetime of code, and LLVM's failures.
struct CompileTests {
  /// Adds a constant that tells kernels apart.
  private static func kernel(adding term: Int32) -> Kernel {
    .pointwise(
      [.int32], .int32, count: 5,
      [
        KernelInstruction(.constant(term.bits), .int32),
        KernelInstruction(.function(.add), .int32, [0, 1]),
      ])
  }

  private static func result(of number: Int, in compiled: any CompiledKernels) -> [UInt64] {
    run(number, of: compiled, kernel(adding: 0), on: [[1, 2, 3, 4, 5], [0, 0, 0, 0, 0]]).buffers[1]
  }

  @Test func severalThreadsCompileAtOnce() async throws {
    let backend = try Backends.host.get()
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<8 {
        group.addTask {
          let terms = (0..<3).map { Int32(100 * task + $0) }
          let compiled = try backend.compile(terms.map(Self.kernel))
          return terms.indices.allSatisfy { number in
            Self.result(of: number, in: compiled) == (1...5).map { UInt64(Int32($0) + terms[number]) }
          }
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  /// Code made after other code was freed, in an order of its own, still runs.
  @Test func codeIsFreedWithItsOwner() throws {
    let backend = try Backends.host.get()
    var kept: [(Int32, any CompiledKernels)] = []
    for term in 0..<30 as Range<Int32> {
      kept.append((term, try backend.compile([Self.kernel(adding: term)])))
      if term % 3 == 2 { kept.remove(at: kept.count / 2) }
    }
    for (term, compiled) in kept {
      #expect(Self.result(of: 0, in: compiled) == (1...5).map { UInt64(Int32($0) + term) })
    }
    #expect(try backend.compile([]).functions.isEmpty)
  }

  /// Code outlives the backend that made it.
  @Test func codeKeepsItsLinker() throws {
    let compiled = try CPUBackend().compile([Self.kernel(adding: 7)])
    #expect(Self.result(of: 0, in: compiled) == [8, 9, 10, 11, 12])
  }

  @Test func targetsDiffer() throws {
    let targets = try processorLevels.map { try CPUBackend(cpu: $0).target }
    #expect(Set(targets).count == targets.count)
    #expect(try CPUBackend().target == Backends.host.get().target)
  }

  /// LLVM ends the process where it cannot go on, but not without saying what it was doing.
  @Test func fatalErrorsNameTheKernel() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let impossible = Target(
        triple: Target.host.triple, cpu: "i386", features: "", vectorBits: 128, isRunnable: false)
      let unit = try CompilationUnit(MachinePool(impossible))
      try unit.emit(
        .pointwise([.float32], .float32, count: 4, [KernelInstruction(.function(.sqrt), .float32, [0])]),
        name: "kernel")
      _ = try unit.emitCode(LLVMObjectFile)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("v1 = sqrt v0 : f32"), "\(text)")
    #expect(text.contains("define i32 @kernel("), "\(text)")
  }
}
