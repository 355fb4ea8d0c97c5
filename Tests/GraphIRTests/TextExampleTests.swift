// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

/// The programs in `IR/examples` and those that are wrong on purpose in `IR/golden/invalid`.
@Suite struct TextExampleTests {
  static let examples = Repository.files(in: "IR/examples", extension: "gir")
  static let invalid = Repository.files(in: "IR/golden/invalid", extension: "gir")

  @Test func thereAreExamples() {
    #expect(Self.examples.count >= 12)
    #expect(Self.invalid.count >= 220)
  }

  /// Loops, branches and calls among them.
  @Test func theExamplesHaveEveryKindOfRegion() throws {
    let all = try Self.examples.map { try #require(Repository.text($0)) }.joined()
    for mnemonic in ["cond", "while", "scan", "call"] { #expect(all.contains(" = \(mnemonic) %")) }
  }

  @Test(arguments: examples)
  func examplesAreCanonical(path: String) throws {
    let text = try #require(Repository.text(path))
    let module = try ModuleParser.parse(text, file: path)
    try Verifier.verify(module)
    #expect(module.canonicalText == withoutComments(text))
  }

  /// Lines without what follows `//`, and without lines that hold nothing else.
  private func withoutComments(_ text: String) -> String {
    text.split(separator: "\n").compactMap { line -> String? in
      guard let comment = line.firstRange(of: "//") else { return line + "\n" }
      var code = line.prefix(upTo: comment.lowerBound)
      while code.last == " " { code.removeLast() }
      return code.isEmpty ? nil : code + "\n"
    }.joined()
  }

  @Test(arguments: examples)
  func examplesRun(path: String) throws {
    let module = try ModuleParser.parse(try #require(Repository.text(path)), file: path)
    let hasGradient = module.nodes.contains { if case .gradient = $0.op { true } else { false } }
    if hasGradient { return }
    let symbols = Set(module.parameters.flatMap { $0.type.shape.dims.flatMap(\.symbols) })
    let bound = try module.bound(by: Dictionary(uniqueKeysWithValues: symbols.map { ($0, $0 + 2) }))
    try Verifier.verify(bound, isStatic: true)
    let array = { (type: TensorType) -> NDArray in
      let extents = type.shape.extents ?? []
      if type.dtype == .string {
        return NDArray(strings: (0..<extents.reduce(1, *)).map { "text \($0)" }, shape: extents)
      }
      return NDArray(dtype: type.dtype, shape: extents) { index in
        switch type.dtype {
        case .float32: Float(index % 7).bits
        case .float64: Double(index % 7 + 2).bits
        default: UInt64(index % (type.dtype == .bool ? 2 : 7))
        }
      }
    }
    let outcome = try Interpreter.run(
      bound, parameters: bound.parameters.map { array($0.type) },
      variables: bound.variables.map { array($0.type) })
    #expect(outcome.results.map(\.type) == bound.results.map { bound.type(of: $0.value) })
  }

  @Test(arguments: invalid)
  func wrongProgramsAreExplained(path: String) throws {
    let text = try #require(Repository.text(path))
    let file = String(path.split(separator: "/").last ?? "")
    do throws(Diagnostic) {
      _ = try ModuleParser.parse(text, file: file)
      Issue.record("\(path) is accepted")
    } catch {
      #expect(error.kind == .graph)
      #expect(error.location?.file == file)
      #expect(error.location?.column != nil)
      expectGolden(error.description + "\n", path.dropLast(4) + ".txt")
    }
  }

  /// No text violates these: a variable that nothing declares has no name for the parser, and a slice of a symbol is
  /// held against the extent that binding gives.
  private static let unreachable: Set = ["variable.C1", "slice.C4"]

  /// The codes of all diagnostics of the wrong programs.
  private static var codes: Set<String> {
    Set(
      invalid.compactMap {
        Repository.text($0.dropLast(4) + ".txt")?.split(separator: "[").dropFirst().first
      }
      .map { String($0.prefix { $0 != "]" }) })
  }

  /// No text violates these: it names what is there, in order, and is never static. `VerifierTests` has their messages.
  private static let unreachableOfModules: Set<ModuleConstraint> = [
    .references, .leaves, .staticTypes, .staticOps,
  ]

  @Test(arguments: ModuleConstraint.allCases)
  func everyConstraintOfModulesHasAProgramThatViolatesIt(constraint: ModuleConstraint) {
    #expect(Self.codes.contains(constraint.code) != Self.unreachableOfModules.contains(constraint))
  }

  /// Functions of elements share their constraints with those of the same rule on types: of each rule one violation of
  /// each constraint.
  @Test(arguments: Set(ScalarFunction.allCases.map(\.typeRule)))
  func everyRuleOnTypesHasAProgramThatViolatesIt(rule: ScalarFunction.TypeRule) {
    let functions = ScalarFunction.allCases.filter { $0.typeRule == rule }
    for number in functions.contains(where: { $0.arity > 1 }) ? 1...2 : 1...1 {
      #expect(functions.contains { Self.codes.contains("\($0.name).C\(number)") }, "\(rule), C\(number)")
    }
  }

  @Test func everyConstraintHasAProgramThatViolatesIt() {
    let codes = Self.codes
    let functions = Set(ScalarFunction.allCases.map(\.name))
    for kind in Op.roster where !functions.contains(kind.mnemonic) {
      for number in 1...max(kind.doc.constraints.count, 1) {
        let code = "\(kind.mnemonic).C\(number)"
        #expect(codes.contains(code) != Self.unreachable.contains(code), "\(code)")
      }
    }
  }

  /// Functions of elements share one rule and differ in the types they take.
  @Test(arguments: ScalarFunction.allCases)
  func constraintsOfFunctions(function: ScalarFunction) {
    func code(of types: [String]) -> String? {
      let parameters = types.enumerated().map { "param %x\($0): \($1)\n" }.joined()
      let names = types.indices.map { "%x\($0)" }.joined(separator: ", ")
      do throws(Diagnostic) {
        _ = try ModuleParser.parse("module @m {\n\(parameters)%0 = \(function.name) \(names)\nresult %0\n}\n")
        return nil
      } catch { return error.code }
    }
    let dtypes = DType.allCases.filter { $0 != .string }.map(\.name)
    let fitting = dtypes.filter { code(of: Array(repeating: "\($0)[2]", count: function.arity)) == nil }
    // `select` takes a condition of another type.
    guard let dtype = fitting.first else { return #expect(function == .select) }
    #expect(code(of: Array(repeating: "\(dtype)[2]", count: function.arity + 1)) == "\(function.name).C1")
    for other in dtypes where !fitting.contains(other) {
      #expect(code(of: Array(repeating: "\(other)[2]", count: function.arity)) == "\(function.name).C1")
    }
    if function.arity > 1 {
      let shapes = Array(repeating: "\(dtype)[2]", count: function.arity - 1) + ["\(dtype)[3]"]
      #expect(code(of: shapes) == "\(function.name).C2")
    }
  }

  // MARK: Fuzzing

  /// Whatever the text, the parser answers: with a module that reads back, or with a diagnostic.
  private func check(_ text: String) {
    do throws(Diagnostic) {
      let module = try ModuleParser.parse(text)
      try Verifier.verify(module)
      let printed = module.canonicalText
      #expect(try ModuleParser.parse(printed).canonicalText == printed, "from \(text)")
    } catch {
      #expect(error.kind == .graph, "\(error) for \(text)")
    }
  }

  @Test(arguments: examples)
  func cutTextsAreSurvived(path: String) throws {
    let bytes = Array(try #require(Repository.text(path)).utf8)
    for count in stride(from: 0, to: bytes.count, by: 7) {
      check(String(decoding: bytes[..<count], as: UTF8.self))
    }
  }

  @Test(arguments: examples)
  func garbledTextsAreSurvived(path: String) throws {
    let text = Array(try #require(Repository.text(path)).utf8)
    let alphabet = Array("{}[]%@?*:,=#\"\\x0123456789-. eEnd\n\u{e9}/".utf8)
    var counter: UInt64 = 0
    let draw = { (count: Int) -> Int in
      counter += 1
      return Int(Threefry.block(key: 5, counter: counter) % UInt64(count))
    }
    for _ in 0..<120 {
      var bytes = text
      for _ in 0..<1 + draw(3) {
        let position = draw(bytes.count)
        switch draw(4) {
        case 0: bytes.remove(at: position)
        case 1: bytes[position] = alphabet[draw(alphabet.count)]
        case 2: bytes.insert(alphabet[draw(alphabet.count)], at: position)
        default:
          // A piece of the text, elsewhere.
          let start = draw(bytes.count)
          bytes.insert(contentsOf: bytes[start..<min(start + draw(12), bytes.count)], at: position)
        }
      }
      check(String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test func extremeTextsAreSurvived() {
    let deep = String(repeating: "[", count: 100_000)
    let huge = "9223372036854775807"
    let statements = [
      "param %x: f32\(deep)", "param %x: f32[\(huge),9]", "param %x: u8[\(huge),\(huge),0]",
      "param %x: f32[\(huge)9]",
      "param %x: f32[?\(huge)]", "param %x: f32[?4294967296]", "param %x: f32[\(huge)*\(huge)*?0]",
      "param %x: f32[" + String(repeating: "1,", count: 20_000) + "1]",
      "param %x: f32[" + String(repeating: "?0*", count: 2_000) + "?1]",
      "%0 = constant {value = splat 0} : f32[\(huge)]",
      "%0 = constant {value = splat 0} : f32[1000000000000]",
      "%0 = constant {value = splat \"\"} : string[1000000000000]",
      "%0 = constant {value = []} : f32[0,\(huge)]",
      "%0 = iota {axis = -1} : f32[3]", "%0 = iota {axis = \(huge)} : f32[3]",
      "%0 = iota {axis = 0} : f32[?7]",
      "%0 = iota {axis = 0} : f32[\(huge)9]", "%0 = constant {value = \(deep)} : f32[3]",
    ]
    for statement in statements { check("module @m {\n  \(statement)\n  result %0\n}") }
    let operations = [
      "slice %x {starts = [\(huge)], limits = [\(huge)], strides = [1]}",
      "slice %x {starts = [0], limits = [4], strides = [\(huge)]}",
      "slice %s {starts = [0], limits = [\(huge)], strides = [\(huge)]}",
      "slice %x {starts = [-\(huge)], limits = [4], strides = [0]}",
      "pad %x, %z {low = [\(huge)], high = [\(huge)], interior = [\(huge)]}",
      "pad %x, %z {low = [2147483647], high = [2147483647], interior = [2147483647]}",
      "pad %l, %z {low = [2147483647], high = [2147483647], interior = [2147483647]}",
      "concatenate %l, %l, %l, %l {axis = 0}", "concatenate %x, %s {axis = \(huge)}",
      "broadcast %x {shape = [\(huge), 4], axes = [1]}", "broadcast %x {shape = [-5, 4], axes = [1]}",
      "reshape %x {shape = [-2, -2]}", "reshape %x {shape = [4*?0, 2]}", "reshape %s {shape = [\(huge)*?0]}",
      "window %x {axes = [\(huge)], sizes = [1], strides = [1], dilations = [1]}",
      "window %x {axes = [0], sizes = [\(huge)], strides = [-\(huge)], dilations = [\(huge)]}",
      "window %l {axes = [0], sizes = [2147483647], strides = [1], dilations = [2147483647]}",
      "window %s {axes = [0], sizes = [2147483647], strides = [2147483647], dilations = [1]}",
      "window %x {axes = [], sizes = [4], strides = [], dilations = []}",
      "fold %x {axes = [], sizes = [], strides = [], dilations = [], extents = [\(huge)]}",
      "fold %x {axes = [\(huge)], sizes = [1], strides = [1], dilations = [1], extents = [end]}",
      "fold %m {axes = [0], sizes = [1], strides = [2147483647], dilations = [2147483647], extents = [end]}",
      "fold %m {axes = [0], sizes = [1], strides = [2147483647], dilations = [1], extents = [-\(huge)]}",
      "transpose %x {permutation = [\(huge)]}", "transpose %x {permutation = [-1]}",
      "reverse %x {axes = [0, 0]}",
      "reduce %x {kind = sum, axes = [\(huge), -\(huge)]}", "argMax %x {axis = -9}",
      "dot %x, %x {contract = [0, 0] x [0, 0], batch = [\(huge)] x [-1]}",
      "dot %l, %l {contract = [] x [], batch = [] x []}",
      "identity %x {id = \(huge)}", "identity %x {id = -\(huge)}", "convert %x {to = string}", "gradient %x",
      "gradient %x, %x, %x",
      "gradient %x, %x, %x {outputs = \(huge), cotangents = given}",
      "gradient %x {outputs = -1, cotangents = given}",
      "gradient %s, %x, %x {outputs = 1, cotangents = stacked}", "variable @w", "parameter {index = 0}",
      "reshape %t {shape = [2]}",
      "reverse %t {axes = [0]}",
    ]
    for operation in operations {
      check(
        """
        module @m {
          param %x: f32[4]
          param %s: f32[?0]
          param %l: f32[2000000000000000000]
          param %m: f32[2000000000000000000,1]
          param %t: string[2]
          %z = constant {value = 0} : f32[]
          %0 = \(operation)
          %1 = identity %0 {id = 0}
          result %1
        }
        """)
    }
    for text in [
      "", "\u{0}", "module", "module @", "module @m {", "module @m {\n}\n}", "\"", "%", "?", "-", "0x", "//",
    ] {
      check(text)
    }
    // A long line is shown in part.
    let wide =
      "module @m {\n  %0 = constant {value = [" + String(repeating: "1, ", count: 50_000)
      + "x]} : f32[50001]\n}"
    do throws(Diagnostic) {
      _ = try ModuleParser.parse(wide)
      Issue.record("accepted")
    } catch {
      #expect(error.code == "parse.element")
      #expect(error.description.utf8.count < 500)
    }
  }
}
