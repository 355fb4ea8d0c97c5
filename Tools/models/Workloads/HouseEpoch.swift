// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// A regression of 21,650 rows of four numbers, learnt in shuffled batches of 32.
public struct HouseData: Sendable {
  public static let rowCount = 21_650
  public static let batchSize = 32
  /// The last batch of an epoch is filled up with the first rows.
  public static let batchCount = (rowCount + batchSize - 1) / batchSize

  /// f32[rowCount,4]
  public let features: NDArray
  /// f32[rowCount,1]
  public let targets: NDArray

  public init() {
    var data = SampleData()
    features = data.normal([HouseData.rowCount, 4])
    targets = data.normal([HouseData.rowCount, 1])
  }

  /// The rows of an epoch's batches, one after another.
  public static func order(_ data: inout SampleData) -> [Int] {
    let rows = data.permutation(rowCount)
    return rows + rows.prefix(batchCount * batchSize - rowCount)
  }

  /// The rows of one batch.
  public func batch(_ rows: ArraySlice<Int>) -> (features: NDArray, targets: NDArray) {
    (HouseData.rows(rows, of: features), HouseData.rows(rows, of: targets))
  }

  private static func rows(_ rows: ArraySlice<Int>, of array: NDArray) -> NDArray {
    let width = array.shape[1]
    return NDArray(dtype: array.dtype, shape: [rows.count, width]) { bytes in
      let result = bytes.bindMemory(to: Float.self)
      array.withUnsafeBytes { source in
        let numbers = source.bindMemory(to: Float.self)
        for (place, row) in rows.enumerated() {
          for column in 0..<width { result[place * width + column] = numbers[row * width + column] }
        }
      }
    }
  }
}

extension Workloads {
  /// A whole epoch of `house_mlp` in one run: a scan over the batches, whose rows are taken within.
  static func houseEpoch() -> BuiltInModel {
    let network = Network()
    let graph = network.graph
    let features = graph.placeholder(.float32, [HouseData.rowCount, 4], name: "features")
    let targets = graph.placeholder(.float32, [HouseData.rowCount, 1], name: "targets")
    let order = graph.placeholder(.int32, [HouseData.batchCount, HouseData.batchSize], name: "order")
    let widths = [4, 64, 64, 1]
    for (inputs, units) in zip(widths, widths.dropFirst()) {
      _ = network.weight([inputs, units], inputs: inputs)
      _ = network.bias(units)
    }
    let count = network.weights.count
    let squares = network.weights.map { graph.variable($0.shape.extents ?? [], initializer: .zeros) }
    let optimizer = RMSProp(learningRate: 1e-3)
    let trained = graph.scan(over: [order], from: network.weights + squares) { carries, parts in
      let (values, squares) = (Array(carries.prefix(count)), carries.dropFirst(count))
      var output = embeddingLookup(features, parts[0])
      for layer in stride(from: 0, to: count, by: 2) {
        output = matmul(layer == 0 ? output : relu(output), values[layer]) + values[layer + 1]
      }
      let loss = meanSquaredError(output, embeddingLookup(targets, parts[0]))
      let steps = zip(zip(values, squares), graph.gradients(of: loss, withRespectTo: values)).map {
        optimizer.step($0.0, $0.1, $1)
      }
      return (steps.map(\.value) + steps.map(\.square), [])
    }.carries
    let updates = zip(network.weights + squares, trained).map { $0.assign($1) }
    return BuiltInModel(
      name: "house_epoch", summary: "an epoch of house_mlp, 677 batches of 32 rows, as a scan", graph: graph,
      targets: [graph.group(updates)], weights: network.weights
    ) {
      let data = HouseData()
      var random = SampleData(seed: 1)
      return [
        features: data.features, targets: data.targets,
        order: NDArray(
          HouseData.order(&random).map { Int32($0) }, shape: [HouseData.batchCount, HouseData.batchSize]),
      ]
    }
  }
}
