// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A host array: what is fed to a session and what is fetched from it.
///
/// Row-major and contiguous, immutable, erased in its element type. Literals make one:
/// `[[0, 1], [1, 0]]` is `i32[2,2]`, `[0.5, 1]` is `f32[2]`; a literal is weakly typed, so that a placeholder of
/// another numeric type accepts it when every element keeps its value.
public struct NDArray: Sendable {
  public let dtype: DType
  /// The extents, outermost first; empty for a scalar.
  public let shape: [Int]
  public let storage: NDArrayStorage
  /// What few arrays have besides.
  private let note: Note?

  private final class Note: Sendable {
    let literal: NDArrayStorage?
    let flaw: String?

    init(literal: NDArrayStorage?, flaw: String?) {
      self.literal = literal
      self.flaw = flaw
    }
  }

  /// The values that a literal was written with, in `i64` or `f64`; nil for arrays that are no literals.
  var literal: NDArrayStorage? { note?.literal }
  /// Why the elements and the shape that this was made from do not go together; nil for a sound array. A flawed array
  /// is empty, and whatever takes it reports the flaw.
  public var flaw: String? { note?.flaw }
  /// Whether this is a sound array of a type of its own: neither a literal nor flawed.
  public var isPlain: Bool { note == nil }

  public init(dtype: DType, shape: [Int], storage: NDArrayStorage) {
    self.init(dtype: dtype, shape: shape, storage: storage, literal: nil)
  }

  init(dtype: DType, shape: [Int], storage: NDArrayStorage, literal: NDArrayStorage?, flaw: String? = nil) {
    self.dtype = dtype
    self.shape = shape
    self.storage = storage
    note = literal == nil && flaw == nil ? nil : Note(literal: literal, flaw: flaw)
  }

  /// What stands for an array that cannot be.
  init(flawed dtype: DType, _ flaw: String) {
    let storage = NDArrayStorage(uninitializedByteCount: 0)
    self.init(dtype: dtype, shape: [0], storage: storage, literal: nil, flaw: flaw)
  }

  /// Why so many elements do not fill a shape; nil where they do.
  static func flaw(count: Int, shape: [Int]) -> String? {
    var product = 1
    var overflows = false
    for extent in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      (product, overflows) = (next, overflows || overflow)
    }
    let fits = !overflows && product == count && shape.allSatisfy { $0 >= 0 }
    return fits ? nil : "\(count) \(count == 1 ? "element does" : "elements do") not fill the shape \(shape)"
  }

  /// Why elements of a type have no bits; nil where they have.
  private static func flaw(bitsOf dtype: DType) -> String? {
    dtype == .string ? "texts have no bit patterns" : nil
  }

  /// Why nothing has a shape; nil where something may.
  private static func flaw(_ shape: [Int]) -> String? {
    var count = 1
    for extent in shape {
      let (next, overflow) = count.multipliedReportingOverflow(by: extent)
      if extent < 0 || overflow { return "there is no array of the shape \(shape)" }
      count = next
    }
    return nil
  }

  public var rank: Int { shape.count }
  public var count: Int { shape.reduce(1, *) }
  public var type: TensorType { TensorType(dtype, Shape(shape)) }
  /// Whether this was written as a literal and so takes the element type of where it is used.
  public var isWeaklyTyped: Bool { literal != nil }

  /// The bytes of the elements; empty for `string`.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    let bytes = UnsafeRawBufferPointer(start: storage.base, count: count * dtype.byteCount)
    return try withExtendedLifetime(storage) { try body(bytes) }
  }

  /// A new array whose elements `fill` writes into raw memory of the right size.
  public init(
    dtype: DType, shape: [Int], filledBy fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    let bytes = shape.reduce(1, *) * dtype.byteCount
    let storage = NDArrayStorage(uninitializedByteCount: bytes)
    try fill(UnsafeMutableRawBufferPointer(start: storage.base, count: bytes))
    self.init(dtype: dtype, shape: shape, storage: storage)
  }
}

// MARK: - Bit patterns

extension NDArray {
  /// The bit pattern of an element in row-major order, zero-extended; `bool` is 0 or 1. 0 for `string`.
  public func bits(at index: Int) -> UInt64 {
    precondition(index >= 0 && index < count, "index \(index) is outside an array of \(count) elements")
    switch dtype.byteCount {
    case 1: return UInt64(storage.base.load(fromByteOffset: index, as: UInt8.self))
    case 2: return UInt64(storage.base.load(fromByteOffset: index * 2, as: UInt16.self))
    case 4: return UInt64(storage.base.load(fromByteOffset: index * 4, as: UInt32.self))
    case 8: return storage.base.load(fromByteOffset: index * 8, as: UInt64.self)
    default: return 0
    }
  }

  /// An array of bit patterns as `bits(at:)` gives them.
  public init(dtype: DType, shape: [Int], bits: [UInt64]) {
    if let flaw = NDArray.flaw(bitsOf: dtype) ?? NDArray.flaw(count: bits.count, shape: shape) {
      self.init(flawed: dtype, flaw)
      return
    }
    self.init(dtype: dtype, shape: shape, bitCount: bits.count) { bits[$0] }
  }

  /// An array whose elements' bit patterns `element` gives, by row-major index.
  public init(dtype: DType, shape: [Int], bitsAt element: (Int) throws -> UInt64) rethrows {
    if let flaw = NDArray.flaw(bitsOf: dtype) ?? NDArray.flaw(shape) {
      self.init(flawed: dtype, flaw)
      return
    }
    try self.init(dtype: dtype, shape: shape, bitCount: shape.reduce(1, *), bitsAt: element)
  }

  private init(
    dtype: DType, shape: [Int], bitCount: Int, bitsAt element: (Int) throws -> UInt64
  ) rethrows {
    let count = shape.reduce(1, *)
    precondition(bitCount == count && dtype != .string, "\(bitCount) elements for shape \(shape)")
    try self.init(dtype: dtype, shape: shape) { bytes in
      switch dtype.byteCount {
      case 1:
        for index in 0..<count { bytes[index] = UInt8(truncatingIfNeeded: try element(index)) }
      case 2:
        let elements = bytes.bindMemory(to: UInt16.self)
        for index in 0..<count { elements[index] = UInt16(truncatingIfNeeded: try element(index)) }
      case 4:
        let elements = bytes.bindMemory(to: UInt32.self)
        for index in 0..<count { elements[index] = UInt32(truncatingIfNeeded: try element(index)) }
      default:
        let elements = bytes.bindMemory(to: UInt64.self)
        for index in 0..<count { elements[index] = try element(index) }
      }
    }
  }

  /// The text at a row-major index of a `string` array.
  public func string(at index: Int) -> String { storage.strings[index] }

  public init(strings: [String], shape: [Int]? = nil) {
    let shape = shape ?? [strings.count]
    if let flaw = NDArray.flaw(count: strings.count, shape: shape) {
      self.init(flawed: .string, flaw)
      return
    }
    self.init(dtype: .string, shape: shape, storage: NDArrayStorage(strings: strings))
  }

  public init(_ text: String) { self.init(strings: [text], shape: []) }
}

// MARK: - Typed elements

/// A Swift type that an `NDArray` can hold.
public protocol ArrayElement: Sendable {
  static var dtype: DType { get }
  init(bits: UInt64)
  var bits: UInt64 { get }
}

extension Bool: ArrayElement {
  public static var dtype: DType { .bool }
  public init(bits: UInt64) { self = bits & 0xff != 0 }
  public var bits: UInt64 { self ? 1 : 0 }
}
extension UInt8: ArrayElement {
  public static var dtype: DType { .uint8 }
  public init(bits: UInt64) { self.init(truncatingIfNeeded: bits) }
  public var bits: UInt64 { UInt64(self) }
}
extension Int8: ArrayElement {
  public static var dtype: DType { .int8 }
  public init(bits: UInt64) { self.init(truncatingIfNeeded: bits) }
  public var bits: UInt64 { UInt64(UInt8(bitPattern: self)) }
}
extension Int32: ArrayElement {
  public static var dtype: DType { .int32 }
  public init(bits: UInt64) { self.init(truncatingIfNeeded: bits) }
  public var bits: UInt64 { UInt64(UInt32(bitPattern: self)) }
}
extension UInt32: ArrayElement {
  public static var dtype: DType { .uint32 }
  public init(bits: UInt64) { self.init(truncatingIfNeeded: bits) }
  public var bits: UInt64 { UInt64(self) }
}
extension Int64: ArrayElement {
  public static var dtype: DType { .int64 }
  public init(bits: UInt64) { self.init(bitPattern: bits) }
  public var bits: UInt64 { UInt64(bitPattern: self) }
}
extension Float16: ArrayElement {
  public static var dtype: DType { .float16 }
  public init(bits: UInt64) { self.init(bitPattern: UInt16(truncatingIfNeeded: bits)) }
  public var bits: UInt64 { UInt64(bitPattern) }
}
extension BFloat16: ArrayElement {
  public static var dtype: DType { .bfloat16 }
  public init(bits: UInt64) { self.init(bitPattern: UInt16(truncatingIfNeeded: bits)) }
  public var bits: UInt64 { UInt64(bitPattern) }
}
extension Float: ArrayElement {
  public static var dtype: DType { .float32 }
  public init(bits: UInt64) { self.init(bitPattern: UInt32(truncatingIfNeeded: bits)) }
  public var bits: UInt64 { UInt64(bitPattern) }
}
extension Double: ArrayElement {
  public static var dtype: DType { .float64 }
  public init(bits: UInt64) { self.init(bitPattern: bits) }
  public var bits: UInt64 { bitPattern }
}

extension NDArray {
  /// An array of the given shape, which defaults to one axis.
  public init<Element: ArrayElement>(_ elements: [Element], shape: [Int]? = nil) {
    self.init(dtype: Element.dtype, shape: shape ?? [elements.count], bits: elements.map(\.bits))
  }

  /// A scalar.
  public init<Element: ArrayElement>(scalar: Element) {
    let storage = NDArrayStorage(uninitializedByteCount: Element.dtype.byteCount)
    var bits = scalar.bits.littleEndian
    storage.base.copyMemory(from: &bits, byteCount: Element.dtype.byteCount)
    self.init(dtype: Element.dtype, shape: [], storage: storage)
  }

  /// The elements in row-major order when `Element` is the array's own type, else nil.
  public func elements<Element: ArrayElement>(as type: Element.Type = Element.self) -> [Element]? {
    guard dtype == Element.dtype else { return nil }
    return (0..<count).map { Element(bits: bits(at: $0)) }
  }

  public var floats: [Float] { doubles.map { Float($0) } }
  public var ints: [Int] {
    (0..<count).map { index in
      switch dtype {
      case .float16, .bfloat16, .float32, .float64:
        Int(exactly: number(at: index).rounded(.towardZero)) ?? 0
      case .int8: Int(Int8(bits: bits(at: index)))
      case .int32: Int(Int32(bits: bits(at: index)))
      case .int64: Int(Int64(bits: bits(at: index)))
      default: Int(bits(at: index))
      }
    }
  }
  /// The elements as numbers, whatever the type; `bool` is 0 or 1, `string` counts as NaN.
  public var doubles: [Double] { (0..<count).map(number(at:)) }
  public var bools: [Bool] { (0..<count).map { number(at: $0) != 0 } }
  public var strings: [String] { storage.strings }

  /// The only element of an array that has one; NaN for any other.
  public var scalar: Double { count == 1 ? number(at: 0) : .nan }

  /// The element at a row-major index as a number.
  public func number(at index: Int) -> Double {
    switch dtype {
    case .bool, .uint8, .uint32: Double(bits(at: index))
    case .int8: Double(Int8(bits: bits(at: index)))
    case .int32: Double(Int32(bits: bits(at: index)))
    case .int64: Double(Int64(bits: bits(at: index)))
    case .float16, .bfloat16, .float32, .float64: dtype.number(bits: bits(at: index))
    case .string: .nan
    }
  }

  /// The same elements under another shape of the same count, or nil.
  public func reshaped(to shape: [Int]) -> NDArray? {
    guard shape.reduce(1, *) == count else { return nil }
    return NDArray(dtype: dtype, shape: shape, storage: storage, literal: literal)
  }
}

// MARK: - Equality

extension NDArray: Hashable {
  /// Equal in type and in every bit: a NaN equals itself, and 0 differs from −0.
  public static func == (lhs: NDArray, rhs: NDArray) -> Bool {
    guard lhs.dtype == rhs.dtype, lhs.shape == rhs.shape else { return false }
    if lhs.storage === rhs.storage { return true }
    // By bytes: Swift's own equality of texts takes a letter and its decomposed form for the same.
    if lhs.dtype == .string {
      return lhs.strings.elementsEqual(rhs.strings) { $0.utf8.elementsEqual($1.utf8) }
    }
    return lhs.withUnsafeBytes { left in rhs.withUnsafeBytes { right in left.elementsEqual(right) } }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(dtype)
    hasher.combine(shape)
    if dtype == .string {
      hasher.combine(strings)
    } else {
      withUnsafeBytes { hasher.combine(bytes: $0) }
    }
  }
}
