// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The closed list of operation kinds. Each case holds a value that knows everything about the op; a new kind is a new
/// case here and one file beside its family.
public enum Op: Hashable, Sendable {
  // Leaves
  case parameter(ParameterOp)
  case variable(VariableOp)
  case constant(ConstantOp)
  case iota(IotaOp)
  // Pointwise
  case pointwise(PointwiseOp)
  case convert(ConvertOp)
  // Shape
  case reshape(ReshapeOp)
  case transpose(TransposeOp)
  case broadcast(BroadcastOp)
  case slice(SliceOp)
  case pad(PadOp)
  case reverse(ReverseOp)
  case concatenate(ConcatenateOp)
  case window(WindowOp)
  case fold(FoldOp)
  // Indexing
  case gather(GatherOp)
  case scatter(ScatterOp)
  case dynamicSlice(DynamicSliceOp)
  case dynamicUpdate(DynamicUpdateOp)
  // Reductions and contractions
  case reduce(ReduceOp)
  case argReduce(ArgReduceOp)
  case dot(DotOp)
  // Order and accumulation
  case cumulative(CumulativeOp)
  case linearRecurrence(LinearRecurrenceOp)
  case sort(SortOp)
  case searchSorted(SearchSortedOp)
  // Linear algebra
  case lu(LUOp)
  case cholesky(CholeskyOp)
  case triangularSolve(TriangularSolveOp)
  case solve(SolveOp)
  case qr(QROp)
  case svd(SVDOp)
  case eigh(EighOp)
  // Control flow
  case cond(CondOp)
  case `while`(WhileOp)
  case scan(ScanOp)
  case call(CallOp)
  // Markers
  case identity(IdentityOp)
  case stopGradient(StopGradientOp)
  case gradient(GradientOp)

  public var rule: any OpRule {
    switch self {
    case .parameter(let rule): rule
    case .variable(let rule): rule
    case .constant(let rule): rule
    case .iota(let rule): rule
    case .pointwise(let rule): rule
    case .convert(let rule): rule
    case .reshape(let rule): rule
    case .transpose(let rule): rule
    case .broadcast(let rule): rule
    case .slice(let rule): rule
    case .pad(let rule): rule
    case .reverse(let rule): rule
    case .concatenate(let rule): rule
    case .window(let rule): rule
    case .fold(let rule): rule
    case .gather(let rule): rule
    case .scatter(let rule): rule
    case .dynamicSlice(let rule): rule
    case .dynamicUpdate(let rule): rule
    case .reduce(let rule): rule
    case .argReduce(let rule): rule
    case .dot(let rule): rule
    case .cumulative(let rule): rule
    case .linearRecurrence(let rule): rule
    case .sort(let rule): rule
    case .searchSorted(let rule): rule
    case .lu(let rule): rule
    case .cholesky(let rule): rule
    case .triangularSolve(let rule): rule
    case .solve(let rule): rule
    case .qr(let rule): rule
    case .svd(let rule): rule
    case .eigh(let rule): rule
    case .cond(let rule): rule
    case .while(let rule): rule
    case .scan(let rule): rule
    case .call(let rule): rule
    case .identity(let rule): rule
    case .stopGradient(let rule): rule
    case .gradient(let rule): rule
    }
  }

  public var mnemonic: String { rule.mnemonic }
  public var lowering: LoweringClass { rule.lowering }

  /// Whether a result may have an extent that is no product of the operands' symbols.
  var leavesExtentsOpen: Bool { rule.leavesExtentsOpen }

  /// Checks that texts are not computed with.
  func requireTexts(_ operands: [TensorType]) throws(ConstraintViolation) {
    if case .identity = self { return }
    if let text = operands.first(where: { $0.dtype == .string }) {
      throw ConstraintViolation(.texts, "takes no text, got \(text)")
    }
  }

  public func bound(by bindings: [Int: Dim]) -> Op {
    switch self {
    case .iota(let rule): .iota(rule.bound(by: bindings))
    case .reshape(let rule): .reshape(rule.bound(by: bindings))
    case .broadcast(let rule): .broadcast(rule.bound(by: bindings))
    case .dynamicSlice(let rule): .dynamicSlice(rule.bound(by: bindings))
    case .cond(let rule): .cond(rule.bound(by: bindings))
    case .while(let rule): .while(rule.bound(by: bindings))
    case .scan(let rule): .scan(rule.bound(by: bindings))
    case .call(let rule): .call(rule.bound(by: bindings))
    default: self
    }
  }
}

/// One entry of the roster: what text, documentation and sweeps iterate over.
public struct OpKind: Sendable {
  public let mnemonic: String
  public let doc: OpDoc
  /// Reads the op of this mnemonic from its attributes.
  public let read: @Sendable (inout AttributeReader) throws -> Op

  init(_ mnemonic: String, _ doc: OpDoc, read: @escaping @Sendable (inout AttributeReader) throws -> Op) {
    self.mnemonic = mnemonic
    self.doc = doc
    self.read = read
  }
}

extension Op {
  /// Every op of the language in the order of the reference; one entry a mnemonic. `parameter` is absent: the text
  /// declares parameters in the module's header.
  public static let roster: [OpKind] =
    [
      OpKind("variable", VariableOp.doc) { .variable(try VariableOp(&$0)) },
      OpKind("constant", ConstantOp.doc) { .constant(try ConstantOp(&$0)) },
      OpKind("iota", IotaOp.doc) { .iota(try IotaOp(&$0)) },
      OpKind("reshape", ReshapeOp.doc) { .reshape(try ReshapeOp(&$0)) },
      OpKind("transpose", TransposeOp.doc) { .transpose(try TransposeOp(&$0)) },
      OpKind("broadcast", BroadcastOp.doc) { .broadcast(try BroadcastOp(&$0)) },
      OpKind("slice", SliceOp.doc) { .slice(try SliceOp(&$0)) },
      OpKind("pad", PadOp.doc) { .pad(try PadOp(&$0)) },
      OpKind("reverse", ReverseOp.doc) { .reverse(try ReverseOp(&$0)) },
      OpKind("concatenate", ConcatenateOp.doc) { .concatenate(try ConcatenateOp(&$0)) },
      OpKind("window", WindowOp.doc) { .window(try WindowOp(&$0)) },
      OpKind("fold", FoldOp.doc) { .fold(try FoldOp(&$0)) },
      OpKind("gather", GatherOp.doc) { .gather(try GatherOp(&$0)) },
      OpKind("scatter", ScatterOp.doc) { .scatter(try ScatterOp(&$0)) },
      OpKind("dynamicSlice", DynamicSliceOp.doc) { .dynamicSlice(try DynamicSliceOp(&$0)) },
      OpKind("dynamicUpdate", DynamicUpdateOp.doc) { _ in .dynamicUpdate(DynamicUpdateOp()) },
      OpKind("reduce", ReduceOp.doc) { .reduce(try ReduceOp(&$0)) },
      OpKind("argMax", ArgReduceOp.doc) { .argReduce(try ArgReduceOp(.max, &$0)) },
      OpKind("argMin", ArgReduceOp.doc) { .argReduce(try ArgReduceOp(.min, &$0)) },
      OpKind("dot", DotOp.doc) { .dot(try DotOp(&$0)) },
      OpKind("cumulative", CumulativeOp.doc) { .cumulative(try CumulativeOp(&$0)) },
      OpKind("linearRecurrence", LinearRecurrenceOp.doc) { .linearRecurrence(try LinearRecurrenceOp(&$0)) },
      OpKind("sort", SortOp.doc) { .sort(try SortOp(&$0)) },
      OpKind("searchSorted", SearchSortedOp.doc) { .searchSorted(try SearchSortedOp(&$0)) },
      OpKind("lu", LUOp.doc) { _ in .lu(LUOp()) },
      OpKind("cholesky", CholeskyOp.doc) { .cholesky(try CholeskyOp(&$0)) },
      OpKind("triangularSolve", TriangularSolveOp.doc) { .triangularSolve(try TriangularSolveOp(&$0)) },
      OpKind("solve", SolveOp.doc) { .solve(try SolveOp(&$0)) },
      OpKind("qr", QROp.doc) { .qr(try QROp(&$0)) },
      OpKind("svd", SVDOp.doc) { .svd(try SVDOp(&$0)) },
      OpKind("eigh", EighOp.doc) { _ in .eigh(EighOp()) },
      OpKind("convert", ConvertOp.doc) { .convert(try ConvertOp(&$0)) },
    ]
    + ScalarFunction.allCases.map { function in
      OpKind(function.name, PointwiseOp.doc(of: function)) { _ in .pointwise(PointwiseOp(function)) }
    }
    + [
      OpKind("cond", CondOp.doc) { .cond(try CondOp(&$0)) },
      OpKind("while", WhileOp.doc) { .while(try WhileOp(&$0)) },
      OpKind("scan", ScanOp.doc) { .scan(try ScanOp(&$0)) },
      OpKind("call", CallOp.doc) { .call(try CallOp(&$0)) },
      OpKind("identity", IdentityOp.doc) { .identity(try IdentityOp(&$0)) },
      OpKind("stopGradient", StopGradientOp.doc) { _ in .stopGradient(StopGradientOp()) },
      OpKind("gradient", GradientOp.doc) { .gradient(try GradientOp(&$0)) },
    ]

  private static let kinds = Dictionary(uniqueKeysWithValues: roster.map { ($0.mnemonic, $0) })

  /// The kind with this mnemonic, or nil.
  public static func kind(named mnemonic: String) -> OpKind? { kinds[mnemonic] }
}
