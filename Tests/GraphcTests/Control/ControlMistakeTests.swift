// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Synchronization
import Testing

@testable import Graphc

@Suite("Mistakes in control flow")
struct ControlMistakeTests {
  let graph = Graph()

  @Test("A tensor that leaves its region is an error that shows both lines")
  func leaks() throws {
    let x = graph.counting([3])
    let line = #line
    var leaked = x
    _ = graph.map(over: x) { part in
      leaked = exp(part)
      return part
    }
    let sum = sin(leaked)
    let thrown = thrownText { _ = try Session(graph).run(sum) }
    #expect(
      thrown == """
        error[region.leak]: sin: takes %\(leaked.value.node) exp, which exists only in the body of a scan; return it from \
        there, and use the result
          --> ControlMistakeTests.swift:\(line + 6)
          note: %\(leaked.value.node) exp is made in the body of a scan, created at ControlMistakeTests.swift:\(line + 3)
          note: the operand is %\(leaked.value.node) exp, created at ControlMistakeTests.swift:\(line + 3)
        """)
  }

  @Test("One branch has nothing of the other")
  func leaksBetweenBranches() {
    let x = graph.counting([])
    var leaked = x
    let result = graph.cond(
      x .> 0,
      then: {
        leaked = x + 1
        return leaked
      }, else: { leaked * 2 })
    #expect(result.complaint.contains("[region.leak] *: takes"), "\(result.complaint)")
    let returned = graph.cond(
      x .> 0,
      then: {
        leaked = x + 1
        return leaked
      }, else: { leaked })
    #expect(returned.complaint.contains("[region.leak] cond: takes"), "\(returned.complaint)")
    let outer = graph.map(over: graph.counting([2])) { part in
      graph.fori(2, from: part) { _, y in
        leaked = y
        return y * part
      } + leaked
    }
    #expect(outer.complaint.contains("which exists only in the body of a scan"), "\(outer.complaint)")
  }

  @Test("What exists in a region is neither fetched, nor fed, nor a target")
  func runs() throws {
    let x = graph.counting([3])
    let inner = Mutex<Tensor?>(nil)
    let line = #line
    let y = graph.map(over: x) { part in
      inner.withLock { $0 = exp(part) }
      return part * 2
    }
    let stray = try #require(inner.withLock { $0 })
    let session = try Session(graph)
    let expected = """
      error[run.region]: %\(stray.value.node) exp is fetched, and exists only in the body of a scan; return it from there, and \
      take the result
        --> ControlMistakeTests.swift:\(line + 2)
      """
    #expect(thrownText { _ = try session.run(stray) } == expected)
    let fed = thrownText { _ = try session.run(y, feeding: [stray: 1]) }
    #expect(fed.contains("exp is fed, and exists only in"), "\(fed)")
    let target = thrownText { _ = try session.run([y], targets: [stray.operation]) }
    #expect(target.contains("exp is a target, and exists only in"), "\(target)")
    #expect(try session.run(y).doubles == [0, 2, 4])
  }

  @Test("Variables are not assigned to, and inputs not made, in a region")
  func effects() throws {
    let x = graph.counting([3])
    let w = graph.variable([])
    let assignments: [(String, (Tensor) -> Tensor)] = [
      ("assign", { w.assign($0) }), ("assignAdd", { w.assignAdd($0) }),
      ("assignSubtract", { w.assignSubtract($0) }),
    ]
    for (name, assign) in assignments {
      let refusal =
        "[assign.region] \(name): a variable takes its value once, at the end of a run, and cannot be assigned to in "
      let advice = "; carry the value through the loop, or return it, and assign the result"
      #expect(graph.map(over: x) { assign($0) }.complaint == refusal + "the body of a scan" + advice)
      let branch = graph.cond(x[0] .> 0, then: { assign(x[0]) }, else: { x[0] })
      #expect(branch.complaint == refusal + "a branch" + advice)
      let loop = graph.whileLoop(from: x[0], while: { $0 .< 3 }, body: { assign($0) })
      #expect(loop.complaint.hasPrefix(refusal) && loop.complaint.hasSuffix(advice), "\(loop.complaint)")
    }
    let fed = graph.cond(x[0] .> 0, then: { graph.placeholder(.float32, []) }, else: { x[0] })
    #expect(
      fed.complaint
        == "[placeholder.region] placeholder: a placeholder is fed once for a run and has no place in a branch; "
        + "make it outside and use it here")
    // A variable may be made there: it is the graph's.
    let sums = graph.map(over: x) { $0 + graph.variable(initialValue: 2, dtype: .float32) }
    #expect(try sums.values() == [2, 3, 4])
  }

  @Test("Types that do not fit")
  func types() {
    let x = graph.counting([3])
    let scalar = x.sum()
    let complaints: [(Tensor, String)] = [
      (
        graph.cond(x .> 0, then: { x }, else: { x }),
        "[cond.C2] cond: the predicate is bool[3]; it must be a bool scalar, for example `x.sum() .> 0`"
      ),
      (
        graph.cond(scalar .> 0, then: { x }, else: { scalar }),
        "[cond.C4] cond: result 0 is f32[3] in one branch and f32[] in the other"
      ),
      (
        graph.cond(scalar .> 0, then: { [x] }, else: { [x, x] })[1],
        "[cond.C4] cond: the branches return 1 and 2 tensors; they must return as many, at least one"
      ),
      (
        graph.whileLoop(from: x, while: { $0 .> 1 }, body: { $0 }),
        "[while.C3] whileLoop: the condition is bool[3]; it must be a bool scalar, for example `x.sum() .> 0`"
      ),
      (
        graph.whileLoop(from: scalar, while: { $0 .> 1 }, body: { $0 + x }),
        "[carry.type] whileLoop: value 0 starts as f32[], and the body makes it f32[3]; convert or broadcast one of them, "
          + "so that every step has the same type"
      ),
      (
        graph.scan(over: [x], from: [x, x], body: { carries, _ in ([carries[0]], []) }).carries[1],
        "[carry.count] scan: starts from 2 values, and its body returns 1 of them"
      ),
      (
        graph.scan(over: [x, graph.counting([4])], from: []) { _, parts in ([], parts) }.outputs[1],
        "[scan.C3] scan: the loop has 3 steps, and element 1 is f32[4]"
      ),
      (
        graph.map(over: scalar) { $0 },
        "[scan.C3] map: element 0 is f32[], which has no first axis to go along; capture it instead"
      ),
      (
        graph.scan(over: [], from: [x]) { carries, _ in (carries, []) }.carries[0],
        "[scan.length] scan: without elements a loop needs its number of steps, as `length: 10`"
      ),
      (
        graph.fori(-1, from: x) { $1 + $0 },
        "[scan.C3] fori: a loop of -1 steps; the number must be 0 or more, below 2⁴⁸"
      ),
      (
        graph.customGradient(x, forward: { $0 * 2 }, gradient: { _, _, dy in dy.sum() }),
        "[call.C4] customGradient: the gradient returns f32[] for floating-point input 0, which is f32[3]; it must be of "
          + "the same type"
      ),
      (
        graph.customGradient([x, x], forward: { $0 }, gradient: { _, _, dy in [dy[0]] })[0],
        "[call.C4] customGradient: the gradient returns 1 tensors for 2 floating-point inputs"
      ),
    ]
    for (tensor, complaint) in complaints { #expect(tensor.complaint == complaint) }
  }

  @Test("An invalid expression silences what follows from it, through any region")
  func poison() {
    let x = graph.counting([3])
    let bad = matmul(x, graph.counting([2, 2]))
    let message = bad.complaint
    let results =
      [
        graph.cond(x.sum() .> 0, then: { bad }, else: { x }), graph.cond(bad .> 0, then: { x }, else: { x }),
        graph.map(over: bad) { sin($0) }, graph.map(over: x) { $0 * bad },
        graph.fori(3, from: bad) { $1 * $0 }, graph.fori(3, from: x) { $1 + bad },
        graph.whileLoop(from: bad, while: { $0.sum() .> 0 }, body: { $0 }),
        graph.checkpoint(bad) { $0 }, graph.checkpoint(x) { $0 * bad },
        graph.customGradient(bad, forward: { $0 }, gradient: { $2 * $1 }),
        graph.customGradient(x, forward: { $0 }, gradient: { _, _, dy in dy * bad }),
      ] + graph.scan(over: [x, bad], from: [x, bad]) { ($0, $1) }.outputs
    for result in results { #expect(result.complaint == message) }
    #expect(graph.diagnostics.count == 1, "\(graph.diagnostics)")
  }

  @Test("Tensors of another graph, in every place")
  func otherGraphs() {
    let x = graph.counting([3])
    let other = Graph().counting([3])
    let results = [
      graph.map(over: other) { $0 }, graph.map(over: x) { $0 * other }, graph.map(over: x) { _ in other },
      graph.cond(other.sum() .> 0, then: { x }, else: { x }),
      graph.cond(x.sum() .> 0, then: { other }, else: { x }),
      graph.customGradient(x, forward: { _ in other }, gradient: { $2 * $1 }),
      graph.customGradient(x, forward: { $0 }, gradient: { _, _, _ in other }),
    ]
    for result in results { #expect(result.complaint.contains("[graph.mixed]"), "\(result.complaint)") }
  }

  @Test("An error thrown by a closure is the program's own")
  func thrownErrors() throws {
    struct Problem: Error {}
    let x = graph.counting([3])
    #expect(throws: Problem.self) { try graph.map(over: x) { _ in throw Problem() } }
    #expect(throws: Problem.self) {
      try graph.cond(x.sum() .> 0, then: { throw Problem() }, else: { x })
    }
    #expect(graph.diagnostics.isEmpty)
    #expect(try graph.map(over: x) { $0 + 1 }.values() == [1, 2, 3])
  }

  @Test("Loops may stand in one another 256 deep, and no deeper")
  func nesting() throws {
    func nested(_ depth: Int, _ value: Tensor) -> Tensor {
      if depth == 0 { return value + 1 }
      return graph.fori(1, from: value) { _, inner in nested(depth - 1, inner) }
    }
    let start = graph.constant(1.5)
    let deep = nested(Region.greatestDepth, start)
    #expect(graph.diagnostics.isEmpty)
    #expect(try graph.evaluate([deep])[0].doubles == [2.5])
    let tooDeep = nested(Region.greatestDepth + 44, start)
    #expect(
      tooDeep.complaint == "[module.V14] fori: regions stand in one another more than 256 deep",
      "\(tooDeep.complaint)")
  }

  @Test("Branches in branches run natively")
  func nestedBranches() throws {
    let x = graph.placeholder(.float32, [])
    func nested(_ depth: Int, _ value: Tensor) -> Tensor {
      if depth == 0 { return value + 1 }
      return graph.cond(x .> Double(-depth), then: { nested(depth - 1, value * 1.01) }, else: { -value })
    }
    let deep = nested(60, x)
    let expected = (0..<60).reduce(Float(0.5)) { value, _ in value * 1.01 } + 1
    #expect(isClose(try deep.values(feeding: [x: 0.5]), [Double(expected)], within: 1e-6))
  }

  @Test("A division by zero in a region names its line")
  func divisions() throws {
    let x = graph.placeholder(.int32, [2])
    let line = #line + 2
    let remainders = graph.map(over: x) { part in
      graph.cond(part .< 0, then: { part }, else: { 7 % part })
    }
    let session = try Session(graph)
    #expect(try session.run(remainders, feeding: [x: [2, -3]]).ints == [1, -3])
    for engine in RandomDrawTests.engines {
      let session = try Session(graph, engine: engine)
      let text = thrownText { _ = try session.run(remainders, feeding: [x: [2, 0]]) }
      #expect(text.hasPrefix("error[remainder.value]: "), "\(text)")
      #expect(text.contains("ControlMistakeTests.swift:\(line)\n"), "\(text)")
      #expect(text.contains("no variable has changed"))
    }
  }

  @Test("A while loop has no gradient, and says what has one")
  func whileGradient() {
    let x = graph.constant(1.5)
    let y = graph.whileLoop(from: x, while: { $0 .< 100 }, body: { $0 * $0 })
    let gradient = graph.gradients(of: y, withRespectTo: [x])[0]
    #expect(
      gradient.complaint.contains(
        "it is cut at while")
        && gradient.complaint.contains(
          "how many steps there are is known only when they are done; a `scan` or a `fori`, whose count is a number, has a "
            + "gradient"),
      "\(gradient.complaint)")
    #expect(graph.explainGradient(of: y, withRespectTo: x).contains("a `scan` or a `fori`"))
  }

  @Test("Why there is no gradient, through regions")
  func explanations() {
    let x = graph.counting([3])
    let line = #line + 1
    let rounded = graph.map(over: x) { floor($0) }
    let gradient = graph.gradients(of: rounded.sum(), withRespectTo: [x])[0]
    #expect(
      gradient.complaint.contains("in its region, at floor at ControlMistakeTests.swift:\(line)"),
      "\(gradient.complaint)")
    let some = graph.scan(over: x, from: 0.0) { ($0 + $1, round($1)) }
    #expect(graph.explainGradient(of: some.carry, withRespectTo: x).contains("flows to"))
    #expect(graph.explainGradient(of: some.outputs, withRespectTo: x).contains("no gradient flows"))
  }
}
