// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

// Training steps of recurrent networks, as scans over the steps of time.
extension Workloads {
  static func sine() -> BuiltInModel {
    let network = Network()
    let x = network.graph.placeholder(.float32, ["batch", 1, 4], name: "x")
    let y = network.graph.placeholder(.float32, ["batch", 1], name: "y")
    let (inputs, recurrence) = network.recurrent(x.swappingAxes(0, 1), 32, gates: 1)
    let state = network.graph.scan(over: [inputs], from: [network.state(like: inputs, 32)]) {
      carries, parts in
      ([relu(parts[0] + matmul(carries[0], recurrence))], [])
    }.carries[0]
    let loss = meanSquaredError(network.dense(state, [8, 1]), y)
    return BuiltInModel(
      "sine_rnn",
      "recurrent layer of 32 over one step, dense layers 8-1, mean squared error, RMSProp, batch 16",
      network, loss: loss, RMSProp(learningRate: 1e-5), x: x, y: y
    ) { ($0.normal([16, 1, 4]), $0.normal([16, 1])) }
  }

  static func imdb() -> BuiltInModel {
    let network = Network()
    let (x, y) = network.reviews()
    let states = network.lstm(network.words(x), 64)
    return BuiltInModel(
      "imdb_lstm", "embedding 10000-32, LSTM 64 over 120 steps, dense layers 64-1, Adam, batch 32", network,
      loss: sigmoidCrossEntropy(logits: network.dense(states.last, [64, 1]), probabilities: y).mean(),
      Adam(learningRate: 1e-5), x: x, y: y
    ) { ($0.integers(below: 10_000, [32, 120]), $0.flags([32, 1])) }
  }

  static func imdbBidirectional() -> BuiltInModel {
    let network = Network()
    let (x, y) = network.reviews()
    let words = network.words(x)
    let first = [network.lstm(words, 64), network.lstm(words, 64, reversed: true)]
    let sequence = concatenate(first.map(\.all), axis: -1)
    let second = [network.lstm(sequence, 64), network.lstm(sequence, 64, reversed: true)]
    let logits = network.dense(concatenate(second.map(\.last), axis: -1), [64, 1])
    return BuiltInModel(
      "imdb_bilstm2", "embedding 10000-32, two bidirectional LSTMs of 64 over 120 steps, Adam, batch 32",
      network, loss: sigmoidCrossEntropy(logits: logits, probabilities: y).mean(), Adam(learningRate: 1e-5),
      x: x, y: y
    ) { ($0.integers(below: 10_000, [32, 120]), $0.flags([32, 1])) }
  }

  static func gru() -> BuiltInModel {
    let network = Network()
    let x = network.graph.placeholder(.float32, ["batch", 50, 16], name: "x")
    let y = network.graph.placeholder(.float32, ["batch", 1], name: "y")
    let state = network.gru(x.swappingAxes(0, 1), 64)
    return BuiltInModel(
      "gru_seq", "GRU 64 over 50 steps of 16, mean squared error, Adam, batch 32", network,
      loss: meanSquaredError(network.dense(state, 1), y), Adam(learningRate: 1e-5), x: x, y: y
    ) { ($0.normal([32, 50, 16]), $0.normal([32, 1])) }
  }
}

extension Network {
  /// Zeros for each example of `[T,B,…]`.
  fileprivate func state(like inputs: Tensor, _ units: Int) -> Tensor {
    graph.zeros([inputs.shape.extent(1), Extent(units)])
  }

  /// Reviews of 120 words of 10,000, and whether they are favourable.
  fileprivate func reviews() -> (Tensor, Tensor) {
    (
      graph.placeholder(.int32, ["batch", 120], name: "words"),
      graph.placeholder(.float32, ["batch", 1], name: "favourable")
    )
  }

  /// The vectors of words, `[T,B,32]`.
  fileprivate func words(_ x: Tensor) -> Tensor {
    embeddingLookup(weight([10_000, 32], inputs: 400), x).swappingAxes(0, 1)
  }

  /// The state behind the last step `[B,units]`, and all states `[T,B,units]`.
  fileprivate func lstm(_ x: Tensor, _ units: Int, reversed: Bool = false) -> (last: Tensor, all: Tensor) {
    let (inputs, recurrence) = recurrent(x, units, gates: 4)
    let zeros = state(like: inputs, units)
    let result = graph.scan(over: [inputs], from: [zeros, zeros], reversed: reversed) { carries, parts in
      let gates = split(parts[0] + matmul(carries[0], recurrence), into: 4, axis: -1)
      let cell = sigmoid(gates[1]) * carries[1] + sigmoid(gates[0]) * tanh(gates[2])
      let state = sigmoid(gates[3]) * tanh(cell)
      return ([state, cell], [state])
    }
    return (result.carries[0], result.outputs[0])
  }

  /// The state behind the last step.
  fileprivate func gru(_ x: Tensor, _ units: Int) -> Tensor {
    let (inputs, recurrence) = recurrent(x, units, gates: 3)
    return graph.scan(over: [inputs], from: [state(like: inputs, units)]) { carries, parts in
      let x = split(parts[0], into: 3, axis: -1)
      let h = split(matmul(carries[0], recurrence), into: 3, axis: -1)
      let (reset, update) = (sigmoid(x[0] + h[0]), sigmoid(x[1] + h[1]))
      let candidate = tanh(x[2] + reset * h[2])
      return ([(1 - update) * candidate + update * carries[0]], [])
    }.carries[0]
  }
}
