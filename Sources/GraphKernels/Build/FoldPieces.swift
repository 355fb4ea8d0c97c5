// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A part of a folded axis whose elements all gather their windows by the same linear functions.
///
/// Only window elements `k` with `k · dilation ≡ i` modulo the stride reach the result element `i`. So an axis falls into
/// residues modulo the stride; neighbouring ones that differ by a shift alone are one piece:
/// element `first + stride · turn + residue` takes, for each `term`, element `element + residue + elementStep · term`
/// of window `window + turn − windowStep · term`.
struct FoldPiece: Hashable {
  let first: Int
  /// Neighbouring residues.
  var residues: Int
  /// Elements of each residue.
  let turns: Int
  /// Windows that may reach an element.
  let terms: Int
  let element: Int
  let elementStep: Int
  let window: Int
  let windowStep: Int

  /// Whether all windows that are asked for are among `count`.
  func keepsWithin(_ count: Int) -> Bool {
    window - windowStep * (terms - 1) >= 0 && window + turns <= count
  }

  /// The pieces of an axis of `extent` elements, which cover it.
  static func pieces(size: Int, stride: Int, dilation: Int, extent: Int) -> [FoldPiece] {
    let divisor = greatestCommonDivisor(stride, dilation)
    let (elementStep, windowStep) = (stride / divisor, dilation / divisor)
    let inverse = modularInverse(windowStep, modulo: elementStep)
    var pieces: [FoldPiece] = []
    for residue in 0..<min(stride, extent) {
      var (terms, element, window) = (0, 0, 0)
      if residue % divisor == 0 {
        element = residue / divisor % elementStep * inverse % elementStep
        window = (residue - element * dilation) / stride
        terms = element < size ? (size - 1 - element) / elementStep + 1 : 0
      }
      let piece = FoldPiece(
        first: residue, residues: 1, turns: (extent - 1 - residue) / stride + 1, terms: terms,
        element: terms == 0 ? 0 : element, elementStep: elementStep, window: terms == 0 ? 0 : window,
        windowStep: windowStep)
      if let last = pieces.last, last.isContinued(by: piece) {
        pieces[pieces.count - 1].residues += 1
      } else {
        pieces.append(piece)
      }
    }
    return pieces
  }

  private func isContinued(by next: FoldPiece) -> Bool {
    next.turns == turns && next.terms == terms && next.window == window
      && (terms == 0 || next.element == element + residues)
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }

  /// The number whose product with `number` is 1 modulo `modulus`; they have no common divisor.
  private static func modularInverse(_ number: Int, modulo modulus: Int) -> Int {
    var (previous, current) = (modulus, number % modulus)
    var (before, factor) = (0, 1)
    while current > 1 {
      let quotient = previous / current
      (previous, current) = (current, previous - quotient * current)
      (before, factor) = (factor, before - quotient * factor)
    }
    return modulus == 1 ? 0 : (factor % modulus + modulus) % modulus
  }
}
