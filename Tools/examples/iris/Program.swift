// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import GraphcModels

/// Trains a small network on Fisher's irises and shows what happened, down to the kernels.
@main
struct Program {
  static func main() {
    do {
      try run(seed: seed(CommandLine.arguments.dropFirst()))
    } catch {
      report("\(error)")
    }
  }

  static func run(seed: UInt64) throws {
    print("graphc: a network learns Iris (Fisher 1936) in native code. Seed \(seed).\n")
    var training = try IrisTraining(seed: seed)
    let clock = ContinuousClock()
    var seconds = 0.0
    for epoch in 1...IrisTraining.epochCount {
      let start = clock.now
      let (loss, accuracy) = try training.runEpoch()
      seconds += (clock.now - start) / .seconds(1)
      if epoch % 10 == 0 {
        print("epoch \(padded(epoch, 3))   loss \(fixed(loss, 4))   accuracy \(fixed(accuracy, 4))")
      }
    }
    let (accuracy, confusion) = try training.evaluate()
    print("\ntest accuracy \(fixed(accuracy, 4))\n")
    print("confusion (rows: truth, columns: prediction)")
    print(pad("", 12) + IrisData.classNames.map { pad($0, 12) }.joined())
    for (name, row) in zip(IrisData.classNames, confusion) {
      print(pad(name, 12) + row.map { pad(String($0), 12) }.joined())
    }
    let report = training.session.report
    let steps = IrisTraining.epochCount * training.batchCount
    let perStep = (seconds - report.compileSeconds) / Double(steps) * 1e6
    print(
      "\n\(steps) steps, \(fixed(perStep, 1)) µs per step; compiled in \(fixed(report.compileSeconds * 1e3, 0)) ms"
    )
    print("\nThe kernels of a training step, as `graphc dump iris --emit kernels` shows them:\n")
    guard let model = BuiltInModel.named("iris") else { return }
    let inspection = try Inspection(
      model.graph, fetches: model.fetches, targets: model.targets, feeding: model.feeds)
    print(try inspection.text(of: .kernels))
  }

  // MARK: Text

  private static func seed(_ arguments: ArraySlice<String>) throws -> UInt64 {
    guard let first = arguments.first else { return 0 }
    guard arguments.count == 1, let seed = UInt64(first) else { throw Usage() }
    return seed
  }

  private struct Usage: Error, CustomStringConvertible {
    var description: String { "usage: iris [SEED]   (SEED: a whole number, 0 if left out)" }
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }
  private static func padded(_ number: Int, _ width: Int) -> String { pad(String(number), width) }
}
