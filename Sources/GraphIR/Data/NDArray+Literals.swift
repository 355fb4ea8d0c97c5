// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension NDArray: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByStringLiteral, ExpressibleByArrayLiteral
{
  /// A scalar `i32`, or `i64` where the value needs it.
  public init(integerLiteral value: Int64) {
    self.init(literalIntegers: [value], shape: [])
  }

  /// A scalar `f32`.
  public init(floatLiteral value: Double) {
    self.init(literalReals: [value], shape: [])
  }

  public init(booleanLiteral value: Bool) { self.init(scalar: value) }
  public init(stringLiteral value: String) { self.init(value) }

  /// Stacks the elements on a new first axis. Integers among reals become reals. A ragged literal, or one that mixes
  /// numbers with texts, is a flawed array.
  public init(arrayLiteral elements: NDArray...) {
    guard let first = elements.first else {
      self.init(literalReals: [], shape: [0])
      return
    }
    if let flaw = elements.lazy.compactMap(\.flaw).first {
      self.init(flawed: first.dtype, flaw)
      return
    }
    for (index, element) in elements.enumerated() where element.shape != first.shape {
      let flaw =
        "the literal is ragged: element 0 has the shape \(first.shape), element \(index) has \(element.shape)"
      self.init(flawed: first.dtype, flaw)
      return
    }
    let shape = [elements.count] + first.shape
    if elements.allSatisfy({ $0.dtype == .string }) {
      self.init(strings: elements.flatMap(\.strings), shape: shape)
    } else if elements.allSatisfy({ $0.literal != nil }) {
      if elements.allSatisfy({ $0.dtype.isInteger }) {
        self.init(literalIntegers: elements.flatMap { $0.literalIntegers }, shape: shape)
      } else {
        self.init(literalReals: elements.flatMap { $0.literalReals }, shape: shape)
      }
    } else {
      let dtype = first.dtype
      if let other = elements.first(where: { $0.dtype != dtype })?.dtype {
        self.init(flawed: dtype, "the literal mixes \(dtype) with \(other)")
        return
      }
      let bits = elements.flatMap { element in (0..<element.count).map { element.bits(at: $0) } }
      self.init(dtype: dtype, shape: shape, bits: bits)
    }
  }

  private init(literalIntegers values: [Int64], shape: [Int]) {
    let exact = NDArray(values)
    let narrow = values.allSatisfy { Int32(exactly: $0) != nil }
    let stored =
      narrow
      ? NDArray(values.map { Int32(truncatingIfNeeded: $0) }, shape: shape) : NDArray(values, shape: shape)
    self.init(dtype: stored.dtype, shape: shape, storage: stored.storage, literal: exact.storage)
  }

  private init(literalReals values: [Double], shape: [Int]) {
    let stored = NDArray(values.map { Float($0) }, shape: shape)
    self.init(dtype: .float32, shape: shape, storage: stored.storage, literal: NDArray(values).storage)
  }

  /// The literal as it was written, in `i64` or `f64`, with the array's shape.
  private var written: NDArray? {
    literal.map { NDArray(dtype: dtype.isInteger ? .int64 : .float64, shape: shape, storage: $0) }
  }

  private var literalIntegers: [Int64] { written?.elements() ?? [] }
  private var literalReals: [Double] { written?.doubles ?? [] }
}

extension NDArray {
  /// This literal in another numeric type, or nil where an element would change: a fraction in an integer type, a
  /// number out of range. Rounding to a floating-point type is no change.
  public func literalConverted(to target: DType) -> NDArray? {
    guard let written, target.isNumeric else { return nil }
    if target == dtype { return NDArray(dtype: dtype, shape: shape, storage: storage) }
    let values = written.doubles
    switch target {
    case .float16, .bfloat16, .float32, .float64:
      return NDArray(dtype: target, shape: shape, bits: values.map(target.bits(rounding:)))
    case .int8: return NDArray.exact(values, as: { Int8(exactly: $0) }, shape: shape)
    case .uint8: return NDArray.exact(values, as: { UInt8(exactly: $0) }, shape: shape)
    case .int32: return NDArray.exact(values, as: { Int32(exactly: $0) }, shape: shape)
    case .uint32: return NDArray.exact(values, as: { UInt32(exactly: $0) }, shape: shape)
    case .int64:
      if let integers: [Int64] = written.elements() { return NDArray(integers, shape: shape) }
      return NDArray.exact(values, as: { Int64(exactly: $0) }, shape: shape)
    case .bool, .string: return nil
    }
  }

  private static func exact<Element: ArrayElement>(
    _ values: [Double], as convert: (Double) -> Element?, shape: [Int]
  ) -> NDArray? {
    let converted = values.compactMap(convert)
    return converted.count == values.count ? NDArray(converted, shape: shape) : nil
  }
}
