// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphIR
import GraphTransforms

/// A program at every stage of its compilation, as text; what `graphc dump` shows.
///
///     let inspection = try Inspection(graph, fetches: [loss], targets: [train], feeding: [x: images])
///     print(try inspection.text(of: .kernels))
public struct Inspection: Sendable {
  /// The stages, in the order of compilation.
  public enum Stage: String, CaseIterable, Sendable {
    /// The program as it was built, with its gradient nodes.
    case graph
    /// After gradient nodes are expanded.
    case gradients
    /// After all passes.
    case optimized
    /// The loops that it becomes.
    case kernels
    /// The steps of a run, and where in memory each array lies.
    case plan
    /// The LLVM IR of every kernel, before LLVM's own passes.
    case llvm
    /// The assembly of every kernel.
    case assembly = "asm"

    /// The formats in which the stage can be shown.
    public var formats: [Format] {
      switch self {
      case .graph, .gradients, .optimized: Format.allCases
      case .kernels, .plan, .llvm, .assembly: [.text]
      }
    }
  }

  public enum Format: String, CaseIterable, Sendable {
    case text
    /// The language of Graphviz.
    case dot
    case json
  }

  /// What is shown of a stage.
  public struct Options: Sendable {
    public var format = Format.text
    /// LLVM's name of the processor that code is for, `x86-64-v3`; nil for the one that this program runs on.
    public var cpu: String?
    /// The number of the only kernel to show, or words of its label; nil for all.
    public var kernel: String?
    /// The pass behind which `optimized` is shown, as `passNames` has it; nil for the last.
    public var lastPass: String?
    /// How the program is optimized.
    public var compilation: CompilationOptions

    public init(
      format: Format = .text, cpu: String? = nil, kernel: String? = nil, lastPass: String? = nil,
      compilation: CompilationOptions = CompilationOptions()
    ) {
      self.format = format
      self.cpu = cpu
      self.kernel = kernel
      self.lastPass = lastPass
      self.compilation = compilation
    }
  }

  /// The version of this compiler.
  public static let compilerVersion = "0.1.0"

  /// Symbols may stand for extents.
  let module: Module
  /// Numbers for symbols, used where a stage needs them.
  private let examples: [Int: Int]

  private init(_ module: Module, examples: [Int: Int]) {
    self.module = module
    self.examples = examples
  }

  /// One kind of run of a graph.
  ///
  /// - Parameters:
  ///   - fetches: what the run computes.
  ///   - targets: what it carries out besides.
  ///   - feeds: arrays of which only the types count; they give unknown extents their numbers.
  ///   - name: the name of the program in the texts.
  /// - Throws: `DiagnosticList`, as a session's run.
  public init(
    _ graph: Graph, fetches: [Tensor], targets: [Operation] = [], feeding feeds: [Tensor: NDArray] = [:],
    name: String = "run"
  ) throws {
    let session = try Session(graph, threads: 1, engine: .interpreter)
    let extraction = try session.extraction(fetches, targets: targets, feeding: feeds)
    var module = extraction.module
    module.name = name
    self.init(module, examples: extraction.bindings)
  }

  /// A program in the language of `IR/SPEC.md`.
  ///
  /// - Parameter file: the name of the text in diagnostics.
  /// - Throws: `Diagnostic` that shows the place in the text.
  public init(text: String, file: String) throws {
    self.init(try ModuleParser.parse(text, file: file), examples: [:])
  }

  // MARK: Symbols

  /// The symbols that stand for extents of inputs and have no number yet, with the place of each:
  /// `("?0", "axis 0 of %x")`.
  public var openSymbols: [(symbol: String, place: String)] {
    symbols.filter { examples[$0.number] == nil }.map { ("?\($0.number)", $0.place) }
  }

  /// Every symbol of an input, in order.
  private var symbols: [(number: Int, place: String)] {
    var places: [Int: String] = [:]
    let names = ValueNames(module)
    for (name, parameter) in zip(names.parameters, module.parameters) {
      for (axis, dim) in parameter.type.shape.dims.enumerated() {
        for symbol in dim.symbols where places[symbol] == nil { places[symbol] = "axis \(axis) of \(name)" }
      }
    }
    return places.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The program with numbers for symbols, which are given without their question mark.
  ///
  /// - Throws: `Diagnostic` for a symbol that no input has, and where the program does not fit the numbers.
  public func bound(by bindings: [Int: Int]) throws -> Inspection {
    let known = symbols.map(\.number)
    for (symbol, extent) in bindings.sorted(by: { $0.key < $1.key }) {
      if !known.contains(symbol) {
        let list =
          known.isEmpty ? "it has none" : "it has " + known.map { "?\($0)" }.joined(separator: ", ")
        throw Diagnostic(.run, code: "bind.symbol", "the program has no extent ?\(symbol); \(list)")
      }
      if extent < 0 {
        throw Diagnostic(.run, code: "bind.extent", "the extent ?\(symbol) cannot be \(extent)")
      }
    }
    let rest = examples.filter { bindings[$0.key] == nil }
    return Inspection(try module.bound(by: bindings), examples: rest)
  }

  /// The program with a number for every extent.
  package func numbered(for stage: Stage) throws -> Module {
    let module = examples.isEmpty ? self.module : try self.module.bound(by: examples)
    if module.isStatic { return module }
    let list = openSymbols.map { "\($0.symbol) (\($0.place)) has none" }.joined(separator: ", ")
    throw Diagnostic(
      .run, code: "dump.symbols",
      "the stage '\(stage.rawValue)' needs a number for every extent; \(list.isEmpty ? "some have none" : list)"
    )
  }

  // MARK: Gradients

  /// The program with gradients of a value as further results, `gradient/w`.
  ///
  /// - Parameters:
  ///   - loss: a result's name, the name of a value, or its number in the text, `%7`.
  ///   - targets: likewise; parameters and variables above all.
  /// - Throws: `Diagnostic` for an unknown name, and where no gradient reaches a target.
  public func differentiating(_ loss: String, withRespectTo targets: [String]) throws -> Inspection {
    var module = module
    let names = ModuleNames(module)
    let lossValue = try names.value(named: loss)
    let operands = [lossValue] + (try targets.map { try names.value(named: $0) })
    let paths = Autodiff.explainPaths(
      in: module.nodes, from: lossValue, to: Array(operands.dropFirst()))
    for (target, path) in zip(targets, paths) {
      switch path {
      case .differentiable: break
      case .independent:
        throw Diagnostic(.graph, code: "gradients.path", "'\(loss)' does not depend on '\(target)'")
      case .cut(let cuts):
        let notes = cuts.map { Diagnostic.Note("\($0.mnemonic) \($0.reason)", at: $0.origin.location) }
        throw Diagnostic(
          .graph, code: "gradients.path", "no gradient of '\(loss)' reaches '\(target)'", notes: notes)
      }
    }
    let op = Op.gradient(GradientOp())
    let types: [TensorType]
    do throws(ConstraintViolation) {
      types = try op.rule.inferTypes(operands.map(module.type(of:)))
    } catch {
      throw error.diagnostic(for: op.mnemonic)
    }
    let node = Int32(module.nodes.count)
    module.nodes.append(Node(op: op, operands: operands, types: types, origin: .unknown))
    for (index, target) in targets.enumerated() {
      module.results.append(
        Module.Result(name: "gradient/\(target)", value: Value(node: node, result: Int32(index))))
    }
    return Inspection(module, examples: examples)
  }

  // MARK: Names

  /// The name that is nearest to a word by edits, or nil when none is near.
  package static func nearestName(to word: String, among names: [String]) -> String? {
    Spelling.nearest(to: word, among: names)
  }
}

/// The values of a module by all the names that they have.
struct ModuleNames {
  private var values: [String: Value] = [:]
  /// Names that people gave, for suggestions.
  private var known: [String] = []

  init(_ module: Module) {
    // Where two names are the same, the more specific one wins: what comes first here.
    func add(_ name: String, _ value: Value) {
      if name.isEmpty || values[name] != nil { return }
      values[name] = value
      known.append(name)
    }
    let names = ValueNames(module)
    for result in module.results { add(result.name, result.value) }
    for (index, node) in module.nodes.enumerated() {
      let value = Value(node: Int32(index))
      switch node.op {
      case .parameter(let rule) where module.parameters.indices.contains(rule.index):
        add(module.parameters[rule.index].name, value)
      case .variable(let rule) where module.variables.indices.contains(rule.index):
        add(module.variables[rule.index].name, value)
        add(names.name(ofVariable: rule.index), value)
      default: break
      }
    }
    for (index, node) in module.nodes.enumerated() {
      if node.types.count == 1, let name = node.origin.name { add(name, Value(node: Int32(index))) }
      for result in node.types.indices {
        let value = Value(node: Int32(index), result: Int32(result))
        let text = names.name(of: value)
        if values[text] == nil { values[text] = value }
      }
    }
  }

  /// - Throws: `Diagnostic` with the nearest name.
  func value(named name: String) throws(Diagnostic) -> Value {
    if let value = values[name] { return value }
    throw Diagnostic(
      .run, code: "name.unknown",
      "the program has no value named '\(name)'" + ModuleNames.hint(for: name, among: known))
  }

  /// The nearest name, or what names there are.
  static func hint(for name: String, among names: [String]) -> String {
    if let nearest = Spelling.nearest(to: name, among: names) { return "; did you mean '\(nearest)'?" }
    if names.isEmpty { return "; it has none" }
    return "; it has " + names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
      + (names.count > 8 ? ", …" : "")
  }
}
