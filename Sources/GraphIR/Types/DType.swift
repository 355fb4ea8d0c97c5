// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The element type of a tensor.
///
/// The IR spells a type with its short `name` (`f32`), the Swift API with the name that NumPy and
/// TensorFlow users know (`.float32`).
public enum DType: UInt8, CaseIterable, Hashable, Sendable {
  case bool
  case uint8
  case int32
  case int64
  case uint32
  case float32
  case float64
  /// Text. It exists for constants, feeds and fetches alone and never enters a kernel.
  case string

  /// The IR spelling: `bool u8 i32 i64 u32 f32 f64 string`.
  public var name: String {
    switch self {
    case .bool: "bool"
    case .uint8: "u8"
    case .int32: "i32"
    case .int64: "i64"
    case .uint32: "u32"
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
    case .bool, .uint8: 1
    case .int32, .uint32, .float32: 4
    case .int64, .float64: 8
    case .string: 0
    }
  }

  public var isFloatingPoint: Bool { self == .float32 || self == .float64 }

  /// The greatest finite number of a floating-point type, as an `f64`; 0 for any other type.
  public var greatestFinite: Double {
    switch self {
    case .float32: Double(Float.greatestFiniteMagnitude)
    case .float64: .greatestFiniteMagnitude
    case .bool, .uint8, .int32, .int64, .uint32, .string: 0
    }
  }

  /// Whether this is one of `u8 i32 i64 u32`. `bool` is no integer.
  public var isInteger: Bool {
    switch self {
    case .uint8, .int32, .int64, .uint32: true
    case .bool, .float32, .float64, .string: false
    }
  }

  public var isSigned: Bool { self == .int32 || self == .int64 || isFloatingPoint }

  /// Whether values are numbers: an integer or a floating-point type.
  public var isNumeric: Bool { isInteger || isFloatingPoint }
}

extension DType: CustomStringConvertible {
  public var description: String { name }
}
