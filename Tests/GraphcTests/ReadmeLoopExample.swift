import Graphc

/// The outputs of a recurrent network for each step of a sequence, and the gradients of their mean square.
func recurrentNetwork(_ graph: Graph, over x: Tensor) -> (outputs: Tensor, gradients: [Tensor]) {
  let w = graph.variable([3, 4], name: "w")
  let u = graph.variable([4, 4], name: "u")
  let start = graph.zeros([x.shape.extent(1), 4])

  let (_, outputs) = graph.scan(over: x, from: start) { state, input in
    let next = tanh(matmul(input, w) + matmul(state, u))
    return (carry: next, output: next)
  }
  return (outputs, graph.gradients(of: square(outputs).mean(), withRespectTo: [w, u]))
}
