// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

@Suite struct InspectionTests {
  /// y = x·w for any batch, scaled, and an update of w.
  private struct Model {
    let graph = Graph()
    let x: Tensor
    let w: Variable
    let loss: Tensor
    let update: Operation

    init() {
      x = graph.placeholder(.float32, [nil, 2], name: "x")
      w = graph.variable([2, 3], initializer: .zeros, name: "w")
      loss = graph.identity(square(matmul(x, w)).sum(), name: "loss")
      let gradient = graph.gradients(of: loss, withRespectTo: [w])[0]
      update = graph.group(w.assign(w - 0.5 * gradient))
    }

    func inspection(batch: Int) throws -> Inspection {
      let zeros = NDArray([Float](repeating: 0, count: batch * 2), shape: [batch, 2])
      return try Inspection(graph, fetches: [loss], targets: [update], feeding: [x: zeros])
    }
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func theGraphKeepsItsSymbolsAndGradients() throws {
    let text = try Model().inspection(batch: 4).text(of: .graph)
    #expect(text.contains("param %x: f32[?0,2]"))
    #expect(text.contains(" = gradient %"))
    #expect(text.contains("update @w = "))
  }

  @Test func laterStagesTakeTheNumbersOfTheFeeds() throws {
    let inspection = try Model().inspection(batch: 4)
    #expect(inspection.openSymbols.isEmpty)
    for stage in [Inspection.Stage.gradients, .optimized] {
      let text = try inspection.text(of: stage)
      #expect(text.contains("param %x: f32[4,2]"))
      #expect(!text.contains("gradient %"))
      #expect(!text.contains("?"))
    }
    let other = try inspection.bound(by: [0: 8])
    #expect(try other.text(of: .graph).contains("param %x: f32[8,2]"))
    #expect(try other.text(of: .optimized).contains("param %x: f32[8,2]"))
  }

  @Test func thePlanShowsEveryStepAndBuffer() throws {
    let program = """
      module @net {
        param %x: f32[64,32]
        var @w: f32[32,3]
        %0 = variable @w : f32[32,3]
        %1 = dot %x, %0 {contract = [1] x [0], batch = [] x []} : f32[64,3]
        %2 = exp %1 : f32[64,3]
        %3 = constant {value = 0.5} : f32[]
        %4 = broadcast %3 {shape = [32, 3], axes = []} : f32[32,3]
        %5 = multiply %0, %4 : f32[32,3]
        result %2 : f32[64,3]  "y"
        update @w = %5
      }
      """
    #expect(
      try Inspection(text: program, file: "net.gir").text(of: .plan) == """
        plan @net: 3 steps, 2 kernels, arena of 768 bytes

        buffers
          b0  f32[64,32]  parameter "x"  8192 bytes
          b1  f32[32,3]   variable "w"    384 bytes
          b2  f32[64,3]   arena + 0       768 bytes
          b3  f32[64,3]   output 0        768 bytes
          b4  f32[32,3]   output 1        384 bytes

        steps
          0  dot f32 [64,32] · [32,3]  b0, b1 → b2
          1  kernel 0                  b2 → b3      // exp
          2  kernel 1                  b1 → b4      // multiply

        results
          "y"  f32[64,3]  output 0

        updates
          variable "w"  f32[32,3]  output 1

        """)
    #expect(
      try Inspection(text: program, file: "net.gir").text(of: .kernels) == """
        // kernel 0, step 1: exp
        kernel (b0: read f32, b1: write f32) domain [192] vector domain {
          stage 0 loop [] {
            v0 = load b0[d0] : f32
            v1 = exp v0 : f32
            store v1, b1[d0]
          }
        }

        // kernel 1, step 2: multiply
        kernel (b0: read f32, b1: write f32) domain [96] vector domain {
          stage 0 loop [] {
            v0 = load b0[d0] : f32
            v1 = constant 0.5 : f32
            v2 = multiply v0, v1 : f32
            store v2, b1[d0]
          }
        }

        // step 0: dot f32 [64,32] · [32,3]

        """)
  }

  @Test func theFusionReportSaysWhatSharesAKernelAndWhy() throws {
    let program = """
      module @net {
        param %x: f32[3,3]
        %0 = multiply %x, %x : f32[3,3]
        %1 = reduce %0 {kind = sum, axes = [0]} : f32[3]
        %2 = reduce %0 {kind = sum, axes = [1]} : f32[3]
        result %1 : f32[3]  "columns"
        result %2 : f32[3]  "rows"
      }
      """
    let report = try Inspection(text: program, file: "net.gir").fusionReport()
    #expect(
      report == """
        kernels of several values
          0: stores %1 multiply f32[3,3] (net.gir:3:8), %2 reduce f32[3] (net.gir:4:8)
        temporaries in memory
          %1 multiply f32[3,3] (net.gir:3:8), 36 bytes: several consumers read it
        apart
          %3 reduce f32[3] (net.gir:5:8) and %2 reduce f32[3] (net.gir:4:8): they reduce along different axes

        """)
  }

  @Test func programsWithoutWorkHaveNoKernels() throws {
    let inspection = try Inspection(
      text: "module @id {\n  param %x: f32[2]\n  result %x : f32[2]  \"x\"\n}\n", file: "id.gir")
    #expect(try inspection.text(of: .kernels) == "// no kernels\n")
    #expect(try inspection.text(of: .assembly) == "# no kernels\n")
    #expect(try inspection.text(of: .plan).hasPrefix("plan @id: 0 steps, 0 kernels, arena of 0 bytes\n"))
    #expect(
      message { _ = try inspection.text(of: .kernels, options: .init(kernel: "0")) }
        == "error[dump.kernel]: the program has no kernel '0'; it has none")
  }

  @Test func openSymbolsAreNamed() throws {
    let inspection = try Inspection(
      text: """
        module @m {
          param %x: f32[?1,2]
          param %y: i32[?0,?1]
          result %x : f32[?1,2]  "x"
        }
        """, file: "m.gir")
    #expect(inspection.openSymbols.map(\.symbol) == ["?0", "?1"])
    #expect(inspection.openSymbols.map(\.place) == ["axis 0 of %y", "axis 0 of %x"])
    #expect(
      message { _ = try inspection.text(of: .gradients) } == """
        error[dump.symbols]: the stage 'gradients' needs a number for every extent; ?0 (axis 0 of %y) has none, \
        ?1 (axis 0 of %x) has none
        """)
    #expect(try inspection.bound(by: [1: 3]).openSymbols.map(\.symbol) == ["?0"])
    #expect(try inspection.bound(by: [0: 0, 1: 3]).text(of: .gradients).contains("param %y: i32[0,3]"))
  }

  @Test func passesHaveDistinctNames() throws {
    #expect(Inspection.passNames.first == "stabilize")
    #expect(Set(Inspection.passNames).count == Inspection.passNames.count)
    let inspection = try Model().inspection(batch: 2)
    #expect(CompilationOptions(strictOrder: true).passNames.first == "gradients")
    let first = try inspection.text(of: .optimized, options: .init(lastPass: "gradients"))
    #expect(try first == inspection.text(of: .gradients))
    let last = try inspection.text(of: .optimized, options: .init(lastPass: Inspection.passNames.last))
    #expect(try last == inspection.text(of: .optimized))
    #expect(
      message { _ = try inspection.text(of: .optimized, options: .init(lastPass: "none")) }
        .hasPrefix("error[dump.pass]: there is no pass 'none'; there are stabilize, "))
  }

  @Test func optionsMustFitTheStage() throws {
    let inspection = try Model().inspection(batch: 2)
    #expect(
      message { _ = try inspection.text(of: .plan, options: .init(format: .dot)) }
        == "error[dump.format]: the stage 'plan' is shown as text, not as dot")
    #expect(
      message { _ = try inspection.text(of: .graph, options: .init(lastPass: "simplify")) }
        == "error[dump.pass]: a last pass belongs to the stage 'optimized', not to 'graph'")
  }

  @Test func gradientsTakeAnyName() throws {
    let inspection = try Model().inspection(batch: 2)
    let byName = try inspection.differentiating("loss", withRespectTo: ["w", "x"])
    #expect(try byName.text(of: .graph).contains("\"gradient/x\""))
    #expect(try byName.text(of: .optimized).contains("result"))
    #expect(
      message { _ = try inspection.differentiating("loss", withRespectTo: ["v"]) }
        == "error[name.unknown]: the program has no value named 'v'; it has 'loss', 'x', 'w', '@w'")
  }

  @Test func invalidGraphsThrowTheirDiagnostics() {
    let graph = Graph()
    let x = graph.placeholder(.float32, [2, 3], name: "x")
    let product = matmul(x, x)
    #expect(message { _ = try Inspection(graph, fetches: [product]) }.contains("error[dot.C"))
  }
}
