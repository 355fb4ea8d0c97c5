// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A batched matrix product for a library: `c[b] = op(a[b]) · op(b[b])`, all row-major and contiguous.
public struct MatrixProduct: Hashable, Sendable {
  public var dtype: DType
  public var batch: Int
  public var m: Int
  public var n: Int
  public var k: Int
  /// Whether `a` lies as `[k, m]`.
  public var transposeA: Bool
  /// Whether `b` lies as `[n, k]`.
  public var transposeB: Bool

  public init(dtype: DType, batch: Int, m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool) {
    self.dtype = dtype
    self.batch = batch
    self.m = m
    self.n = n
    self.k = k
    self.transposeA = transposeA
    self.transposeB = transposeB
  }
}

extension MatrixProduct {
  /// A block of one product of the batch.
  public struct Part: Hashable, Sendable {
    public let batch: Int
    public let rows: Range<Int>
    public let columns: Range<Int>
  }

  /// How each product of the batch is cut. It follows from the shape alone, never from the number of threads: another
  /// cut could be other bits.
  private struct Cut {
    var blocksOfRows = 1
    var blocksOfColumns = 1
  }

  /// Multiplications and additions that are worth a part, some tens of microseconds.
  private static let partWork = 1 << 21
  /// Blocks are whole tiles of the library.
  private static let tile = 32
  private static let mostParts = 16

  /// Multiplications and additions of one product.
  private var work: Int {
    let (elements, overflow) = m.multipliedReportingOverflow(by: n)
    let (work, overflows) = elements.multipliedReportingOverflow(by: 2 * k)
    return overflow || overflows ? .max : work
  }

  /// The products themselves where there are enough of them; otherwise blocks along the larger input, since each thread
  /// would read all of the other one anyway, or along the rows where the result is larger than both.
  private var cut: Cut {
    var cut = Cut()
    let wanted = min(work / MatrixProduct.partWork, MatrixProduct.mostParts)
    if wanted < 2 { return cut }
    if batch >= wanted { return cut }
    let blocks = { (extent: Int) in max(min(wanted / max(batch, 1), extent / MatrixProduct.tile), 1) }
    let isResultLargest = k < min(m, n)
    if isResultLargest || m > n { cut.blocksOfRows = blocks(m) } else { cut.blocksOfColumns = blocks(n) }
    return cut
  }

  /// How many parts the product has; they may be computed in any order, and at the same time.
  public var partCount: Int {
    let cut = cut
    return batch * cut.blocksOfRows * cut.blocksOfColumns
  }

  /// How many parts one thread takes at a time: few small products of a batch would not be worth the way.
  public var partsPerChunk: Int {
    let cut = cut
    if cut.blocksOfRows * cut.blocksOfColumns > 1 { return 1 }
    return max(MatrixProduct.partWork / max(work, 1), 1)
  }

  public func part(_ number: Int) -> Part {
    let cut = cut
    let (index, blocks) = (number, cut.blocksOfRows * cut.blocksOfColumns)
    let block = index % blocks
    return Part(
      batch: index / blocks, rows: MatrixProduct.block(block / cut.blocksOfColumns, of: cut.blocksOfRows, m),
      columns: MatrixProduct.block(block % cut.blocksOfColumns, of: cut.blocksOfColumns, n))
  }

  /// A block of whole tiles; the last one takes the rest.
  private static func block(_ number: Int, of count: Int, _ extent: Int) -> Range<Int> {
    let size = extent / tile / count * tile
    return number * size..<(number == count - 1 ? extent : (number + 1) * size)
  }
}
