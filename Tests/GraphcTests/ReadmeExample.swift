import Graphc

/// Learns y = 3x − 1 from four points.
func learnALine() throws -> (slope: Double, intercept: Double) {
  let graph = Graph()
  let x = graph.placeholder(.float32, [nil], name: "x")
  let y = graph.placeholder(.float32, [nil], name: "y")
  let w = graph.variable([], initializer: .zeros, name: "w")
  let b = graph.variable([], initializer: .zeros, name: "b")

  let loss = square(w * x + b - y).mean()
  let gradients = graph.gradients(of: loss, withRespectTo: [w, b])
  let train = graph.group(w.assign(w - 0.1 * gradients[0]), b.assign(b - 0.1 * gradients[1]))

  let session = try Session(graph, seed: 1)
  for _ in 0..<200 {
    try session.run(train, feeding: [x: [-1, 0, 1, 2], y: [-4, -1, 2, 5]])
  }
  return (try session.value(of: w).scalar, try session.value(of: b).scalar)
}
