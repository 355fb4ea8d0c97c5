// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import GraphIR
import GraphcFuzz
import TestSupport
import Testing

@Suite struct ModuleTextTests {
  // MARK: Round trips

  @Test func readsWhatItPrints() throws {
    let text = """
      module @train_step {
        param %x: f32[?0,784]  "x"
        var @w: f32[784,10]
        %0 = variable @w : f32[784,10]
        %1 = dot %x, %0 {contract = [1] x [0], batch = [] x []} : f32[?0,10]
        %2 = constant {value = 0.5} : f32[]
        %3 = broadcast %2 {shape = [?0, 10], axes = []} : f32[?0,10]
        %4 = multiply %1, %3 : f32[?0,10]
        %5 = slice %4 {starts = [0, 0], limits = [end, 10], strides = [2, 1]} : f32[?1,10]
        %6 = reduce %4 {kind = sum, axes = [0, 1]} : f32[]
        %7:2 = gradient %6, %x, %0 : f32[?0,784], f32[784,10]
        result %6 : f32[]  "loss"
        result %5 : f32[?1,10]
        result %7#0 : f32[?0,784]  "dx"
        update @w = %7#1
      }

      """
    let module = try ModuleParser.parse(text)
    #expect(module.canonicalText == text)
    try Verifier.verify(module)
  }

  @Test(arguments: 0..<40)
  func randomModulesRoundTrip(seed: Int) throws {
    for isSymbolic in [false, true] {
      let module = try RandomModule.make(seed: seed, isSymbolic: isSymbolic, textOnly: true).module
      try Verifier.verify(module)
      let text = module.canonicalText
      let reread = try ModuleParser.parse(text)
      #expect(reread.canonicalText == text)
      // Comments are no part of the program.
      #expect(try ModuleParser.parse(module.description).canonicalText == text)
      #expect(reread.parameters == module.parameters)
      #expect(
        reread.nodes.filter { !$0.operands.isEmpty }.map(\.op)
          == module.nodes.filter { !$0.operands.isEmpty }.map(\.op))
    }
  }

  @Test func handWrittenTextBecomesCanonical() throws {
    let text = """
      // Any order of declarations, any names, no types where they can be inferred, line ends within lists.
      module @m "my model" {
        var @w: f32[2] "dense/w"
        param %in: f32[?4,2]
        %old = variable @w
        %b = broadcast %old { shape = [?4,
            2], axes = [ 1 ] }
        %sum = add %in, %b : f32[?4,2] // a comment
        %again = add %in, %b
        %rest = slice %sum {starts = [1, 0], limits = [end, end], strides = [1, 1]}
        %dead = exp %sum
        %max = reduce %sum {axes = [0], kind = max}
        result %rest
        result %again : f32[?4,2] "out"
        update @w = %max
      }
      """
    let module = try ModuleParser.parse(text)
    #expect(
      module.canonicalText == """
        module @my_model "my model" {
          param %in: f32[?4,2]  "in"
          var @dense.w: f32[2]  "dense/w"
          %0 = variable @dense.w : f32[2]
          %1 = broadcast %0 {shape = [?4, 2], axes = [1]} : f32[?4,2]
          %2 = add %in, %1 : f32[?4,2]
          %3 = slice %2 {starts = [1, 0], limits = [end, end], strides = [1, 1]} : f32[?5,2]
          %4 = reduce %2 {kind = max, axes = [0]} : f32[2]
          result %3 : f32[?5,2]
          result %2 : f32[?4,2]  "out"
          update @dense.w = %4
        }

        """)
    #expect(try ModuleParser.parse(module.canonicalText).canonicalText == module.canonicalText)
  }

  // MARK: Constants

  @Test(arguments: [
    ("f32", "[0, -0.0, 1, 0.1, 1e-45, 3.4028235e+38, inf, -inf, nan, 0xffc00000, 0x7f800001, 16777216]"),
    (
      "f64", "[0.1, 5e-324, 1.7976931348623157e+308, nan, 0x7ff8000000000001, 1e+16, 123456789.125, -2.5e-10]"
    ),
    ("i64", "[-9223372036854775808, 9223372036854775807, 0]"), ("u32", "[4294967295, 0]"),
    ("u8", "[255, 1]"), ("i32", "[-2147483648, 5]"), ("bool", "[true, false]"),
    ("string", #"["", "quote \" backslash \\", "\n\r\t\u{0}\u{200b}", "é"]"#),
  ])
  func constantsAreKeptBitForBit(dtype: String, elements: String) throws {
    let count = elements.split(separator: ",").count
    let text = """
      module @c {
        %0 = constant {value = \(elements)} : \(dtype)[\(count)]
        result %0 : \(dtype)[\(count)]
      }

      """
    let module = try ModuleParser.parse(text)
    #expect(module.canonicalText == text)
  }

  @Test func constantsOfEqualElementsAreSplats() throws {
    let constant = { (array: NDArray) throws -> String in
      let builder = ModuleBuilder(name: "c")
      let value = try builder.append(.constant(ConstantOp(array)))
      let text = try builder.module(results: [.init(name: "", value: value)]).canonicalText
      let parsed = try ModuleParser.parse(text)
      guard case .constant(let op) = parsed.nodes[0].op else { throw AttributeError("no constant") }
      #expect(op.value == array)
      return text.split(separator: "\n")[1].trimmingCharacters(in: .whitespaces)
    }
    #expect(try constant([2.0, 2.0]) == "%0 = constant {value = splat 2} : f32[2]")
    #expect(try constant([0.0, -0.0]) == "%0 = constant {value = [0, -0.0]} : f32[2]")
    #expect(try constant([2.0]) == "%0 = constant {value = [2]} : f32[1]")
    #expect(try constant(2.0) == "%0 = constant {value = 2} : f32[]")
    #expect(try constant(NDArray([Float](), shape: [0, 3])) == "%0 = constant {value = []} : f32[0,3]")
    #expect(try constant(["a", "a"]) == "%0 = constant {value = splat \"a\"} : string[2]")
    // Equal for a reader, but not the same bytes.
    #expect(try constant(["é", "e\u{301}"]) == "%0 = constant {value = [\"é\", \"e\u{301}\"]} : string[2]")
    let nan = NDArray(dtype: .float32, shape: [2], bits: [0x7fc0_0000, 0xffc0_0000])
    #expect(try constant(nan) == "%0 = constant {value = [nan, 0xffc00000]} : f32[2]")
  }

  // MARK: Names

  @Test func namesBecomeDistinctIdentifiers() throws {
    let builder = ModuleBuilder(name: "3 names")
    let names = ["a b", "a_b", "a-b", "", "7", "x/y:0", "ü", "%x", "a_b_1"]
    let values = names.map { builder.addParameter(name: $0, type: TensorType(.float32, [])) }
    let module = try builder.module(results: [.init(name: "r \"1\"", value: values[0])])
    let lines = module.canonicalText.split(separator: "\n")
    #expect(lines[0] == "module @_3_names \"3 names\" {")
    #expect(
      lines[1...names.count].map { $0.split(separator: ":")[0] } == [
        "  param %a_b_2", "  param %a_b", "  param %a_b_3", "  param %_", "  param %_7", "  param %x.y_0",
        "  param %__1",
        "  param %_x", "  param %a_b_1",
      ])
    #expect(lines[10] == "  result %a_b_2 : f32[]  \"r \\\"1\\\"\"")
    let reread = try ModuleParser.parse(module.canonicalText)
    #expect(reread.parameters.map(\.name) == names)
    #expect(reread.canonicalText == module.canonicalText)
  }

  @Test func commentsShowNamesAndPlaces() throws {
    let builder = ModuleBuilder(name: "m")
    let place = SourceLocation(file: "App/Model.swift", line: 42)
    let x = builder.addParameter(
      name: "x", type: TensorType(.float32, [4]), origin: Origin(location: place, name: "x"))
    let y = try builder.append(
      .pointwise(PointwiseOp(.exp)), [x], origin: Origin(location: place, scope: "dense", name: "y\n"))
    let z = try builder.append(
      .pointwise(PointwiseOp(.negate)), [y], origin: Origin(derivation: "gradient of %1"))
    let module = try builder.module(results: [.init(name: "z", value: z)])
    #expect(
      module.description == """
        module @m {
          param %x: f32[4]  "x"    // Model.swift:42
          %0 = exp %x : f32[4]     // "dense/y\\n" Model.swift:42
          %1 = negate %0 : f32[4]  // (gradient of %1)
          result %1 : f32[4]  "z"
        }

        """)
    #expect(!module.canonicalText.contains("//"))
  }

  @Test func longConstantsCanBeCutShort() throws {
    let builder = ModuleBuilder(name: "m")
    let value = try builder.append(.constant(ConstantOp([1, 2, 3, 4, 5, 6])))
    let module = try builder.module(results: [.init(name: "", value: value)])
    let text = ModulePrinter(module, options: .init(comments: false, elementLimit: 3)).text
    #expect(text.contains("%0 = constant {value = [1, 2, 3, …]} : i32[6]"))
  }

  // MARK: Other forms

  @Test func jsonIsValid() throws {
    for seed in 0..<10 {
      let module = try RandomModule.make(seed: seed, isSymbolic: seed % 2 == 0, textOnly: true).module
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(module.json.utf8)) as? [String: Any])
      let nodes = try #require(json["nodes"] as? [[String: Any]])
      let inner = module.nodes.filter { if case .parameter = $0.op { false } else { true } }
      #expect(nodes.map { $0["op"] as? String } == inner.map(\.op.mnemonic))
      #expect((json["parameters"] as? [Any])?.count == module.parameters.count)
    }
    let module = try ModuleParser.parse(
      """
      module @j {
        param %x: f32[?0,2]  "x"
        %0 = constant {value = [1, inf, -0.0, 0x7fc00001]} : f32[2,2]
        %1 = slice %x {starts = [0, 0], limits = [end, 1], strides = [1, 1]} : f32[?0,1]
        result %0 : f32[2,2]  "c"
        result %1 : f32[?0,1]  "s"
      }
      """)
    #expect(
      module.json.contains(
        """
        {"values": ["%0"], "op": "constant", "operands": [], "attributes": {"value": [1, "inf", -0.0, "0x7fc00001"]}, \
        "types": [{"dtype": "f32", "shape": [2, 2]}]
        """))
    #expect(
      module.json.contains(
        #""attributes": {"starts": [0, 0], "limits": ["end", 1], "strides": [1, 1]}, "types": [{"dtype": "f32", "shape": ["?0", 1]}]"#
      ))
  }

  @Test func dotShowsEveryNodeAndEdge() throws {
    let builder = ModuleBuilder(name: "m \"1\"")
    let x = builder.addParameter(name: "x", type: TensorType(.float32, [4]))
    let y = try builder.append(.pointwise(PointwiseOp(.exp)), [x], origin: Origin(scope: "a/b"))
    let gradients = try builder.appendAll(.gradient(GradientOp()), [y, x, y])
    let module = try builder.module(results: [.init(name: "g", value: gradients[1])])
    #expect(
      module.dot == """
        digraph "m \\"1\\"" {
          rankdir=TB;
          node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica", fontsize=10];
          edge [fontname="Helvetica", fontsize=9];
          n0 [label="param x\\nf32[4]", fillcolor=lightblue];
          n2 [label="%1#0  gradient\\nf32[4], f32[4]", fillcolor=lavender];
          subgraph cluster_0 {
            label="a"; color=gray; fontname="Helvetica";
            subgraph cluster_1 {
              label="b"; color=gray; fontname="Helvetica";
              n1 [label="%0  exp\\nf32[4]", fillcolor=honeydew];
            }
          }
          n0 -> n1;
          n1 -> n2;
          n0 -> n2;
          n1 -> n2;
          r0 [label="result g", shape=ellipse, fillcolor=lightyellow];
          n2 -> r0 [label="#1"];
        }

        """)
  }
}
