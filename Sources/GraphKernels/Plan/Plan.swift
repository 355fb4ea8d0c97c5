// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A static module as a list of steps over buffers, with every temporary placed.
public struct Plan: Sendable {
  /// Where a buffer's bytes are during a run.
  public enum Storage: Hashable, Sendable {
    case parameter(Int)
    /// The variable's value from before the run.
    case variable(Int)
    case constant(Int)
    /// Bytes from the arena's start.
    case arena(offset: Int)
    /// Memory of its own that outlives the run, as a fetched array or a variable's next value; by index into
    /// `outputs`.
    case output(Int)
  }

  public struct Buffer: Hashable, Sendable {
    public var type: TensorType
    public var storage: Storage
    public var byteCount: Int { type.byteCount ?? 0 }

    public init(type: TensorType, storage: Storage) {
      self.type = type
      self.storage = storage
    }
  }

  /// One thing to do. Its buffers are indices into `buffers`.
  public enum Step: Sendable {
    case kernel(KernelStep)
    case matrixProduct(MatrixProduct, a: Int, b: Int, c: Int, origin: Origin)
    case copy(from: Int, to: Int)
    case host(HostStep)
    case control(ControlStep)

    /// What the step reads and writes; lifetimes and the dump derive from it.
    public var uses: (reads: [Int], writes: [Int]) {
      switch self {
      case .kernel(let step): (step.reads, step.writes)
      case .matrixProduct(_, let a, let b, let c, _): ([a, b], [c])
      case .copy(let source, let target): ([source], [target])
      case .host(let step): (step.reads, step.writes)
      case .control(let step): step.uses
      }
    }
  }

  /// A routine on whole arrays: the operands of an op, then its results.
  public struct HostStep: Sendable {
    public var call: HostCall
    public var reads: [Int]
    public var writes: [Int]
    public var origin: Origin
  }

  /// A run of a kernel.
  public struct KernelStep: Sendable {
    /// An index into `kernels`.
    public var kernel: Int
    /// The kernel's arguments.
    public var buffers: [Int]
    public var reads: [Int]
    public var writes: [Int]
    /// Names the nodes that the kernel computes, for people.
    public var label: String
    /// The node behind each of the kernel's fault sites.
    public var faults: [Fault]
    public var origin: Origin
  }

  /// Who is to blame when a kernel reports a fault.
  public struct Fault: Hashable, Sendable {
    public var mnemonic: String
    /// What went wrong, in the words of an `EvaluationFault`.
    public var message: String
    public var origin: Origin
  }

  /// Where a result or a variable's next value comes from. The type is the result's: a reshape moves nothing.
  public struct Source: Hashable, Sendable {
    public enum Place: Hashable, Sendable {
      /// The fed array itself.
      case parameter(Int)
      /// The variable's value from before the run.
      case variable(Int)
      case constant(Int)
      case output(Int)
    }
    public var place: Place
    public var type: TensorType

    public init(_ place: Place, _ type: TensorType) {
      self.place = place
      self.type = type
    }
  }

  public struct Update: Hashable, Sendable {
    public var variable: Int
    public var source: Source

    public init(variable: Int, source: Source) {
      self.variable = variable
      self.source = source
    }
  }

  public var name: String
  public var parameters: [Module.Parameter]
  public var variables: [Module.Variable]
  public var buffers: [Buffer]
  public var constants: [NDArray]
  /// Distinct.
  public var kernels: [Kernel]
  public var steps: [Step]
  public var results: [Source]
  public var updates: [Update]
  /// Byte counts of the memory that outlives the run.
  public var outputs: [Int]
  public var arenaByteCount: Int
  /// Nodes of the module that the plan was made from.
  public var nodeCount: Int
}
