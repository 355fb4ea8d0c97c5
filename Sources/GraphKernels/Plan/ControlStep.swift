// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Plan {
  /// What a region became: steps over buffers of its own.
  ///
  /// In `Storage`, a `parameter` is what the step around it hands to the region, an `output` is where the step wants the
  /// result of that number, an `arena` offset counts from the step's scratch buffer, and a constant is the plan's.
  public struct Body: Sendable {
    public var parameters: [TensorType]
    public var results: [TensorType]
    public var buffers: [Buffer]
    public var steps: [Step]
    public var arenaByteCount: Int
  }

  /// A step that runs bodies: as often as it takes, with other addresses each time. A body is planned and compiled once.
  public struct ControlStep: Sendable {
    public enum Kind: Hashable, Sendable {
      /// The first body if operand 0 is true, else the second; both take the other operands.
      case cond
      /// The second body as long as the first one gives true; `carries` operands change.
      case loop(carries: Int)
      /// The body for each index of the elements' first axis.
      case scan(Scan)
      /// The body, once.
      case call
    }

    /// The shape of a loop of a known number of steps.
    public struct Scan: Hashable, Sendable {
      public var carries: Int
      public var elements: Int
      public var length: Int
      public var reverse: Bool
      /// By carry where its values lie between the steps.
      public var places: [CarryPlace]
    }

    /// Where the values of a carry lie between the steps. A step never writes where it reads, and nothing is copied.
    public enum CarryPlace: Hashable, Sendable {
      /// In the result and a spare buffer in turns, so that the last one is the result.
      case turns(spare: Int)
      /// In an output that holds the carry with which each step begins: a step writes where the next one's is.
      case history(output: Int)
      /// In an output that holds the carry with which each step ends.
      case output(Int)
    }

    public var kind: Kind
    public var bodies: [Body]
    /// Buffers, in the order of the op.
    public var operands: [Int]
    public var results: [Int]
    /// Buffers for carries between steps.
    public var spares: [Int]
    /// The result of a loop's condition.
    public var flag: Int?
    /// The memory of the bodies' temporaries, of which one body at a time needs any.
    public var scratch: Int
    public var mnemonic: String
    public var origin: Origin
  }
}

extension Plan.ControlStep {
  var uses: (reads: [Int], writes: [Int]) {
    (operands, results + spares + (flag.map { [$0] } ?? []) + [scratch])
  }
}

extension Plan.ControlStep {
  /// What people call the bodies.
  public var bodyNames: [String] {
    switch kind {
    case .cond: ["then", "else"]
    case .loop: ["condition", "body"]
    case .scan, .call: ["body"]
    }
  }
}

extension Plan {
  /// Every step with its place: `3`, and `3/body/0` for the first step of the body that step 3 runs.
  public var placedSteps: [(path: String, step: Step)] {
    var placed = steps.enumerated().map { (path: String($0.offset), step: $0.element) }
    for (path, body) in placedBodies {
      placed += body.steps.enumerated().map { (path: "\(path)/\($0.offset)", step: $0.element) }
    }
    return placed
  }

  /// Every body with its place, `3/body`, those within a body behind it.
  public var placedBodies: [(path: String, body: Body)] { Plan.bodies(of: steps, in: "") }

  private static func bodies(of steps: [Step], in path: String) -> [(path: String, body: Body)] {
    steps.enumerated().flatMap { number, step -> [(path: String, body: Body)] in
      guard case .control(let control) = step else { return [] }
      return zip(control.bodyNames, control.bodies).flatMap { name, body -> [(path: String, body: Body)] in
        let own = "\(path)\(number)/\(name)"
        return [(own, body)] + bodies(of: body.steps, in: own + "/")
      }
    }
  }

  /// Every step, those of bodies behind the step that runs them.
  public var allSteps: [Step] { Plan.flattened(steps) }

  private static func flattened(_ steps: [Step]) -> [Step] {
    steps.flatMap { step -> [Step] in
      guard case .control(let control) = step else { return [step] }
      return [step] + control.bodies.flatMap { flattened($0.steps) }
    }
  }
}
