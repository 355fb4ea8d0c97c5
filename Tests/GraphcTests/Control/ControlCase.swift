// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

/// A function made with control flow, and the same written out.
struct ControlCase: Sendable, CustomStringConvertible {
  typealias Function = @Sendable (Graph, [Tensor]) -> Tensor

  let description: String
  let shapes: [[Int]]
  let build: Function
  let unrolled: Function

  init(
    _ description: String, _ shapes: [[Int]], _ build: @escaping Function, unrolled: @escaping Function
  ) {
    self.description = description
    self.shapes = shapes
    self.build = build
    self.unrolled = unrolled
  }

  var inputs: [NDArray] { shapes.map { spread($0, -0.9, 1.1) } }
}

extension ControlCase {
  static let all = [
    ControlCase("a recurrence over a sequence", [[4, 3], [3], [3, 3]]) { graph, x in
      let (last, outputs) = graph.scan(over: x[0], from: x[1]) { h, input in
        let next = tanh(matmul(h, x[2]) + input)
        return (carry: next, output: next * input)
      }
      return concatenate([stack([last]), outputs])
    } unrolled: { _, x in
      var (h, outputs) = (x[1], [Tensor]())
      for step in 0..<4 {
        h = tanh(matmul(h, x[2]) + x[0][step])
        outputs.append(h * x[0][step])
      }
      return stack([h] + outputs)
    },
    ControlCase("backwards, with two carries and two outputs", [[5, 2], [5], [2]]) { graph, x in
      let (carries, outputs) = graph.scan(over: [x[0], x[1]], from: [x[2], 1.0 * x[1][0]], reversed: true) {
        carries, parts in
        let (a, b) = (carries[0] * parts[1] + parts[0], sin(carries[1]) + parts[1])
        return ([a, b], [a * b, parts[0] - a])
      }
      return concatenate([outputs[0], outputs[1], stack([carries[0] * carries[1]])])
    } unrolled: { _, x in
      var (a, b) = (x[2], 1.0 * x[1][0])
      var (first, second) = ([Tensor](), [Tensor]())
      for step in (0..<5).reversed() {
        (a, b) = (a * x[1][step] + x[0][step], sin(b) + x[1][step])
        first.insert(a * b, at: 0)
        second.insert(x[0][step] - a, at: 0)
      }
      return stack(first + second + [a * b])
    },
    ControlCase("a map with a value from outside", [[3, 2], [2]]) { graph, x in
      let scale = exp(x[1])
      return graph.map(over: x[0]) { sin($0 * scale) + x[1] }
    } unrolled: { _, x in
      stack((0..<3).map { sin(x[0][$0] * exp(x[1])) + x[1] })
    },
    ControlCase("a count that is used", [[3]]) { graph, x in
      graph.fori(4, from: x[0]) { step, y in y * x[0] + sin(y) * step.converted(to: .float64) }
    } unrolled: { _, x in
      (0..<4).reduce(x[0]) { y, step in y * x[0] + sin(y) * Double(step) }
    },
    ControlCase("a branch that is taken", [[3], [3]]) { graph, x in
      graph.cond(x[0].sum() .< 100, then: { sin(x[0]) * x[1] }, else: { x[0] })
    } unrolled: { _, x in
      sin(x[0]) * x[1]
    },
    ControlCase("a branch that is not taken", [[3], [3]]) { graph, x in
      graph.cond(x[0].sum() .> 100, then: { x[1] }, else: { x[0] * x[0] * x[1] })
    } unrolled: { _, x in
      x[0] * x[0] * x[1]
    },
    ControlCase("branches in a loop", [[6], []]) { graph, x in
      graph.scan(over: x[0], from: x[1]) { sum, part in
        let next = graph.cond(part .> 0, then: { sum * part + sin(sum) }, else: { sum - part })
        return (carry: next, output: next * next)
      }.outputs
    } unrolled: { _, x in
      let numbers = spread([6], -0.9, 1.1).doubles
      var (sum, outputs) = (x[1], [Tensor]())
      for (step, number) in numbers.enumerated() {
        sum = number > 0 ? sum * x[0][step] + sin(sum) : sum - x[0][step]
        outputs.append(sum * sum)
      }
      return stack(outputs)
    },
    ControlCase("a loop in a loop, and a map within", [[3, 2], [2]]) { graph, x in
      graph.scan(over: x[0], from: x[1]) { sum, row in
        let inner = graph.fori(2, from: sum) { _, y in cos(y) * row + x[1] }
        return (carry: inner, output: graph.map(over: inner) { $0 * sum[0] })
      }.outputs
    } unrolled: { _, x in
      var (sum, outputs) = (x[1], [Tensor]())
      for step in 0..<3 {
        let row = x[0][step]
        let inner = cos(cos(sum) * row + x[1]) * row + x[1]
        outputs.append(inner * sum[0])
        sum = inner
      }
      return stack(outputs)
    },
    ControlCase("a step that is computed again", [[3], [3, 3]]) { graph, x in
      graph.checkpoint(x[0]) { tanh(matmul(x[1], sin($0))) } * x[0]
    } unrolled: { _, x in
      tanh(matmul(x[1], sin(x[0]))) * x[0]
    },
    ControlCase("a loop whose steps are computed again", [[4, 2], [2]]) { graph, x in
      graph.scan(over: x[0], from: x[1]) { h, input in
        let next = graph.checkpoint([h, input]) { [sin($0[0]) * $0[1] + x[1]] }[0]
        return (carry: next, output: next)
      }.outputs
    } unrolled: { _, x in
      var (h, outputs) = (x[1], [Tensor]())
      for step in 0..<4 {
        h = sin(h) * x[0][step] + x[1]
        outputs.append(h)
      }
      return stack(outputs)
    },
    ControlCase("integers and bools carried beside", [[3]]) { graph, x in
      graph.scan(over: [], from: [x[0], 0, true], length: 4) { carries, _ in
        let (y, count, flag) = (carries[0], carries[1], carries[2])
        let factor = 1 + count.converted(to: .float64) * 0.25
        return ([select(flag, sin(y), cos(y)) * factor, count + 1, .!flag], [y * factor])
      }.outputs[0]
    } unrolled: { _, x in
      var (y, outputs) = (x[0], [Tensor]())
      for step in 0..<4 {
        let factor = 1 + Double(step) * 0.25
        outputs.append(y * factor)
        y = (step % 2 == 0 ? sin(y) : cos(y)) * factor
      }
      return stack(outputs)
    },
    ControlCase("places that the step decides", [[4, 2], [2]]) { graph, x in
      graph.fori(3, from: x[1]) { step, y in
        let row = take(x[0], 3 - step, axis: 0)
        return sin(y * row) + row
      }
    } unrolled: { _, x in
      [3, 2, 1].reduce(x[1]) { y, index in sin(y * x[0][index]) + x[0][index] }
    },
    ControlCase("a gradient of the program's own", [[4], [4]]) { graph, x in
      let results = graph.customGradient([x[0], x[1]]) { inputs in
        [inputs[0] * sin(inputs[1]), inputs[0] + inputs[1]]
      } gradient: { inputs, _, cotangents in
        [
          cotangents[0] * sin(inputs[1]) + cotangents[1],
          cotangents[0] * inputs[0] * cos(inputs[1]) + cotangents[1],
        ]
      }
      return results[0] * results[1]
    } unrolled: { _, x in
      x[0] * sin(x[1]) * (x[0] + x[1])
    },
  ]
}

/// As `spread`, of `f32`.
func singles(_ shape: [Int]) -> NDArray { NDArray(spread(shape).doubles.map { Float($0) }, shape: shape) }
