// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphCPU
import GraphIR
import GraphKernels
import GraphRuntime
import GraphTransforms
import Graphc
import GraphcModels
import Synchronization

/// What a node costs in each stage of compilation, for programs of growing size: a stage that costs more a node in a
/// larger program is not linear.
enum Scaling {
  static let usage = """
    usage: bench scaling [--code] [--only NAME] [SIZE…]
           bench scaling --models [NAME…]

      Prints nanoseconds per node and stage for programs of growing size.
      --code       make machine code, too
      --only NAME  one of \(Program.all.map(\.name).joined(separator: ", "))
    """

  /// A program of a given size.
  private struct Program: Sendable {
    let name: String
    /// What is measured unless sizes are asked for.
    var sizes = [1000, 10_000, 100_000]
    let make: @Sendable (Int) throws -> Inspection

    static let all = [
      Program(name: "chain", make: { try chain($0, differentiates: false) }),
      Program(name: "chain_gradient", make: { try chain($0, differentiates: true) }),
      Program(name: "layers", sizes: [1000, 10_000], make: layers),
      Program(name: "updates", sizes: [1000, 10_000], make: updates),
      Program(name: "branches", sizes: [8, 32, 128], make: branches),
    ]
  }

  /// Pointwise functions, one after the other.
  private static func chain(_ size: Int, differentiates: Bool) throws -> Inspection {
    let graph = Graph()
    let x = graph.placeholder(.float32, [64], name: "x")
    var y = x
    for index in 0..<size {
      switch index % 4 {
      case 0: y = y * 0.99
      case 1: y = tanh(y)
      case 2: y = y + x
      default: y = abs(y)
      }
    }
    let feeds = [x: NDArray([Float](repeating: 0.5, count: 64))]
    if !differentiates { return try Inspection(graph, fetches: [y], feeding: feeds) }
    return try Inspection(
      graph, fetches: [graph.gradients(of: y.sum(), withRespectTo: [x])[0]], feeding: feeds)
  }

  /// A training step of as many dense layers, 8 wide.
  private static func layers(_ size: Int) throws -> Inspection {
    let graph = Graph()
    let x = graph.placeholder(.float32, [nil, 8], name: "x")
    var y = x
    var variables: [Variable] = []
    for index in 0..<size {
      let w = graph.variable([8, 8], initializer: .glorotUniform, name: "w\(index)")
      let b = graph.variable([8], initializer: .zeros, name: "b\(index)")
      y = relu(matmul(y, w) + b)
      variables += [w, b]
    }
    let gradients = graph.gradients(of: y.mean(), withRespectTo: variables)
    let train = graph.group(zip(variables, gradients).map { $0.assign($0 - 0.1 * $1) })
    return try Inspection(
      graph, fetches: [], targets: [train],
      feeding: [x: NDArray([Float](repeating: 0.5, count: 32), shape: [4, 8])])
  }

  /// As many variables, each with an update of its own.
  private static func updates(_ size: Int) throws -> Inspection {
    let graph = Graph()
    let variables = (0..<size).map { graph.variable([16], initializer: .zeros, name: "v\($0)") }
    let step = graph.group(variables.map { $0.assign($0 * 0.9 + 0.1) })
    return try Inspection(graph, fetches: [], targets: [step])
  }

  /// Branches that stand in one another, as deep as `size`.
  private static func branches(_ size: Int) throws -> Inspection {
    let graph = Graph()
    let x = graph.placeholder(.float32, [4], name: "x")
    func nest(_ y: Tensor, _ level: Int) -> Tensor {
      if level == 0 { return tanh(y) }
      return graph.cond(y.sum() .> Double(level)) {
        nest(y * 0.5 + 1, level - 1)
      } else: {
        y - 1
      }
    }
    let y = nest(x, size)
    return try Inspection(
      graph, fetches: [y, graph.gradients(of: y.sum(), withRespectTo: [x])[0]],
      feeding: [x: NDArray([Float](repeating: 0.5, count: 4))])
  }

  /// What each stage takes for models that the command line knows by name, the best of five.
  private static func printModels(_ names: [String]) throws {
    let models = BuiltInModel.all.filter { names.isEmpty || names.contains($0.name) }
    for (name, make) in models {
      let model = make()
      let program = Program(name: name) { _ in
        try Inspection(model.graph, fetches: model.fetches, targets: model.targets, feeding: model.feeds)
      }
      var best: [(name: String, seconds: Double)] = []
      for _ in 0..<5 {
        let stages = try stages(of: program, size: 1, makesCode: false)
        best = best.isEmpty ? stages : zip(best, stages).map { ($0.name, min($0.seconds, $1.seconds)) }
      }
      let cells = best.map { "\($0.name) \(Int($0.seconds * 1e6))" }
      print("\(name), µs: \(cells.joined(separator: ", "))")
    }
  }

  /// - Parameter arguments: those behind the word `scaling`.
  /// - Returns: false when they are not understood.
  static func run(_ arguments: [String]) throws -> Bool {
    if arguments.first == "--models" {
      try printModels(Array(arguments.dropFirst()))
      return true
    }
    var makesCode = false
    var programs = Program.all
    var sizes: [Int] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--code" {
        makesCode = true
      } else if argument == "--only", let name = rest.popFirst() {
        programs = programs.filter { $0.name == name }
        if programs.isEmpty { return false }
      } else if let size = Int(argument), size > 0 {
        sizes.append(size)
      } else {
        return false
      }
    }
    for program in programs {
      let fitting = sizes.isEmpty ? program.sizes : sizes
      let columns = try fitting.map { try stages(of: program, size: $0, makesCode: makesCode) }
      print("\(program.name), ns per node" + fitting.map { padded("\($0)") }.joined())
      for row in columns[0].indices {
        let cells = zip(columns, fitting).map { column, size in
          padded("\(Int(column[row].seconds * 1e9 / Double(size)))")
        }
        print("  " + columns[0][row].name.padding(22) + cells.joined())
      }
      let totals = zip(columns, fitting).map { column, size in
        padded("\(Int(column.reduce(0) { $0 + $1.seconds } * 1e9 / Double(size)))")
      }
      print("  " + "all".padding(22) + totals.joined())
    }
    return true
  }

  private static func padded(_ text: String) -> String {
    String(repeating: " ", count: max(12 - text.count, 1)) + text
  }

  private static func stages(
    of program: Program, size: Int, makesCode: Bool
  ) throws -> [(name: String, seconds: Double)] {
    var stages: [(name: String, seconds: Double)] = []
    let clock = ContinuousClock()
    func time<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
      let start = clock.now
      let result = try body()
      stages.append((name, (clock.now - start) / .seconds(1)))
      return result
    }
    let inspection = try time("build, extract") { try program.make(size) }
    let bound = try time("bind") { try inspection.numbered(for: .optimized) }
    let logs = Mutex<[PassLog]>([])
    let options = PipelineOptions(log: { log in logs.withLock { $0.append(log) } })
    let optimized = try Pipeline.standard.run(bound, options: options)
    let names = Inspection.passNames
    for (name, log) in zip(names, logs.withLock { $0 }) { stages.append((name, log.duration / .seconds(1))) }
    let plan = try time("plan") { try Lowering.plan(for: optimized) }
    if makesCode {
      try time("code") { try KernelCache(backend: CPUBackend()).prepare(plan.kernels) }
    }
    return stages
  }
}

extension String {
  fileprivate func padding(_ width: Int) -> String {
    self + String(repeating: " ", count: max(width - count, 0))
  }
}
