// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport

extension GradientCase {
  /// Loops and branches.
  static let control: [GradientCase] = branches + loops + calls

  private static let branches: [GradientCase] =
    [true, false].map { truth in
      GradientCase("cond", "\(truth)", [Ladder([3]), Ladder([3])]) { b, x in
        let predicate = try b.append(.constant(ConstantOp(NDArray(scalar: truth))))
        let results = try ModuleCase.cond(b, predicate, x) { region, v in
          [try region.multiply(v[0], region.apply(.sin, v[1])), v[1]]
        } else: { region, v in
          // One operand is of no use, and one result depends on nothing.
          [try region.multiply(v[0], region.multiply(v[0], v[0])), try region.full(2, like: v[0])]
        }
        return try b.multiply(results[0], b.apply(.exp, results[1]))
      }
    }

  /// h ← tanh(w·h + x), with both kinds of outputs.
  private static func recurrence(
    _ b: ModuleBuilder, _ x: [Value], length: Int, reverse: Bool
  ) throws -> [Value] {
    try ModuleCase.scan(
      b, carries: [x[0]], elements: [x[1]], captures: [x[2]], length: length, reverse: reverse
    ) { region, v in
      let dot = Op.dot(DotOp(lhsContract: [1], rhsContract: [0]))
      let next = try region.apply(.tanh, region.add(region.append(dot, [v[2], v[0]]), v[1]))
      return [next, try region.multiply(next, v[0]), try region.reduce(.sum, next, axes: [0])]
    }
  }

  private static func recurrent(_ length: Int, _ reverse: Bool) -> GradientCase {
    GradientCase(
      "scan", "\(length) steps\(reverse ? " backwards" : "")",
      [Ladder([2]), Ladder([length, 2]), Ladder([2, 2], -0.8, 0.9)]
    ) { b, x in
      let results = try recurrence(b, x, length: length, reverse: reverse)
      let flat = try b.reshape(results[1], to: [Dim(length * 2)])
      let pieces = [results[0], flat, results[2]]
      let joined = try b.append(.concatenate(ConcatenateOp(axis: 0)), pieces)
      return try b.multiply(joined, joined)
    }
  }

  private static let loops: [GradientCase] = [
    recurrent(1, false), recurrent(4, false), recurrent(3, true), recurrent(0, false),
    GradientCase("scan", "several carries, one of them a counter", [Ladder([2]), Ladder([2])]) { b, x in
      let start = try b.scalar(0, .int32)
      let results = try ModuleCase.scan(b, carries: [start, x[0], x[1]], length: 4) { region, v in
        let number = try region.broadcast(region.convert(v[0], to: .float64), to: [2], axes: [])
        let next = try region.apply(.sin, region.add(region.multiply(v[1], number), v[2]))
        // The carries change places.
        return [try region.add(v[0], region.scalar(1, .int32)), v[2], next, try region.multiply(v[1], v[2])]
      }
      let sum = try b.reduce(.sum, results[3], axes: [0])
      return try b.multiply(b.add(results[1], results[2]), sum)
    },
    GradientCase("scan", "a map", [Ladder([4, 2]), Ladder([2])]) { b, x in
      try ModuleCase.scan(b, carries: [], elements: [x[0]], captures: [x[1]], length: 4) { region, v in
        [try region.multiply(region.apply(.exp, v[0]), v[1])]
      }[0]
    },
    GradientCase("scan", "the outputs alone", [Ladder([2]), Ladder([3, 2])]) { b, x in
      try ModuleCase.scan(b, carries: [x[0]], elements: [x[1]], length: 3) { region, v in
        [try region.multiply(v[0], v[1]), v[0]]
      }[1]
    },
    GradientCase("scan", "in a branch in a scan", [Ladder([2]), Ladder([3, 2, 2], 0.3, 1.9)]) { b, x in
      let results = try ModuleCase.scan(b, carries: [x[0]], elements: [x[1]], length: 3) { outer, v in
        let rows = try outer.reduce(.sum, v[1], axes: [0, 1])
        let isLarge = try outer.apply(.greater, rows, outer.scalar(4, .float64))
        let next = try ModuleCase.cond(outer, isLarge, [v[0], v[1]]) { branch, v in
          try ModuleCase.scan(branch, carries: [v[0]], elements: [v[1]], length: 2) { region, v in
            [try region.apply(.sin, region.multiply(v[0], v[1]))]
          }
        } else: { branch, v in
          [try branch.multiply(v[0], branch.reduce(.sum, v[1], axes: [0]))]
        }
        return next + next
      }
      return try b.add(results[0], b.reduce(.sum, results[1], axes: [0]))
    },
    GradientCase("scan", "a gradient in every step", [Ladder([2]), Ladder([3, 2])]) { b, x in
      // Each step goes down the slope of Σ sin(h·x).
      try ModuleCase.scan(b, carries: [x[0]], elements: [x[1]], length: 3) { region, v in
        let loss = try region.apply(.sin, region.multiply(v[0], v[1]))
        let slope = try region.append(.gradient(GradientOp()), [loss, v[0]])
        return [try region.subtract(v[0], slope)]
      }[0]
    },
  ]

  private static let calls: [GradientCase] =
    [true, false].map { isCheckpoint in
      GradientCase("call", isCheckpoint ? "a checkpoint" : "in line", [Ladder([3]), Ladder([3])]) { b, x in
        // The second operand depends on the first, outside of the call.
        let other = try b.multiply(x[0], x[1])
        let body = try ModuleCase.region([b.type(of: x[0]), b.type(of: other)]) { region, v in
          let sine = try region.apply(.sin, region.multiply(v[0], v[1]))
          return [sine, try region.multiply(sine, v[1])]
        }
        let op = Op.call(CallOp(body: body, isCheckpoint: isCheckpoint))
        let results = try b.appendAll(op, [x[0], other])
        return try b.multiply(results[0], results[1])
      }
    } + [
      GradientCase("call", "a gradient of its own, which is the right one", [Ladder([3])]) { b, x in
        let type = b.type(of: x[0])
        let body = try ModuleCase.region([type]) { region, v in
          [try region.multiply(v[0], region.multiply(v[0], v[0]))]
        }
        let gradient = try ModuleCase.region([type, type, type]) { region, v in
          let square = try region.multiply(v[0], v[0])
          return [try region.multiply(v[2], region.multiply(region.full(3, like: square), square))]
        }
        return try b.append(.call(CallOp(body: body, gradient: gradient)), [x[0]])
      }
    ]
}
