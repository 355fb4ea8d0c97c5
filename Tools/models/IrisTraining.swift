// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// The training of `IrisModel` on scikit-learn's split of the 150 irises: 120 to learn from, 30 to be judged by.
public struct IrisTraining {
  public static let epochCount = 100
  public static let batchSize = 16

  public let model: IrisModel
  public let session: Session
  private let train: [Int]
  private let test: [Int]
  private var order: NumPyRandomState

  /// - Parameter seed: sets the initial weights and the order of the rows.
  public init(seed: UInt64, engine: Session.Engine = .native, threads: Int? = nil) throws {
    model = IrisModel(learningRate: 0.01)
    session = try Session(model.graph, seed: seed, threads: threads, engine: engine)
    (train, test) = trainTestSplit(count: IrisData.count, testSize: 0.2, randomState: 0)
    order = NumPyRandomState(seed: UInt32(truncatingIfNeeded: seed))
  }

  public var batchCount: Int { (train.count + IrisTraining.batchSize - 1) / IrisTraining.batchSize }

  /// Trains on every row once, in a new order; the mean loss and the accuracy over the rows, each taken before its
  /// batch's step.
  public mutating func runEpoch() throws -> (loss: Double, accuracy: Double) {
    let rows = order.permutation(train.count).map { train[$0] }
    var (loss, accuracy) = (0.0, 0.0)
    for start in stride(from: 0, to: rows.count, by: IrisTraining.batchSize) {
      let batch = Array(rows[start..<min(start + IrisTraining.batchSize, rows.count)])
      let (features, labels) = IrisData.rows(batch)
      let values = try session.run(
        [model.loss, model.accuracy], targets: [model.train],
        feeding: [model.features: features, model.labels: labels])
      loss += values[0].scalar * Double(batch.count)
      accuracy += values[1].scalar * Double(batch.count)
    }
    return (loss / Double(rows.count), accuracy / Double(rows.count))
  }

  /// The accuracy on the test rows, and how often each class (row) was taken for each class (column).
  public func evaluate() throws -> (accuracy: Double, confusion: [[Int]]) {
    let (features, labels) = IrisData.rows(test)
    let predictions = try session.run(model.predictions, feeding: [model.features: features]).ints
    var confusion = [[Int]](repeating: [Int](repeating: 0, count: 3), count: 3)
    for (truth, prediction) in zip(labels.ints, predictions) { confusion[truth][prediction] += 1 }
    let right = (0..<3).reduce(0) { $0 + confusion[$1][$1] }
    return (Double(right) / Double(test.count), confusion)
  }
}
