// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The element type of a tensor.
///
/// The IR spells a type with its short `name` (`f32`), the Swift API with the name that NumPy and
/// TensorFlow users know (`.float32`).
public enum DType: UInt8, CaseIterable, Hashable, Sendable {
  case bool
  case uint8
  case int8
  case int32
  case int64
  case uint32
  /// IEEE 754 binary16: kept in 16 bits and computed with in `float32`.
  case float16
  /// The upper half of a `float32`: kept in 16 bits and computed with in `float32`.
  case bfloat16
  case float32
  case float64
  /// Text. It exists for constants, feeds and fetches alone and never enters a kernel.
  case string

  /// The IR spelling: `bool u8 i8 i32 i64 u32 f16 bf16 f32 f64 string`.
  public var name: String {
    switch self {
    case .bool: "bool"
    case .uint8: "u8"
    case .int8: "i8"
    case .int32: "i32"
    case .int64: "i64"
    case .uint32: "u32"
    case .float16: "f16"
    case .bfloat16: "bf16"
    case .float32: "f32"
    case .float64: "f64"
    case .string: "string"
    }
  }

  /// The type with this IR spelling, or nil.
  public init?(name: some StringProtocol) {
    guard let match = DType.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }

  /// Bytes of one element in memory; 0 for `string`, which has no flat representation.
  public var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .float64: 8
    case .string: 0
    }
  }

  public var isFloatingPoint: Bool { self == .float32 || self == .float64 || isHalf }

  /// Whether this is `f16` or `bf16`, whose numbers are computed with in `f32`.
  public var isHalf: Bool { self == .float16 || self == .bfloat16 }

  /// The type that this one is computed in: `f32` for the halves.
  public var computed: DType { isHalf ? .float32 : self }

  /// The greatest finite number of a floating-point type, as an `f64`; 0 for any other type.
  public var greatestFinite: Double {
    switch self {
    case .float16: Double(Float16.greatestFiniteMagnitude)
    case .bfloat16: 0x1.fep127
    case .float32: Double(Float.greatestFiniteMagnitude)
    case .float64: .greatestFiniteMagnitude
    case .bool, .uint8, .int8, .int32, .int64, .uint32, .string: 0
    }
  }

  /// The least normal number of a floating-point type, as an `f64`; 0 for any other type.
  public var leastNormal: Double {
    switch self {
    case .float16: 0x1p-14
    case .bfloat16, .float32: 0x1p-126
    case .float64: 0x1p-1022
    case .bool, .uint8, .int8, .int32, .int64, .uint32, .string: 0
    }
  }

  /// The least and the greatest number of an integer type; nil for any other type.
  public var integerRange: ClosedRange<Int>? {
    switch self {
    case .uint8: 0...Int(UInt8.max)
    case .int8: Int(Int8.min)...Int(Int8.max)
    case .int32: Int(Int32.min)...Int(Int32.max)
    case .int64: Int.min...Int.max
    case .uint32: 0...Int(UInt32.max)
    case .bool, .float16, .bfloat16, .float32, .float64, .string: nil
    }
  }

  /// The bits of a number in a floating-point type, rounded once to the nearest; 0 for any other type.
  public func bits(rounding number: Double) -> UInt64 {
    switch self {
    case .float16: Float16(number).bits
    case .bfloat16: BFloat16(number).bits
    case .float32: Float(number).bits
    case .float64: number.bits
    case .bool, .uint8, .int8, .int32, .int64, .uint32, .string: 0
    }
  }

  /// The number with these bits in a floating-point type; NaN for any other type.
  public func number(bits: UInt64) -> Double {
    switch self {
    case .float16: Double(Float16(bits: bits))
    case .bfloat16: Double(Float(BFloat16(bits: bits)))
    case .float32: Double(Float(bits: bits))
    case .float64: Double(bits: bits)
    case .bool, .uint8, .int8, .int32, .int64, .uint32, .string: .nan
    }
  }

  /// Whether this is one of `u8 i8 i32 i64 u32`. `bool` is no integer.
  public var isInteger: Bool {
    switch self {
    case .uint8, .int8, .int32, .int64, .uint32: true
    case .bool, .float16, .bfloat16, .float32, .float64, .string: false
    }
  }

  public var isSigned: Bool { self == .int8 || self == .int32 || self == .int64 || isFloatingPoint }

  /// Whether values are numbers: an integer or a floating-point type.
  public var isNumeric: Bool { isInteger || isFloatingPoint }
}

extension DType: CustomStringConvertible {
  public var description: String { name }
}
