// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension NDArray: CustomStringConvertible {
  /// As NumPy's `str` shows an array: nested brackets, aligned columns, up to 8 digits after the point, lines of 75
  /// columns, and only the corners of more than 1000 elements.
  public var description: String {
    if rank == 0 { return ArrayFormatter.scalar(self) }
    if count == 0 { return "[]" }
    return ArrayFormatter(self).text
  }
}

/// NumPy 2's `array2string` with its default print options.
private struct ArrayFormatter {
  private static let threshold = 1000
  private static let edge = 3
  private static let lineWidth = 75

  private let array: NDArray
  private let strides: [Int]
  private let isSummarized: Bool
  private let format: (Int) -> String

  init(_ array: NDArray) {
    self.array = array
    strides = rowMajorStrides(array.shape)
    isSummarized = array.count > ArrayFormatter.threshold
    let shown =
      isSummarized
      ? ArrayFormatter.corners(array.shape, strides) : Array(0..<array.count)
    format = ArrayFormatter.format(array, shown)
  }

  var text: String { text(axis: 0, offset: 0, indent: " ", width: ArrayFormatter.lineWidth) }

  /// The linear indices of the elements that a summary shows.
  private static func corners(_ shape: [Int], _ strides: [Int]) -> [Int] {
    var offsets = [0]
    for (extent, stride) in zip(shape, strides) {
      let positions =
        extent > 2 * edge
        ? Array(0..<edge) + Array((extent - edge)..<extent) : Array(0..<extent)
      offsets = offsets.flatMap { offset in positions.map { offset + $0 * stride } }
    }
    return offsets
  }

  // MARK: Layout

  private func text(axis: Int, offset: Int, indent: String, width: Int) -> String {
    if axis == array.rank { return format(offset) }
    let extent = array.shape[axis]
    let isCut = isSummarized && extent > 2 * ArrayFormatter.edge
    let leading = isCut ? Array(0..<ArrayFormatter.edge) : []
    let trailing = Array((isCut ? extent - ArrayFormatter.edge : 0)..<extent)
    let item = { (position: Int) in
      text(axis: axis + 1, offset: offset + position * strides[axis], indent: indent + " ", width: width - 1)
    }
    var result = ""
    if axis == array.rank - 1 {
      var line = indent
      var words = leading.map(item) + (isCut ? ["..."] : []) + trailing.map(item)
      let last = words.removeLast()
      for word in words {
        extend(&result, &line, word, width - 1, indent)
        line += " "
      }
      extend(&result, &line, last, width - 1, indent)
      result += line
    } else {
      let separator = String(repeating: "\n", count: array.rank - axis - 1)
      let parts = leading.map(item) + (isCut ? ["..."] : []) + trailing.map(item)
      result = parts.map { indent + $0 }.joined(separator: separator)
    }
    return "[" + result.dropFirst(indent.count) + "]"
  }

  /// Adds a word to the line, which is broken first where the word does not fit.
  private func extend(
    _ text: inout String, _ line: inout String, _ word: String, _ width: Int, _ indent: String
  ) {
    let length = line.unicodeScalars.count
    if length + word.unicodeScalars.count > width, length > indent.count {
      while line.last == " " { line.removeLast() }
      text += line + "\n"
      line = indent
    }
    line += word
  }

  // MARK: Elements

  private static func format(_ array: NDArray, _ shown: [Int]) -> (Int) -> String {
    switch array.dtype {
    case .bool: return { array.bits(at: $0) == 0 ? "False" : " True" }
    case .string: return { pythonLiteral(array.string(at: $0)) }
    case .uint8, .int8, .int32, .int64, .uint32:
      let width = shown.map { Literal.text(array, at: $0).count }.max() ?? 0
      return { padded(Literal.text(array, at: $0), to: width) }
    case .float16, .bfloat16, .float32, .float64: return floatFormat(array, shown)
    }
  }

  private static func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }

  private static func decimal(_ array: NDArray, _ index: Int) -> DecimalDigits {
    switch array.dtype {
    case .float16, .bfloat16: DecimalDigits(shortest: array.number(at: index), in: array.dtype)
    case .float32: DecimalDigits(Float(bits: array.bits(at: index)))
    default: DecimalDigits(array.number(at: index))
    }
  }

  /// From which number on a type's numbers are shown with an exponent: where not all whole ones are among them.
  private static func scientificLimit(_ dtype: DType, otherwise limit: Double) -> Double {
    dtype.isHalf ? 1e3 : dtype == .float32 ? 1e6 : limit
  }

  private static func nonfinite(_ value: Double) -> String {
    value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
  }

  private static func floatFormat(_ array: NDArray, _ shown: [Int]) -> (Int) -> String {
    let precision = 8
    let finite = shown.filter { array.number(at: $0).isFinite }
    let special = shown.filter { !array.number(at: $0).isFinite }.map { nonfinite(array.number(at: $0)) }
    let magnitudes = finite.map { array.number(at: $0).magnitude }.filter { $0 != 0 }
    let (least, greatest) = (magnitudes.min() ?? 1, magnitudes.max() ?? 1)
    // NumPy divides in the array's own type.
    let ratio = array.dtype.number(bits: array.dtype.bits(rounding: greatest / least))
    // The limit of 0.0001 is of the array's type, too.
    let smallest = array.dtype.isHalf ? array.dtype.number(bits: array.dtype.bits(rounding: 0.0001)) : 0.0001
    let isScientific =
      greatest >= scientificLimit(array.dtype, otherwise: 1e8) || least < smallest || ratio > 1000

    // The widths of what stands before and after the point, an exponent included in the latter.
    var before = 0
    var after = 0
    var fraction = 0
    var exponent = 0
    let rounded = { (index: Int) in
      var digits = decimal(array, index)
      digits.round(toPowerOfTen: isScientific ? digits.exponent - precision : -precision)
      return digits
    }
    for index in finite {
      if isScientific {
        let parts = rounded(index).scientific
        before = max(before, parts.integer.count)
        fraction = max(fraction, parts.fraction.count)
        exponent = max(exponent, parts.exponent.count - 1)
        after = fraction + exponent + 2
      } else {
        let parts = rounded(index).positional
        before = max(before, parts.integer.count)
        after = max(after, parts.fraction.count)
      }
    }
    if let longest = special.map(\.count).max() { before = max(before, longest - after - 1) }

    return { index in
      let value = array.number(at: index)
      guard value.isFinite else { return padded(nonfinite(value), to: before + after + 1) }
      if isScientific {
        // Where others show more digits, further digits of this one are its own rather than zeros.
        var digits = decimal(array, index)
        digits.roundExactly(toPowerOfTen: digits.exponent - fraction)
        let parts = digits.scientific
        let zeros = String(repeating: "0", count: fraction - parts.fraction.count)
        let sign = parts.exponent.prefix(1)
        let power = parts.exponent.dropFirst()
        let padding = String(repeating: "0", count: exponent - power.count)
        return padded(parts.integer, to: before) + "." + parts.fraction + zeros + "e" + sign + padding + power
      }
      let parts = rounded(index).positional
      let blanks = String(repeating: " ", count: after - parts.fraction.count)
      return padded(parts.integer, to: before) + "." + parts.fraction + blanks
    }
  }

  /// A scalar shows all of its digits, and a text stands without quotes.
  static func scalar(_ array: NDArray) -> String {
    switch array.dtype {
    case .bool: return array.bits(at: 0) == 0 ? "False" : "True"
    case .string: return array.string(at: 0)
    case .uint8, .int8, .int32, .int64, .uint32: return Literal.text(array, at: 0)
    case .float16, .bfloat16, .float32, .float64:
      let value = array.number(at: 0)
      guard value.isFinite else { return nonfinite(value) }
      let digits = decimal(array, 0)
      let limit = scientificLimit(array.dtype, otherwise: 1e16)
      let least = array.dtype.isHalf ? array.dtype.number(bits: array.dtype.bits(rounding: 1e-4)) : 1e-4
      if value == 0 || (value.magnitude >= least && value.magnitude < limit) {
        let parts = digits.positional
        return parts.integer + "." + (parts.fraction.isEmpty ? "0" : parts.fraction)
      }
      let parts = digits.scientific
      return parts.integer + (parts.fraction.isEmpty ? "" : "." + parts.fraction) + "e" + parts.exponent
    }
  }

  /// A text as Python's `repr` writes it.
  private static func pythonLiteral(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
    var result = String(quote)
    for scalar in scalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case quote: result += "\\" + String(quote)
      default:
        if isPrintable(scalar) {
          result.unicodeScalars.append(scalar)
        } else {
          let (letter, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
          let digits = String(scalar.value, radix: 16)
          result += "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
        }
      }
    }
    return result + String(quote)
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    case .spaceSeparator: scalar == " "
    default: true
    }
  }
}
