// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR

/// An LLVM value; it lives as long as the context that it was built in.
typealias IRValue = LLVMValueRef

/// Builds LLVM instructions at a current place: a thin layer over the C interface.
///
/// One context, one module; for one thread.
final class LLVMBuilder {
  let context: LLVMContextRef
  let module: LLVMModuleRef
  private let builder: LLVMBuilderRef
  private var tables: [DType: [[UInt64]: IRValue]] = [:]
  private var intrinsics: [String: (type: LLVMTypeRef, function: IRValue)] = [:]

  init(moduleName: String) {
    context = LLVMContextCreate()
    module = LLVMModuleCreateWithNameInContext(moduleName, context)
    builder = LLVMCreateBuilderInContext(context)
  }

  deinit {
    LLVMDisposeBuilder(builder)
    LLVMDisposeModule(module)
    LLVMContextDispose(context)
  }

  // MARK: Types

  var i1: LLVMTypeRef { LLVMInt1TypeInContext(context) }
  var i8: LLVMTypeRef { LLVMInt8TypeInContext(context) }
  var i16: LLVMTypeRef { LLVMInt16TypeInContext(context) }
  var i32: LLVMTypeRef { LLVMInt32TypeInContext(context) }
  var i64: LLVMTypeRef { LLVMInt64TypeInContext(context) }
  var half: LLVMTypeRef { LLVMHalfTypeInContext(context) }
  var pointer: LLVMTypeRef { LLVMPointerTypeInContext(context, 0) }

  /// The type of an element in a register.
  func type(_ dtype: DType) -> LLVMTypeRef {
    switch dtype {
    case .bool: i1
    case .uint8, .int8, .string: i8
    // Their bits: nothing but a conversion looks into them.
    case .float16, .bfloat16: i16
    case .int32, .uint32: i32
    case .int64: i64
    case .float32: LLVMFloatTypeInContext(context)
    case .float64: LLVMDoubleTypeInContext(context)
    }
  }

  /// The type of an element in memory: a bool is a byte there.
  func memoryType(_ dtype: DType) -> LLVMTypeRef { dtype == .bool ? i8 : type(dtype) }

  /// A scalar for one lane, else a vector.
  func vector(_ element: LLVMTypeRef, _ lanes: Int) -> LLVMTypeRef {
    lanes == 1 ? element : LLVMVectorType(element, UInt32(lanes))
  }

  func type(_ dtype: DType, _ lanes: Int) -> LLVMTypeRef { vector(type(dtype), lanes) }

  func type(of value: IRValue) -> LLVMTypeRef { LLVMTypeOf(value) }

  // MARK: Constants

  func integer(_ type: LLVMTypeRef, _ value: Int) -> IRValue {
    LLVMConstInt(type, UInt64(bitPattern: Int64(value)), 1)
  }

  func zero(_ type: LLVMTypeRef) -> IRValue { LLVMConstNull(type) }

  func index(_ value: Int) -> IRValue { integer(i64, value) }

  /// The constant with these bits in every lane.
  func constant(_ dtype: DType, bits: UInt64, lanes: Int = 1) -> IRValue {
    let scalar: IRValue
    switch dtype {
    case .float32: scalar = LLVMConstBitCast(LLVMConstInt(i32, bits, 0), type(dtype))
    case .float64: scalar = LLVMConstBitCast(LLVMConstInt(i64, bits, 0), type(dtype))
    case .bool: scalar = LLVMConstInt(i1, bits & 1, 0)
    default: scalar = LLVMConstInt(type(dtype), bits, 0)
    }
    return repeated(scalar, lanes)
  }

  /// The number that a constant has in every lane, or nil if it has several or is none.
  func uniformReal(_ constant: IRValue) -> Double? {
    guard LLVMIsConstant(constant) != 0 else { return nil }
    let lanes =
      LLVMGetTypeKind(type(of: constant)) == LLVMVectorTypeKind ? LLVMGetVectorSize(type(of: constant)) : 0
    func number(_ element: IRValue?) -> Double? {
      guard let element, LLVMIsAConstantFP(element) != nil else { return nil }
      var isInexact: LLVMBool = 0
      return LLVMConstRealGetDouble(element, &isInexact)
    }
    guard lanes > 0 else { return number(constant) }
    guard let first = number(LLVMGetAggregateElement(constant, 0)) else { return nil }
    let isUniform = (1..<lanes).allSatisfy {
      number(LLVMGetAggregateElement(constant, $0))?.bitPattern == first.bitPattern
    }
    return isUniform ? first : nil
  }

  /// A constant in every lane.
  func repeated(_ scalar: IRValue, _ lanes: Int) -> IRValue {
    lanes == 1 ? scalar : vector(of: [IRValue](repeating: scalar, count: lanes))
  }

  /// A constant vector.
  func vector(of elements: [IRValue]) -> IRValue {
    var elements: [IRValue?] = elements
    return LLVMConstVector(&elements, UInt32(elements.count))
  }

  func poison(_ type: LLVMTypeRef) -> IRValue { LLVMGetPoison(type) }

  /// A private constant array of these bit patterns, one for all who ask for it.
  func table(_ entries: [UInt64], _ dtype: DType) -> IRValue {
    if let known = tables[dtype]?[entries] { return known }
    let elements = entries.map { entry in
      dtype == .bool ? integer(i8, Int(entry & 1)) : constant(dtype, bits: entry)
    }
    let global = constantArray(memoryType(dtype), elements, name: "table")
    LLVMSetLinkage(global, LLVMPrivateLinkage)
    LLVMSetUnnamedAddress(global, LLVMGlobalUnnamedAddr)
    tables[dtype, default: [:]][entries] = global
    return global
  }

  /// A constant array with a symbol.
  func constantArray(_ element: LLVMTypeRef, _ elements: [IRValue], name: String) -> IRValue {
    var elements: [IRValue?] = elements
    let array: IRValue = LLVMConstArray2(element, &elements, UInt64(elements.count))
    let global: IRValue = LLVMAddGlobal(module, LLVMTypeOf(array), name)
    LLVMSetInitializer(global, array)
    LLVMSetGlobalConstant(global, 1)
    return global
  }

  // MARK: Functions and blocks

  func function(_ name: String, _ result: LLVMTypeRef, _ parameters: [LLVMTypeRef], names: [String])
    -> IRValue
  {
    var types: [LLVMTypeRef?] = parameters
    let type = LLVMFunctionType(result, &types, UInt32(types.count), 0)
    let function: IRValue = LLVMAddFunction(module, name, type)
    for (position, name) in names.enumerated() {
      LLVMSetValueName2(LLVMGetParam(function, UInt32(position)), name, name.utf8.count)
    }
    return function
  }

  /// Adds an attribute without a value to a function (position nil) or to a parameter.
  func addAttribute(_ name: String, to function: IRValue, parameter: Int? = nil) {
    let kind = LLVMGetEnumAttributeKindForName(name, name.utf8.count)
    let index =
      parameter.map { UInt32($0 + 1) } ?? LLVMAttributeIndex(bitPattern: Int32(LLVMAttributeFunctionIndex))
    LLVMAddAttributeAtIndex(function, index, LLVMCreateEnumAttribute(context, kind, 0))
  }

  func block(_ function: IRValue, _ name: String) -> LLVMBasicBlockRef {
    LLVMAppendBasicBlockInContext(context, function, name)
  }

  func move(to block: LLVMBasicBlockRef) { LLVMPositionBuilderAtEnd(builder, block) }
  func move(before instruction: IRValue) { LLVMPositionBuilderBefore(builder, instruction) }
  var currentBlock: LLVMBasicBlockRef { LLVMGetInsertBlock(builder) }

  func jump(_ block: LLVMBasicBlockRef) { LLVMBuildBr(builder, block) }
  func branch(_ condition: IRValue, _ then: LLVMBasicBlockRef, _ otherwise: LLVMBasicBlockRef) {
    LLVMBuildCondBr(builder, condition, then, otherwise)
  }
  func ret(_ value: IRValue) { LLVMBuildRet(builder, value) }

  func phi(_ type: LLVMTypeRef, _ name: String) -> IRValue { LLVMBuildPhi(builder, type, name) }
  func addIncoming(_ phi: IRValue, _ value: IRValue, from block: LLVMBasicBlockRef) {
    var values: [IRValue?] = [value]
    var blocks: [LLVMBasicBlockRef?] = [block]
    LLVMAddIncoming(phi, &values, &blocks, 1)
  }

  // MARK: Arithmetic

  func add(_ a: IRValue, _ b: IRValue) -> IRValue { LLVMBuildAdd(builder, a, b, "") }
  func sub(_ a: IRValue, _ b: IRValue) -> IRValue { LLVMBuildSub(builder, a, b, "") }
  func mul(_ a: IRValue, _ b: IRValue) -> IRValue { LLVMBuildMul(builder, a, b, "") }
  func binary(_ opcode: LLVMOpcode, _ a: IRValue, _ b: IRValue) -> IRValue {
    LLVMBuildBinOp(builder, opcode, a, b, "")
  }
  func negate(_ a: IRValue) -> IRValue { LLVMBuildNeg(builder, a, "") }
  func negateFloat(_ a: IRValue) -> IRValue { LLVMBuildFNeg(builder, a, "") }
  func not(_ a: IRValue) -> IRValue { LLVMBuildNot(builder, a, "") }
  func compare(_ predicate: LLVMIntPredicate, _ a: IRValue, _ b: IRValue) -> IRValue {
    LLVMBuildICmp(builder, predicate, a, b, "")
  }
  func compare(_ predicate: LLVMRealPredicate, _ a: IRValue, _ b: IRValue) -> IRValue {
    LLVMBuildFCmp(builder, predicate, a, b, "")
  }
  func select(_ condition: IRValue, _ a: IRValue, _ b: IRValue) -> IRValue {
    LLVMBuildSelect(builder, condition, a, b, "")
  }
  func cast(_ opcode: LLVMOpcode, _ a: IRValue, _ type: LLVMTypeRef) -> IRValue {
    LLVMBuildCast(builder, opcode, a, type, "")
  }

  /// Calls an intrinsic that is overloaded on `overloads`.
  func intrinsic(_ name: String, _ overloads: [LLVMTypeRef], _ arguments: [IRValue]) -> IRValue {
    let key = overloads.reduce(name) { $0 + " \(UInt(bitPattern: $1))" }
    var types: [LLVMTypeRef?] = overloads
    let entry: (type: LLVMTypeRef, function: IRValue)
    if let known = intrinsics[key] {
      entry = known
    } else {
      let id = LLVMLookupIntrinsicID(name, name.utf8.count)
      entry = (
        LLVMIntrinsicGetType(context, id, &types, types.count),
        LLVMGetIntrinsicDeclaration(module, id, &types, types.count)
      )
      intrinsics[key] = entry
    }
    var values: [IRValue?] = arguments
    return LLVMBuildCall2(builder, entry.type, entry.function, &values, UInt32(values.count), "")
  }

  // MARK: Vectors

  /// A scalar in every lane.
  func splat(_ scalar: IRValue, _ lanes: Int) -> IRValue {
    if lanes == 1 { return scalar }
    if LLVMIsConstant(scalar) != 0 { return repeated(scalar, lanes) }
    let type = vector(LLVMTypeOf(scalar), lanes)
    let first = insert(poison(type), scalar, 0)
    return shuffle(first, poison(type), [Int](repeating: 0, count: lanes))
  }

  func shuffle(_ a: IRValue, _ b: IRValue, _ lanes: [Int]) -> IRValue {
    LLVMBuildShuffleVector(builder, a, b, vector(of: lanes.map { integer(i32, $0) }), "")
  }

  func extract(_ vector: IRValue, _ lane: Int) -> IRValue {
    LLVMBuildExtractElement(builder, vector, integer(i32, lane), "")
  }

  func insert(_ vector: IRValue, _ element: IRValue, _ lane: Int) -> IRValue {
    LLVMBuildInsertElement(builder, vector, element, integer(i32, lane), "")
  }

  // MARK: Memory

  func alloca(_ type: LLVMTypeRef, _ name: String) -> IRValue { LLVMBuildAlloca(builder, type, name) }

  /// Memory on the stack for some elements, on a cache line.
  func alloca(_ element: LLVMTypeRef, count: Int, _ name: String) -> IRValue {
    let array: IRValue = LLVMBuildAlloca(builder, LLVMArrayType2(element, UInt64(max(count, 1))), name)
    LLVMSetAlignment(array, 64)
    return array
  }

  /// The address of an element of an array, or of several for a vector of offsets.
  func address(_ base: IRValue, _ element: LLVMTypeRef, _ offset: IRValue) -> IRValue {
    var offsets: [IRValue?] = [offset]
    return LLVMBuildInBoundsGEP2(builder, element, base, &offsets, 1, "")
  }

  /// The same where it may lie beside the array, and nothing is read there.
  func looseAddress(_ base: IRValue, _ element: LLVMTypeRef, _ offset: IRValue) -> IRValue {
    var offsets: [IRValue?] = [offset]
    return LLVMBuildGEP2(builder, element, base, &offsets, 1, "")
  }

  func load(_ type: LLVMTypeRef, _ address: IRValue, alignment: Int, name: String = "") -> IRValue {
    let load: IRValue = LLVMBuildLoad2(builder, type, address, name)
    LLVMSetAlignment(load, UInt32(alignment))
    return load
  }

  /// Loads from an address for each lane; LLVM knows where one instruction does that well.
  func gather(_ element: LLVMTypeRef, _ addresses: IRValue, lanes: Int, alignment: Int) -> IRValue {
    if lanes == 1 { return load(element, addresses, alignment: alignment) }
    let all = repeated(integer(i1, 1), lanes)
    return gather(
      element, addresses, where: all, otherwise: poison(vector(element, lanes)), lanes: lanes,
      alignment: alignment)
  }

  /// Loads from an address for each lane of a mask, and takes the other lanes from elsewhere.
  func gather(
    _ element: LLVMTypeRef, _ addresses: IRValue, where mask: IRValue, otherwise: IRValue, lanes: Int,
    alignment: Int
  ) -> IRValue {
    intrinsic(
      "llvm.masked.gather", [vector(element, lanes), vector(pointer, lanes)],
      [addresses, integer(i32, alignment), mask, otherwise])
  }

  /// Loads neighbouring elements for the lanes of a mask, and takes the other lanes from elsewhere.
  func load(
    _ element: LLVMTypeRef, _ address: IRValue, where mask: IRValue, otherwise: IRValue, lanes: Int,
    alignment: Int
  ) -> IRValue {
    intrinsic(
      "llvm.masked.load", [vector(element, lanes), pointer],
      [address, integer(i32, alignment), mask, otherwise])
  }

  @discardableResult
  func store(_ value: IRValue, _ address: IRValue, alignment: Int) -> IRValue {
    let store: IRValue = LLVMBuildStore(builder, value, address)
    LLVMSetAlignment(store, UInt32(alignment))
    return store
  }

  // MARK: Metadata

  func text(_ text: String) -> LLVMMetadataRef { LLVMMDStringInContext2(context, text, text.utf8.count) }

  func node(_ operands: [LLVMMetadataRef]) -> LLVMMetadataRef {
    var operands: [LLVMMetadataRef?] = operands
    return LLVMMDNodeInContext2(context, &operands, operands.count)
  }

  func attach(_ kind: String, _ node: LLVMMetadataRef, to instruction: IRValue) {
    let id = LLVMGetMDKindIDInContext(context, kind, UInt32(kind.utf8.count))
    LLVMSetMetadata(instruction, id, LLVMMetadataAsValue(context, node))
  }
}
