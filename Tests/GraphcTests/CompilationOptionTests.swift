// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Synchronization
import Testing

/// What a program may ask of the compiler.
@Suite struct CompilationOptionTests {
  /// log(exp(x)), which overflows unless it is rewritten.
  @Test func strictOrderKeepsTheProgram() throws {
    let graph = Graph()
    let x = graph.placeholder(.float32, [2], name: "x")
    let y = log(exp(x))
    let feeds = [x: NDArray([Float(1), 200])]
    #expect(try Session(graph).run(y, feeding: feeds).doubles == [1, 200])
    let strict = try Session(graph, options: CompilationOptions(strictOrder: true))
    #expect(strict.options.strictOrder)
    #expect(try strict.run(y, feeding: feeds).doubles[1] == .infinity)
  }

  @Test func reassociationGathersConstants() throws {
    let graph = Graph()
    let x = graph.placeholder(.float32, [1], name: "x")
    let y = (x + 3e8) - -3e8 + -6e8
    let feeds = [x: NDArray([Float(1)])]
    #expect(try Session(graph).run(y, feeding: feeds).doubles == [0])
    let free = try Session(graph, options: CompilationOptions(reassociates: true))
    #expect(try free.run((x + 3e8) + -3e8, feeding: feeds).doubles == [1])
  }

  @Test func everyPassReports() throws {
    let graph = Graph()
    let x = graph.placeholder(.float32, [4, 3], name: "x")
    let loss = softmaxCrossEntropy(logits: x, labels: graph.constant([0, 1, 2, 0] as NDArray)).mean()
    let gradient = graph.gradients(of: loss, withRespectTo: [x])[0]
    let reports = Mutex<[PassReport]>([])
    let options = CompilationOptions(
      verifiesPasses: true, checksPasses: true, report: { report in reports.withLock { $0.append(report) } })
    let feeds = [x: NDArray((0..<12).map(Float.init), shape: [4, 3])]
    let checked = try Session(graph, threads: 1, options: options).run(gradient, feeding: feeds)
    #expect(try Session(graph, threads: 1).run(gradient, feeding: feeds) == checked)
    let all = reports.withLock { $0 }
    #expect(all.map(\.pass) == options.passNames)
    #expect(all.contains { $0.pass == "gradients" && $0.nodeCount > $0.nodeCountBefore })
    #expect(all.contains { $0.pass == "simplify" && !$0.rules.isEmpty && $0.text.hasPrefix("module") })
    #expect(all.contains { $0.isUnchanged && $0.text == "(unchanged)\n" })
    #expect(all.allSatisfy { $0.duration >= .zero })
  }
}
