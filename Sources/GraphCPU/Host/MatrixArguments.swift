// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// The matrices of a host call: what LAPACK's integers can count, in the calling thread.
struct MatrixCall: Sendable {
  let batch: Int
  /// The extents of the first operand's last two axes.
  let rows: Int32
  let columns: Int32

  /// - Throws: `Diagnostic` for matrices that LAPACK's 32-bit integers cannot count.
  init(_ call: HostCall) throws {
    let extents = call.operandTypes[0].shape.extents ?? []
    let largest = call.operandTypes.flatMap { $0.shape.extents?.suffix(2) ?? [] }.max() ?? 0
    guard let rows = Int32(exactly: extents.dropLast().last ?? 1),
      let columns = Int32(exactly: extents.last ?? 1),
      largest < Int(Int32.max) / 16, BLAS.isSingleThreaded
    else {
      throw Diagnostic(
        .run, code: "\(call.op.mnemonic).extents",
        "\(call.op.mnemonic): the matrices of \(call.operandTypes[0]) are too large")
    }
    batch = extents.dropLast(2).reduce(1, *)
    self.rows = rows
    self.columns = columns
  }

  var height: Int { Int(rows) }
  var width: Int { Int(columns) }
  var rank: Int { min(height, width) }

  /// Runs the routine that fits the element type on each matrix, until one fails.
  static func routine(
    _ call: HostCall, float32: @escaping @Sendable (MatrixBuffers<Float>, _ index: Int) -> Bool,
    float64: @escaping @Sendable (MatrixBuffers<Double>, _ index: Int) -> Bool
  ) throws -> HostRoutine {
    let batch = try MatrixCall(call).batch
    switch call.operandTypes[0].dtype {
    case .float32: return { buffers in run(batch, MatrixBuffers(buffers), float32) }
    case .float64: return { buffers in run(batch, MatrixBuffers(buffers), float64) }
    default: throw HostRoutines.unsupported(call)
    }
  }

  private static func run<Element>(
    _ batch: Int, _ buffers: MatrixBuffers<Element>, _ body: (MatrixBuffers<Element>, Int) -> Bool
  ) -> Int32 {
    for index in 0..<batch where !body(buffers, index) { return Int32(clamping: index + 1) }
    return 0
  }
}

/// The operands and then the results of a host call.
struct MatrixBuffers<Element> {
  private let buffers: UnsafePointer<UnsafeMutableRawPointer?>

  init(_ buffers: UnsafePointer<UnsafeMutableRawPointer?>) { self.buffers = buffers }

  /// The `index`-th of the parts of `size` elements that buffer `number` consists of.
  func callAsFunction(_ number: Int, _ index: Int, size: Int) -> UnsafeMutablePointer<Element> {
    self(number, index, size: size, as: Element.self)
  }

  func callAsFunction<Other>(
    _ number: Int, _ index: Int, size: Int, as _: Other.Type
  ) -> UnsafeMutablePointer<Other> {
    (buffers[number] ?? nowhere).assumingMemoryBound(to: Other.self) + index * size
  }
}

/// An address for buffers of no bytes.
nonisolated(unsafe) private let nowhere = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)

/// Small tools on row-major matrices.
enum MatrixMemory {
  /// Writes the transpose of a row-major rows×columns matrix.
  static func transpose<Element>(
    _ source: UnsafeMutablePointer<Element>, _ rows: Int, _ columns: Int,
    to target: UnsafeMutablePointer<Element>
  ) {
    // In blocks, so that both sides stay in cache.
    let edge = 16
    for rowBlock in stride(from: 0, to: rows, by: edge) {
      for columnBlock in stride(from: 0, to: columns, by: edge) {
        for row in rowBlock..<min(rowBlock + edge, rows) {
          for column in columnBlock..<min(columnBlock + edge, columns) {
            target[column * rows + row] = source[row * columns + column]
          }
        }
      }
    }
  }

  static func setIdentity<Element: BinaryFloatingPoint>(_ target: UnsafeMutablePointer<Element>, _ count: Int)
  {
    target.update(repeating: 0, count: count * count)
    for index in 0..<count { target[index * count + index] = 1 }
  }

  /// Whether the first of the elements of at least nine tenths of the greatest magnitude is negative: the sign that
  /// singular vectors and eigenvectors are told apart by.
  static func isNegative<Element: BinaryFloatingPoint>(
    _ first: UnsafeMutablePointer<Element>, _ count: Int, stride: Int
  ) -> Bool {
    var greatest = 0.0
    for index in 0..<count { greatest = max(greatest, Double(first[index * stride].magnitude)) }
    let bound = 0.9 * greatest
    for index in 0..<count where Double(first[index * stride].magnitude) >= bound {
      return first[index * stride] < 0
    }
    return false
  }

  static func negate<Element: BinaryFloatingPoint>(
    _ first: UnsafeMutablePointer<Element>, _ count: Int, stride: Int
  ) {
    for index in 0..<count { first[index * stride].negate() }
  }

  /// Room for some elements, while `body` runs.
  static func withRoom<Element, Result>(
    _ count: Int, _ body: (UnsafeMutablePointer<Element>) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: Element.self, capacity: max(count, 1)) { room in
      body(room.baseAddress ?? nowhere.assumingMemoryBound(to: Element.self))
    }
  }
}
