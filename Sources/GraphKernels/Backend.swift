// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Machine code of a kernel: runs the range `begin..<end` of the outermost domain axis (`0..<1` when the domain is
/// empty) on a table of buffer addresses, and returns 0 or a fault code (see `Kernel.faultSites`).
public typealias KernelFunction =
  @convention(c) (
    _ buffers: UnsafePointer<UnsafeMutableRawPointer?>, _ begin: Int, _ end: Int
  ) -> Int32

/// Performs the parts `begin..<end` of a `MatrixProduct` on the addresses of `a`, `b`, `c` and of the product itself, and
/// returns 0.
public typealias MatrixProductFunction = KernelFunction

/// An op of lowering class `library` on arrays of these static types, contiguous and row-major.
public struct HostCall: Hashable, Sendable {
  public var op: Op
  public var operandTypes: [TensorType]
  public var resultTypes: [TensorType]

  public init(op: Op, operandTypes: [TensorType], resultTypes: [TensorType]) {
    self.op = op
    self.operandTypes = operandTypes
    self.resultTypes = resultTypes
  }
}

/// Performs a `HostCall` on the addresses of its operands and then of its results, which do not overlap, but that the
/// rule's `updatedOperand` is the first result. Returns 0 or
/// a fault code that the op's rule words (`OpRule.faultMessage`).
public typealias HostRoutine =
  @Sendable (_ buffers: UnsafePointer<UnsafeMutableRawPointer?>) -> Int32

/// Kernels in machine code. The code lives as long as this does.
public protocol CompiledKernels: AnyObject, Sendable {
  /// One entry a kernel, in the order they were given.
  var functions: [KernelFunction] { get }
  /// Whether the code was kept from before and not made now.
  var isKept: Bool { get }
}

extension CompiledKernels {
  public var isKept: Bool { false }
}

/// Keeps machine code from process to process, by what it was made of. Best effort: what is kept may be gone later.
public protocol CodeStore: Sendable {
  /// The code that was made of `key`, byte for byte as it was kept, or nil.
  func code(for key: [UInt8]) -> [UInt8]?
  func keep(_ code: [UInt8], for key: [UInt8])
}

/// What turns kernels into something that runs. The run time drives a backend through this and names none.
public protocol Backend: Sendable {
  /// The machine that the code is for, in words; part of every cache key.
  var target: String { get }

  /// Compiles kernels together. May be called from several threads at once.
  /// - Throws: `Diagnostic` of kind `bug` with the kernel's text.
  func compile(_ kernels: [Kernel]) throws -> any CompiledKernels

  /// The library routine for matrix products of `f32` and `f64`.
  var matrixProduct: MatrixProductFunction { get }

  /// The routine for an op of lowering class `library`.
  /// - Throws: `Diagnostic` of kind `bug` for an op that the backend has none for.
  func hostRoutine(for call: HostCall) throws -> HostRoutine

  /// The code that `compile` would make, as text.
  func text(of kernel: Kernel, as form: CodeForm) throws -> String
}

/// A form of emitted code.
public enum CodeForm: Sendable {
  /// LLVM IR as emitted, before LLVM's passes.
  case llvm
  /// LLVM IR after its passes.
  case optimizedLLVM
  case assembly
}
