// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import Testing

@testable import GraphCPU

/// Code as text, and the processors that it is for.
struct TextTests {
  private let kernel = Kernel.pointwise(
    [.float32, .float32], .float32, count: 100,
    [KernelInstruction(.function(.add), .float32, [0, 1])])

  @Test(arguments: [("x86-64", 4), ("x86-64-v3", 8), ("x86-64-v4", 16), ("neoverse-n1", 4)])
  func vectorsHaveTheWidthOfTheProcessor(_ cpu: String, _ lanes: Int) throws {
    let backend = try CPUBackend(cpu: cpu)
    let emitted = try backend.text(of: kernel, as: .llvm)
    #expect(emitted.contains("fadd <\(lanes) x float>"))
    #expect(emitted.contains("define i32 @kernel(ptr"))
    #expect(try backend.text(of: kernel, as: .optimizedLLVM).contains("fadd <\(lanes) x float>"))
  }

  @Test(arguments: [
    ("x86-64", "\taddps\t"), ("x86-64-v3", "%ymm0"), ("x86-64-v4", "%zmm0"), ("neoverse-n1", "fadd\tv"),
  ])
  func assemblyIsThatOfTheProcessor(_ cpu: String, _ instruction: String) throws {
    let text = try CPUBackend(cpu: cpu).text(of: kernel, as: .assembly)
    #expect(text.contains(instruction), "\(text)")
  }

  /// Maxima, sums, positions, divisions, tables and calls, for a machine that no test runs on.
  @Test func everyKindOfStageHasForeignCode() throws {
    let backend = try CPUBackend(cpu: "neoverse-n1")
    let map = AffineMap(strides: [33, 1])
    let load = KernelInstruction(.load(buffer: 0, at: map), .float32)
    let body = [
      load, KernelInstruction(.stageResult(0), .float32), KernelInstruction(.function(.sin), .float32, [0]),
      KernelInstruction(.function(.remainder), .float32, [2, 1]), KernelInstruction(.convert, .int32, [3]),
      KernelInstruction(.stageResult(1), .int32), KernelInstruction(.function(.divide), .int32, [4, 5]),
    ]
    for axis in [Kernel.VectorAxis.domain, .loop] {
      let kernel = Kernel(
        buffers: [.init(.float32, .read), .init(.int32, .write)], domain: [21],
        stages: [
          Stage(loop: [33], body: [load], sink: .reduce(.max, value: 0, lanes: axis == .loop ? 32 : 1)),
          Stage(loop: [33], body: [load], sink: .argReduce(.min, value: 0)),
          Stage(loop: [33], body: body, sink: .store(value: 6, buffer: 1, at: map)),
        ], vectorAxis: axis)
      let text = try backend.text(of: kernel, as: .assembly)
      #expect(text.contains("fmax\tv"))
      #expect(text.contains("bl\tfmodf"))
    }
  }

  @Test func textIsTheSameEachTime() throws {
    for form in [CodeForm.llvm, .optimizedLLVM, .assembly] {
      let first = try CPUBackend(cpu: "x86-64-v3").text(of: kernel, as: form)
      #expect(try CPUBackend(cpu: "x86-64-v3").text(of: kernel, as: form) == first)
    }
  }

  @Test func thisMachineRunsItsOwnCode() throws {
    #expect(!Backends.runnable.isEmpty)
    let backend = try Backends.host.get()
    let (buffers, fault) = run(
      0, of: try backend.compile([kernel]), kernel,
      on: [
        [UInt64](repeating: Float(1.5).bits, count: 100), [UInt64](repeating: Float(2).bits, count: 100),
        [UInt64](repeating: 0, count: 100),
      ])
    #expect(fault == 0)
    #expect(buffers[2] == [UInt64](repeating: Float(3.5).bits, count: 100))
  }

  @Test func foreignCodeIsTextOnly() throws {
    let backend = try CPUBackend(cpu: "neoverse-n1")
    #expect(throws: Diagnostic.self) { try backend.compile([kernel]) }
  }

  @Test func unknownProcessorsAreRefused() {
    #expect(throws: Diagnostic.self) { try CPUBackend(cpu: "x86-64-v5") }
  }

  @Test func malformedKernelsAreReported() {
    let broken = Kernel.pointwise(
      [.float32, .int32], .float32, count: 3, [KernelInstruction(.function(.add), .float32, [0, 1])])
    #expect {
      try Backends.host.get().compile([broken])
    } throws: { error in
      (error as? Diagnostic)?.kind == .bug && "\(error)".contains("kernel (b0: read f32")
    }
  }
}
