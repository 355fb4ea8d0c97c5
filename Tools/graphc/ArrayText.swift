// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// Arrays as NumPy 2.4 prints them with its standard options: 8 digits, lines of 75 columns, the corners only of more
/// than 1000 elements.
///
/// Source of the rules: `numpy/_core/arrayprint.py`.
enum ArrayText {
  private static let lineWidth = 75
  private static let greatestFullCount = 1000
  private static let edgeCount = 3

  static func text(of array: NDArray) -> String {
    if array.rank == 0 { return scalarText(array) }
    if array.count == 0 { return "[]" }
    let isSummary = array.count > greatestFullCount
    let shown = isSummary ? corners(of: array.shape) : Array(0..<array.count)
    let words = Dictionary(
      zip(shown, elementTexts(array, shown)), uniquingKeysWith: { first, _ in first })
    return Layout(shape: array.shape, isSummary: isSummary, words: words).text
  }

  // MARK: Elements

  /// Positions of the elements at both ends of every axis, in row-major order.
  private static func corners(of shape: [Int]) -> [Int] {
    shape.reduce([0]) { positions, extent in
      let indices =
        extent > 2 * edgeCount
        ? Array(0..<edgeCount) + Array(extent - edgeCount..<extent) : Array(0..<extent)
      return positions.flatMap { start in indices.map { start * extent + $0 } }
    }
  }

  private static func scalarText(_ array: NDArray) -> String {
    switch array.dtype {
    case .float32, .float64: DecimalNumber(array, 0).scalarText
    case .bool: array.bits(at: 0) != 0 ? "True" : "False"
    case .string: array.string(at: 0)
    case .uint8, .int32, .int64, .uint32: integerText(array, 0)
    }
  }

  /// The elements at some positions, all of one width.
  private static func elementTexts(_ array: NDArray, _ positions: [Int]) -> [String] {
    switch array.dtype {
    case .float32, .float64:
      let numbers = positions.map { DecimalNumber(array, $0) }
      return FloatColumn(numbers, dtype: array.dtype).texts
    case .bool: return positions.map { array.bits(at: $0) != 0 ? " True" : "False" }
    case .string: return positions.map { quoted(array.string(at: $0)) }
    case .uint8, .int32, .int64, .uint32:
      let texts = positions.map { integerText(array, $0) }
      let width = texts.map(\.count).max() ?? 0
      return texts.map { $0.padded(to: width) }
    }
  }

  private static func integerText(_ array: NDArray, _ position: Int) -> String {
    let bits = array.bits(at: position)
    return switch array.dtype {
    case .int32: String(Int32(bits: bits))
    case .int64: String(Int64(bits: bits))
    default: String(bits)
    }
  }

  /// A text in the quotes of Python.
  private static func quoted(_ text: String) -> String {
    let quote: Unicode.Scalar = text.contains("'") && !text.contains("\"") ? "\"" : "'"
    var result = String(quote)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case quote: result += "\\" + String(quote)
      case _ where scalar.value < 32 || scalar.value == 127:
        let digits = String(scalar.value, radix: 16)
        result += "\\x" + (digits.count < 2 ? "0" : "") + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + String(quote)
  }

  // MARK: Brackets and lines

  private struct Layout {
    let shape: [Int]
    let isSummary: Bool
    /// By row-major position; those that are shown.
    let words: [Int: String]

    var text: String { block(axis: 0, start: 0, indent: " ", width: lineWidth) }

    /// The elements behind `start` along an axis and all that follow it.
    private func block(axis: Int, start: Int, indent: String, width: Int) -> String {
      let extent = shape[axis]
      let isCut = isSummary && extent > 2 * edgeCount
      let leading = isCut ? 0..<edgeCount : 0..<0
      let trailing = isCut ? extent - edgeCount..<extent : 0..<extent
      if axis == shape.count - 1 {
        let parts =
          leading.map { words[start + $0] ?? "" } + (isCut ? ["..."] : [])
          + trailing.map { words[start + $0] ?? "" }
        return "[" + row(parts, indent: indent, width: width - 1) + "]"
      }
      let size = shape[(axis + 1)...].reduce(1, *)
      let inner = { (index: Int) in
        self.block(axis: axis + 1, start: start + index * size, indent: indent + " ", width: width - 1)
      }
      let parts = leading.map(inner) + (isCut ? ["..."] : []) + trailing.map(inner)
      let separator = String(repeating: "\n", count: shape.count - axis - 1) + indent
      return "[" + parts.joined(separator: separator) + "]"
    }

    /// Words with spaces between them, in lines of a width.
    private func row(_ parts: [String], indent: String, width: Int) -> String {
      var lines: [String] = []
      var line = indent
      for (index, part) in parts.enumerated() {
        if line.count + part.count > width && line.count > indent.count {
          lines.append(line.trimmingEnd)
          line = indent
        }
        line += part + (index < parts.count - 1 ? " " : "")
      }
      lines.append(line)
      return String(lines.joined(separator: "\n").dropFirst(indent.count))
    }
  }
}

extension String {
  /// With spaces in front.
  fileprivate func padded(to width: Int) -> String {
    String(repeating: " ", count: max(width - count, 0)) + self
  }

  fileprivate var trimmingEnd: String {
    var copy = self
    while copy.last == " " { copy.removeLast() }
    return copy
  }
}

/// Numbers in a common form: decimals, or exponents where the magnitudes ask for it.
private struct FloatColumn {
  let numbers: [DecimalNumber]
  let dtype: DType
  private static let precision = 8

  init(_ numbers: [DecimalNumber], dtype: DType) {
    self.numbers = numbers
    self.dtype = dtype
  }

  private var usesExponents: Bool {
    let magnitudes = numbers.filter { $0.value.isFinite && $0.value != 0 }.map(\.value.magnitude)
    guard let greatest = magnitudes.max(), let least = magnitudes.min() else { return false }
    // NumPy divides in the elements' own type.
    let ratio = dtype == .float32 ? Double(Float(greatest) / Float(least)) : greatest / least
    return greatest >= (dtype == .float32 ? 1e6 : 1e8) || least < 0.0001 || ratio > 1000
  }

  var texts: [String] {
    let usesExponents = usesExponents
    let parts = numbers.map { number in
      guard number.value.isFinite else { return nil as DecimalNumber.Parts? }
      return usesExponents
        ? number.scientific(precision: Self.precision) : number.positional(precision: Self.precision)
    }
    var left = parts.compactMap { $0?.integer.count }.max() ?? 0
    let fraction = parts.compactMap { $0?.fraction.count }.max() ?? 0
    let exponent = parts.compactMap { $0?.exponent?.drop { "+-".contains($0) }.count }.max() ?? 0
    let right = usesExponents && exponent > 0 ? exponent + 2 + fraction : fraction
    if parts.contains(where: { $0 == nil }) {
      let widest = numbers.contains { $0.value == -.infinity } ? 4 : 3
      left = max(left, widest - right - 1)
    }
    return zip(numbers, parts).map { number, parts in
      guard let parts else { return number.nonFiniteText.padded(to: left + right + 1) }
      guard usesExponents else {
        let filler = String(repeating: " ", count: fraction - parts.fraction.count)
        return parts.integer.padded(to: left) + "." + parts.fraction + filler
      }
      // All with as many digits as the longest needs: digits of the exact value, not zeros.
      let exact = number.exactScientific(precision: fraction)
      let power = exact.exponent ?? ""
      let zeros = String(repeating: "0", count: max(exponent - (power.count - 1), 0))
      return exact.integer.padded(to: left) + "." + exact.fraction + "e" + power.prefix(1) + zeros
        + power.dropFirst()
    }
  }
}
