// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import GraphcModels

extension Workload {
  /// A step is a whole epoch in a new order: batches that are gathered here and fed, or one run of a scan.
  static func epochs(_ makeScan: @escaping @Sendable () -> BuiltInModel) -> [Workload] {
    Form.allCases.map { form in
      Workload(name: "house_epoch" + form.rawValue) { threads, watch in try fed(form, threads, &watch) }
    } + [Workload(name: "house_epoch:scan") { threads, watch in try scanned(makeScan, threads, &watch) }]
  }

  private static func fed(_ form: Form, _ threads: Int, _ watch: inout Stopwatch) throws -> Prepared {
    guard let model = watch.time({ BuiltInModel.named("house_mlp") }) else { throw Missing() }
    let data = HouseData()
    let session = try session(model, threads, &watch)
    let feeds = model.feeds.keys.sorted { ($0.name ?? "") < ($1.name ?? "") }
    let (x, y) = (feeds[0], feeds[1])
    let callable = try watch.time { try session.callable([], targets: model.targets, feeding: [x, y]) }
    let targets = model.targets
    var random = SampleData(seed: 1)
    let epoch = { () throws -> [NDArray] in
      let order = HouseData.order(&random)
      for start in stride(from: 0, to: order.count, by: HouseData.batchSize) {
        let batch = data.batch(order[start..<start + HouseData.batchSize])
        switch form {
        case .run:
          _ = try session.run([], targets: targets, feeding: [x: batch.features, y: batch.targets])
        case .callable: try callable(batch.features, batch.targets)
        }
      }
      return []
    }
    return Prepared(step: epoch, state: { try model.weights.map { try session.value(of: $0) } })
  }

  private static func scanned(
    _ make: () -> BuiltInModel, _ threads: Int, _ watch: inout Stopwatch
  ) throws -> Prepared {
    let model = watch.time(make)
    var feeds = model.feeds
    guard let order = feeds.keys.first(where: { $0.name == "order" }) else { throw Missing() }
    let session = try session(model, threads, &watch)
    var random = SampleData(seed: 1)
    let epoch = { () throws -> [NDArray] in
      feeds[order] = NDArray(
        HouseData.order(&random).map { Int32($0) }, shape: [HouseData.batchCount, HouseData.batchSize])
      return try session.run([], targets: model.targets, feeding: feeds)
    }
    return Prepared(step: epoch, state: { try model.weights.map { try session.value(of: $0) } })
  }

  private struct Missing: Error {}
}
