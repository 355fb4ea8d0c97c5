// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The value of an op's attribute, in the forms that the text has for it.
public enum AttributeValue: Hashable, Sendable {
  /// `3`
  case integer(Int)
  /// `[0, 2]`
  case integers([Int])
  /// `[0, end]`: a number each, or the end of the axis
  case bounds([Int?])
  /// `[?0, 128]`
  case shape(Shape)
  /// `10`, `?0` or `4*?0`
  case extent(Dim)
  /// `[1] x [0]`
  case pair([Int], [Int])
  /// `f32`
  case dtype(DType)
  /// `sum`
  case word(String)
  /// `"text"`
  case text(String)
  /// `1.5`, `[1, 2]`, `splat 0`: the elements of a constant; its type is the node's
  case elements(NDArray)
  /// `{ … }`: a program within the op
  case region(Region)
}

/// A named attribute, in the order of the op's documentation.
public struct Attribute: Hashable, Sendable {
  public let name: String
  public let value: AttributeValue

  public init(_ name: String, _ value: AttributeValue) {
    self.name = name
    self.value = value
  }
}

/// What is wrong with a list of attributes.
public struct AttributeError: Error, Hashable, Sendable {
  public let message: String
  public init(_ message: String) { self.message = message }
}

/// Takes attributes by name and form while an op is read from text.
public struct AttributeReader {
  private var remaining: [Attribute]
  /// The type written after the node, which a constant and an iota need.
  public let resultType: TensorType?

  public init(_ attributes: [Attribute], resultType: TensorType? = nil) {
    remaining = attributes
    self.resultType = resultType
  }

  private mutating func take(_ name: String) throws(AttributeError) -> AttributeValue {
    guard let position = remaining.firstIndex(where: { $0.name == name }) else {
      let slip = Spelling.nearest(to: name, among: remaining.map(\.name))
      throw AttributeError(
        "the attribute '\(name)' is missing" + (slip.map { "; is '\($0)' meant for it?" } ?? ""))
    }
    return remaining.remove(at: position).value
  }

  /// Whether an attribute is given and not yet taken.
  public func has(_ name: String) -> Bool { remaining.contains { $0.name == name } }

  public mutating func integer(_ name: String) throws(AttributeError) -> Int {
    guard case .integer(let value) = try take(name) else {
      throw AttributeError("the attribute '\(name)' must be an integer")
    }
    return value
  }

  public mutating func integers(_ name: String) throws(AttributeError) -> [Int] {
    switch try take(name) {
    case .integers(let values): return values
    case .shape(let shape):
      if let values = shape.extents { return values }
    case .bounds(let bounds):
      let values = bounds.compactMap { $0 }
      if values.count == bounds.count { return values }
    default: break
    }
    throw AttributeError("the attribute '\(name)' must be a list of integers")
  }

  public mutating func bounds(_ name: String) throws(AttributeError) -> [Int?] {
    switch try take(name) {
    case .integers(let values): return values
    case .bounds(let values): return values
    case .shape(let shape):
      if let values = shape.extents { return values }
    default: break
    }
    throw AttributeError("the attribute '\(name)' must be a list of integers or 'end'")
  }

  public mutating func shape(_ name: String) throws(AttributeError) -> Shape {
    switch try take(name) {
    case .integers(let values): return Shape(values)
    case .shape(let shape): return shape
    default: throw AttributeError("the attribute '\(name)' must be a shape")
    }
  }

  public mutating func pair(_ name: String) throws(AttributeError) -> ([Int], [Int]) {
    guard case .pair(let left, let right) = try take(name) else {
      throw AttributeError("the attribute '\(name)' must be a pair of lists, [1] x [0]")
    }
    return (left, right)
  }

  public mutating func dtype(_ name: String) throws(AttributeError) -> DType {
    guard case .dtype(let value) = try take(name) else {
      throw AttributeError("the attribute '\(name)' must be an element type")
    }
    return value
  }

  public mutating func word(_ name: String) throws(AttributeError) -> String {
    switch try take(name) {
    case .word(let value): return value
    case .dtype(let dtype): return dtype.name
    default: throw AttributeError("the attribute '\(name)' must be a word")
    }
  }

  public mutating func extent(_ name: String) throws(AttributeError) -> Dim {
    switch try take(name) {
    case .integer(let value): return Dim(value)
    case .extent(let extent): return extent
    default: throw AttributeError("the attribute '\(name)' must be an extent")
    }
  }

  public mutating func boolean(_ name: String) throws(AttributeError) -> Bool {
    switch try take(name) {
    case .word("true"): return true
    case .word("false"): return false
    default: throw AttributeError("the attribute '\(name)' must be true or false")
    }
  }

  public mutating func region(_ name: String) throws(AttributeError) -> Region {
    guard case .region(let region) = try take(name) else {
      throw AttributeError("the attribute '\(name)' must be a region, { … }")
    }
    return region
  }

  /// A region, or nil where the attribute is absent.
  public mutating func optionalRegion(_ name: String) throws(AttributeError) -> Region? {
    remaining.contains { $0.name == name } ? try region(name) : nil
  }

  public mutating func text(_ name: String) throws(AttributeError) -> String {
    guard case .text(let value) = try take(name) else {
      throw AttributeError("the attribute '\(name)' must be a text in quotes")
    }
    return value
  }

  public mutating func elements(_ name: String) throws(AttributeError) -> NDArray {
    guard case .elements(let value) = try take(name) else {
      throw AttributeError("the attribute '\(name)' must be the elements of a constant")
    }
    return value
  }

  /// Fails when an attribute is left that nobody took.
  public func finish() throws(AttributeError) {
    if let extra = remaining.first {
      throw AttributeError("there is no attribute '\(extra.name)'")
    }
  }
}
