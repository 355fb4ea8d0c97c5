// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR

/// The processor that code is made for.
struct Target: Hashable, Sendable {
  let triple: String
  let cpu: String
  /// Features on top of those of `cpu`, as LLVM writes them; what a host has is listed in full.
  let features: String
  /// The width of the vector registers that kernels use.
  let vectorBits: Int
  /// Whether this machine can run the code.
  let isRunnable: Bool

  /// The machine that this program runs on.
  static let host: Target = {
    initializeTargets()
    let triple = LLVMString.take(LLVMGetDefaultTargetTriple())
    let features = LLVMString.take(LLVMGetHostCPUFeatures())
    return Target(
      triple: triple, cpu: LLVMString.take(LLVMGetHostCPUName()), features: features,
      vectorBits: vectorBits(triple: triple, features: features), isRunnable: true)
  }()

  init(triple: String, cpu: String, features: String, vectorBits: Int, isRunnable: Bool) {
    self.triple = triple
    self.cpu = cpu
    self.features = features
    self.vectorBits = vectorBits
    self.isRunnable = isRunnable
  }

  /// A processor by LLVM's name for it.
  /// - Throws: `Diagnostic` of kind `run` if there is no such processor.
  init(cpu: String) throws {
    let host = Target.host
    guard let (architecture, vectorBits) = Processors.find(cpu) else {
      throw Diagnostic(.run, code: "cpu.unknown", "there is no processor named '\(cpu)'")
    }
    let hostArchitecture = host.triple.prefix { $0 != "-" }
    let native = hostArchitecture == architecture
    self.init(
      triple: native ? host.triple : "\(architecture)-unknown-linux-gnu", cpu: cpu, features: "",
      vectorBits: vectorBits, isRunnable: native && vectorBits <= host.vectorBits)
  }

  private static func vectorBits(triple: String, features: String) -> Int {
    guard triple.hasPrefix("x86_64") else { return 128 }
    let present = Set(features.split(separator: ",").filter { $0.hasPrefix("+") }.map { $0.dropFirst() })
    if present.isSuperset(of: ["avx512f", "avx512dq", "avx512vl", "avx512bw"]) { return 512 }
    return present.isSuperset(of: ["avx2", "fma"]) ? 256 : 128
  }

  var isX86: Bool { triple.hasPrefix("x86_64") }

  /// Whether the processor converts between f16 and f32: every one with AVX2 does, and every one of AArch64.
  var convertsHalves: Bool {
    if !isX86 { return true }
    return features.isEmpty
      ? vectorBits >= 256 : features.split(separator: ",").contains { $0 == "+f16c" }
  }

  /// In words; two targets with the same words run the same code.
  var description: String {
    let detail = features.isEmpty ? "" : " with features \(Target.digest(features))"
    return "\(cpu)\(detail), \(triple), \(vectorBits)-bit vectors"
  }

  /// All that code for the target follows from.
  var key: String { "\(triple) \(cpu) \(features) \(vectorBits)" }

  /// A stable hash (FNV-1a) of a text.
  private static func digest(_ text: String) -> String {
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }

  /// Done once for the process.
  private static func initializeTargets() {
    LLVMInitializeX86TargetInfo()
    LLVMInitializeX86Target()
    LLVMInitializeX86TargetMC()
    LLVMInitializeX86AsmPrinter()
    LLVMInitializeAArch64TargetInfo()
    LLVMInitializeAArch64Target()
    LLVMInitializeAArch64TargetMC()
    LLVMInitializeAArch64AsmPrinter()
  }

  /// What makes machine code; for one thread at a time.
  func makeMachine() throws -> LLVMTargetMachineRef {
    var target: LLVMTargetRef?
    var message: UnsafeMutablePointer<CChar>?
    guard LLVMGetTargetFromTriple(triple, &target, &message) == 0 else {
      throw Diagnostic(.bug, code: "cpu.target", LLVMString.take(message))
    }
    // Position-independent code reaches its own constants from the program counter, and anything else through a
    // table that the linker makes, wherever it lies.
    guard
      let machine = LLVMCreateTargetMachine(
        target, triple, cpu, features, LLVMCodeGenLevelDefault, LLVMRelocPIC, LLVMCodeModelSmall)
    else {
      throw Diagnostic(.bug, code: "cpu.target", "LLVM has no code generator for \(triple)")
    }
    return machine
  }
}

/// Strings that LLVM hands out.
enum LLVMString {
  /// The text of a message, which is released.
  static func take(_ message: UnsafeMutablePointer<CChar>?) -> String {
    guard let message else { return "" }
    defer { LLVMDisposeMessage(message) }
    return String(cString: message)
  }

  /// The text of an error, which is released.
  static func take(_ error: LLVMErrorRef) -> String {
    guard let message = LLVMGetErrorMessage(error) else { return "unknown error" }
    defer { LLVMDisposeErrorMessage(message) }
    return String(cString: message)
  }
}
