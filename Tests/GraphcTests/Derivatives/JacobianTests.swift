// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphTransforms
import Testing

@testable import Graphc

@Suite("Jacobian and Hessian matrices")
struct JacobianTests {
  let graph = Graph()

  @Test("Every entry agrees with differences, for every output and input", arguments: DerivativeCase.all)
  func entries(derivativeCase: DerivativeCase) throws {
    let program = DerivativeProgram(derivativeCase)
    let session = try Session(program.graph, threads: 1)
    for output in program.outputs {
      let matrices = program.graph.jacobians(of: output, withRespectTo: program.inputs)
      let single = program.inputs.map { program.graph.jacobian(of: output, withRespectTo: $0) }
      let values = try session.run(matrices + single, feeding: program.feeds)
      for (position, input) in program.inputs.enumerated() {
        let shape = (output.shape.extents ?? []) + (input.shape.extents ?? [])
        #expect(matrices[position].shape.extents == shape)
        #expect(values[position].shape == shape)
        #expect(isClose(values[position].doubles, values[matrices.count + position].doubles, within: 1e-13))
        // A column for one element of the input in three.
        let columnCount = input.shape.extents?.reduce(1, *) ?? 0
        for column in stride(from: 0, to: columnCount, by: 3) {
          let direction = program.inputs.map { other in
            (0..<(other.shape.extents?.reduce(1, *) ?? 0)).map { other == input && $0 == column ? 1.0 : 0 }
          }
          let numeric = try program.difference(of: [output], along: direction, in: session)[0]
          let entries = stride(from: column, to: values[position].count, by: columnCount)
            .map { values[position].doubles[$0] }
          #expect(isClose(entries, numeric, within: 1e-9))
        }
      }
    }
  }

  @Test("Many rows are a loop: the program does not grow with them, and the numbers are those of single rows")
  func manyRows() throws {
    var nodeCounts: Set<Int> = []
    for count in [17, 40] {
      let graph = Graph()
      let x = graph.placeholder(.float64, [3], name: "x")
      let w = graph.placeholder(.float64, [3, count], name: "w")
      let y = tanh(matmul(x, w)) * x.sum()
      // Fewer rows than columns, and the other way round.
      let matrices = graph.jacobians(of: y, withRespectTo: [x, w])
      let feeds = [x: spread([3]), w: spread([3, count])]
      let values = try bothEngines([y] + matrices, feeding: feeds)
      let (xs, ws, ys) = (feeds[x]!.doubles, feeds[w]!.doubles, values[0].doubles)
      let sum = xs.reduce(0, +)
      var (byX, byW) = ([Double](), [Double](repeating: 0, count: count * 3 * count))
      for row in 0..<count {
        let slope = sum * (1 - ys[row] / sum * ys[row] / sum)
        for i in 0..<3 {
          byX.append(slope * ws[i * count + row] + ys[row] / sum)
          byW[row * 3 * count + i * count + row] = slope * xs[i]
        }
      }
      #expect(isClose(values[1].doubles, byX, within: 1e-12))
      #expect(isClose(values[2].doubles, byW, within: 1e-12))
      let again = graph.gradients(of: square(matrices[1]).sum(), withRespectTo: [x])[0]
      let h = 1e-4
      let norm = { (shift: Double) in
        var moved = feeds
        moved[x] = NDArray([xs[0] + shift, xs[1], xs[2]])
        return try square(matrices[1]).sum().values(feeding: moved)[0]
      }
      let difference = try (norm(h) - norm(-h)) / (2 * h)
      #expect(isClose([try again.values(feeding: feeds)[0]], [difference], within: 1e-6))
      let inspection = try Inspection(graph, fetches: [matrices[1]], feeding: feeds)
      nodeCounts.insert(try Pass.gradients.run(inspection.numbered(for: .gradients)).nodes.count)
    }
    #expect(nodeCounts.count == 1, "\(nodeCounts)")
  }

  @Test("A Hessian times a vector is the product", arguments: DerivativeCase.all)
  func hessians(derivativeCase: DerivativeCase) throws {
    let program = DerivativeProgram(derivativeCase)
    let graph = program.graph
    let loss = program.outputs.map { square($0).sum() }.reduce(graph.constant(0.0, dtype: .float64), +)
    let u = derivativeCase.vectors(derivativeCase.shapes, seed: 5)
    let product = graph.hessianVectorProduct(
      of: loss, withRespectTo: program.inputs, vectors: program.arrays(u, like: program.inputs))
    let blocks = graph.hessians(of: loss, withRespectTo: program.inputs)
    let session = try Session(graph, threads: 1)
    let values = try session.run(product + blocks.flatMap(\.self), feeding: program.feeds).map(\.doubles)
    let count = program.inputs.count
    for i in 0..<count {
      for (row, expected) in values[i].enumerated() {
        var sum = 0.0
        for j in 0..<count {
          let block = values[count + i * count + j]
          sum += zip(block[row * u[j].count..<(row + 1) * u[j].count], u[j]).reduce(0) { $0 + $1.0 * $1.1 }
        }
        #expect(abs(sum - expected) < 1e-11 * max(1, abs(expected)))
      }
    }
  }

  @Test("By hand: a square, a matrix product, a scalar")
  func byHand() throws {
    let x = graph.placeholder(.float32, [3], name: "x")
    let w = graph.constant([[1, 2, 3], [4, 5, 6]] as NDArray, dtype: .float32)
    let s = graph.placeholder(.float32, [], name: "s")
    let results = [
      graph.jacobian(of: x * x, withRespectTo: x),
      graph.jacobian(of: matmul(w, x), withRespectTo: x),
      graph.hessian(of: x * x * x, withRespectTo: x),
      graph.jacobian(of: s * s, withRespectTo: s),
      graph.hessian(of: s * s * s, withRespectTo: s),
      graph.jacobian(of: x * s, withRespectTo: s),
      graph.jacobian(of: (x * s).sum(), withRespectTo: x),
    ]
    let values = try Session(graph).run(results, feeding: [x: [1, 2, 3], s: 5])
    #expect(values.map(\.shape) == [[3, 3], [2, 3], [3, 3], [], [], [3], [3]])
    #expect(
      values.map(\.doubles) == [
        [2, 0, 0, 0, 4, 0, 0, 0, 6], [1, 2, 3, 4, 5, 6], [6, 0, 0, 0, 12, 0, 0, 0, 18], [10], [30],
        [1, 2, 3],
        [5, 5, 5],
      ])
  }

  @Test("Open extents, and axes without elements")
  func openExtents() throws {
    let x = graph.placeholder(.float32, [nil, 2], name: "x")
    let matrix = graph.jacobian(of: square(x).sum(axis: 1), withRespectTo: x)
    #expect(matrix.shape == [nil, nil, 2])
    let w = graph.placeholder(.float32, [2], name: "w")
    let columns = graph.jacobian(of: matmul(x, w), withRespectTo: w)
    #expect(columns.shape == [nil, 2])
    let session = try Session(graph)
    let feeds: [Tensor: NDArray] = [x: [[1, 2], [3, 4]], w: [1, 1]]
    let values = try session.run([matrix, columns], feeding: feeds)
    #expect(values.map(\.doubles) == [[2, 4, 0, 0, 0, 0, 6, 8], [1, 2, 3, 4]])
    let nothing = NDArray([Float](), shape: [0, 2])
    let empty = try session.run([matrix, columns], feeding: [x: nothing, w: [1, 1]])
    #expect(empty.map(\.shape) == [[0, 0, 2], [0, 2]])
  }

  @Test("Derivatives of a Jacobian matrix")
  func derivatives() throws {
    let x = graph.placeholder(.float64, [2], name: "x")
    let y = stack([x.sliced(axis: 0, from: 0, to: 1).sum() * x.sum(), exp(x).sum()])
    let matrix = graph.jacobian(of: y, withRespectTo: x)
    let third = graph.jacobian(of: graph.jacobian(of: matrix, withRespectTo: x), withRespectTo: x)
    let gradient = graph.gradients(of: square(matrix), withRespectTo: [x])[0]
    let values = try Session(graph).run([third, gradient], feeding: [x: [0.5, 1.5]])
    let (a, b) = (0.5, 1.5)
    let e = [_exp(a), _exp(b)]
    var expected = [Double](repeating: 0, count: 16)
    (expected[8], expected[15]) = (e[0], e[1])
    #expect(isClose(values[0].doubles, expected, within: 1e-14))
    // (2a + b)² + a² + e²ᵃ + e²ᵇ
    let slopes = [4 * (2 * a + b) + 2 * a + 2 * e[0] * e[0], 2 * (2 * a + b) + 2 * e[1] * e[1]]
    #expect(isClose(values[1].doubles, slopes, within: 1e-14))
  }

  private func _exp(_ x: Double) -> Double {
    (1...30).reduce((sum: 1.0, term: 1.0)) { partial, n in
      let term = partial.term * x / Double(n)
      return (partial.sum + term, term)
    }.sum
  }

  @Test("Mistakes")
  func mistakes() {
    let x = graph.placeholder(.float32, [2], name: "x")
    let n = graph.placeholder(.int32, [2], name: "n")
    #expect(graph.jacobian(of: n, withRespectTo: x).complaint.hasPrefix("[gradient.C2] jacobian:"))
    #expect(graph.jacobian(of: x, withRespectTo: n).complaint.hasPrefix("[gradient.C2] jacobian:"))
    #expect(graph.hessian(of: n, withRespectTo: x).complaint.hasPrefix("[gradient.C2] hessian:"))
    #expect(graph.jacobian(of: ceil(x), withRespectTo: x).complaint.hasPrefix("[gradient.cut] jacobian:"))
    #expect(graph.hessians(of: x, withRespectTo: []).isEmpty)
    #expect(graph.jacobians(of: x, withRespectTo: []).isEmpty)
    let other = Graph().placeholder(.float32, [2])
    #expect(graph.jacobian(of: x, withRespectTo: other).complaint.hasPrefix("[graph.mixed]"))
  }
}
