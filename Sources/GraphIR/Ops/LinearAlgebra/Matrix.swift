// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A matrix of f64 for the references: they compute in f64 whatever the element type, and round once.
struct Matrix {
  let rows: Int
  let columns: Int
  /// Row-major.
  var elements: [Double]

  init(rows: Int, columns: Int, elements: [Double]) {
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  init(rows: Int, columns: Int, _ element: (_ row: Int, _ column: Int) -> Double = { _, _ in 0 }) {
    self.init(
      rows: rows, columns: columns,
      elements: (0..<rows * columns).map { element($0 / columns, $0 % columns) })
  }

  static func identity(_ count: Int) -> Matrix {
    Matrix(rows: count, columns: count) { $0 == $1 ? 1 : 0 }
  }

  subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  var transposed: Matrix { Matrix(rows: columns, columns: rows) { self[$1, $0] } }
  var isFinite: Bool { elements.allSatisfy(\.isFinite) }

  /// The first columns.
  func prefix(columns count: Int) -> Matrix { Matrix(rows: rows, columns: count) { self[$0, $1] } }

  func column(_ index: Int) -> [Double] { (0..<rows).map { self[$0, index] } }

  mutating func setColumn(_ index: Int, _ values: [Double]) {
    for row in 0..<rows { self[row, index] = values[row] }
  }

  mutating func negateColumn(_ index: Int) { setColumn(index, column(index).map { -$0 }) }
  mutating func negateRow(_ index: Int) { for column in 0..<columns { self[index, column].negate() } }

  mutating func swapRows(_ first: Int, _ second: Int) {
    for column in 0..<columns { elements.swapAt(first * columns + column, second * columns + column) }
  }

  /// The sign that makes a column canonical: the first of its elements of at least nine tenths of the greatest
  /// magnitude becomes positive.
  ///
  /// The first of the greatest would do, were there not columns whose greatest elements differ by rounding alone.
  func isNegative(column index: Int) -> Bool {
    let values = column(index)
    let bound = 0.9 * (values.map(\.magnitude).max() ?? 0)
    return (values.first { $0.magnitude >= bound } ?? 0) < 0
  }
}

extension NDArray {
  /// The matrices in the last two axes, in row-major order of the others.
  var matrices: [Matrix] {
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    let size = rows * columns
    return (0..<shape.dropLast(2).reduce(1, *)).map { index in
      Matrix(
        rows: rows, columns: columns, elements: (0..<size).map { number(at: index * size + $0) })
    }
  }

  /// An array of f32 or f64 from the elements of its parts, one after the other.
  init(_ type: TensorType, joining parts: [[Double]]) throws(EvaluationFault) {
    let extents = try staticExtents(type)
    self.init(
      dtype: type.dtype, shape: extents,
      bits: parts.joined().map { type.dtype == .float32 ? Float($0).bits : $0.bits })
  }

  /// An array of i32.
  init(_ type: TensorType, joining parts: [[Int]]) throws(EvaluationFault) {
    let extents = try staticExtents(type)
    self.init(
      dtype: type.dtype, shape: extents, bits: parts.joined().map { Int32(truncatingIfNeeded: $0).bits })
  }
}

/// Checks for operands that hold matrices.
enum MatrixRule {
  /// Checks that an operand holds matrices of f32 or f64 in its last two axes.
  static func requireMatrices(_ operand: TensorType, _ constraint: String) throws(ConstraintViolation) {
    let isPrecise = operand.dtype == .float32 || operand.dtype == .float64
    if operand.rank < 2 || !isPrecise {
      throw ConstraintViolation(constraint, "takes matrices of f32 or f64, got \(operand)")
    }
  }

  static func requireSquareMatrices(_ operand: TensorType, _ constraint: String) throws(ConstraintViolation) {
    try requireMatrices(operand, constraint)
    if operand.shape[operand.rank - 1] != operand.shape[operand.rank - 2] {
      throw ConstraintViolation(constraint, "takes square matrices, got \(operand)")
    }
  }

  /// Checks a square matrix and the right sides of equations with it.
  static func requireEquations(_ operands: [TensorType]) throws(ConstraintViolation) {
    try requireOperands(2, operands)
    try requireSquareMatrices(operands[0], "C1")
    let (a, b) = (operands[0], operands[1])
    if a.dtype != b.dtype || a.rank != b.rank || a.shape.dims.dropLast() != b.shape.dims.dropLast() {
      throw ConstraintViolation("C2", "the matrices are \(a), the right sides \(b)")
    }
  }

  /// The smaller of two extents; unknown where a run decides which.
  static func smaller(_ x: Dim, _ y: Dim) -> Dim {
    if x == y { return x }
    guard let first = x.value, let second = y.value else { return .unknown }
    return Dim(min(first, second))
  }

  /// A type with other extents in place of the last two.
  static func replacing(_ type: TensorType, with dims: [Dim], dtype: DType? = nil) -> TensorType {
    TensorType(dtype ?? type.dtype, Shape(type.shape.dims.dropLast(2) + dims))
  }

  /// The fault code of a matrix of a batch.
  static func faultCode(ofMatrix index: Int) -> Int32 { Int32(clamping: index + 1) }

  /// The words for a fault code: `matrix 3 of the batch is singular`.
  static func faultMessage(_ code: Int32, _ complaint: String) -> String {
    "matrix \(code - 1) of the batch \(complaint)"
  }

  static func fault(matrix index: Int, _ complaint: String) -> EvaluationFault {
    EvaluationFault(faultMessage(faultCode(ofMatrix: index), complaint))
  }
}
