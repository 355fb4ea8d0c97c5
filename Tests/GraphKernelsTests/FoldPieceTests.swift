// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Testing

@testable import GraphKernels

/// The pieces of a folded axis cover it once and ask for just the windows that reach each element, in order.
@Suite struct FoldPieceTests {
  @Test(arguments: 1...6) func everyGeometry(_ stride: Int) {
    for dilation in 1...6 {
      for size in 1...5 {
        for count in 1...4 {
          let least = (count - 1) * stride + (size - 1) * dilation + 1
          for extent in [least, least + stride - 1] { check(size, stride, dilation, extent, count) }
        }
      }
    }
  }

  private func check(_ size: Int, _ stride: Int, _ dilation: Int, _ extent: Int, _ count: Int) {
    var terms: [[(element: Int, window: Int)]?] = Array(repeating: nil, count: extent)
    for piece in FoldPiece.pieces(size: size, stride: stride, dilation: dilation, extent: extent) {
      var isWithin = true
      for turn in 0..<piece.turns {
        for residue in 0..<piece.residues {
          let element = piece.first + stride * turn + residue
          #expect(terms[element] == nil)
          terms[element] = (0..<piece.terms).map { term in
            let window = piece.window + turn - piece.windowStep * term
            if !(0..<count).contains(window) { isWithin = false }
            return (piece.element + residue + piece.elementStep * term, window)
          }
        }
      }
      #expect(piece.keepsWithin(count) == isWithin || piece.terms == 0)
    }
    for element in 0..<extent {
      let expected = (0..<size).filter { (element - $0 * dilation) % stride == 0 }
      let found = terms[element] ?? []
      #expect(
        found.map(\.element) == expected, "size \(size) stride \(stride) dilation \(dilation) at \(element)")
      #expect(found.allSatisfy { $0.window * stride + $0.element * dilation == element })
    }
  }

  /// What is the same along the axis is one kernel.
  @Test func fewPieces() {
    func count(_ size: Int, _ stride: Int, _ dilation: Int, _ extent: Int) -> Int {
      FoldPiece.pieces(size: size, stride: stride, dilation: dilation, extent: extent).count
    }
    #expect(count(3, 1, 1, 30) == 1)
    #expect(count(3, 1, 2, 30) == 1)
    #expect(count(16, 16, 1, 224) == 1)
    #expect(count(2, 2, 1, 7) == 2)
    #expect(count(3, 2, 1, 9) == 2)
    #expect(count(3, 2, 2, 9) == 2)
    #expect(count(400, 160, 1, 16_000) == 2)
  }
}
