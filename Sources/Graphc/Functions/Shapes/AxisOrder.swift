// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension TensorConvertible {
  /// With one axis moved to another place, the others in their order.
  public func movingAxis(
    from source: Int, to destination: Int, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    movingAxes(from: [source], to: [destination], at: CallSite("movingAxis", fileID, line))
  }

  /// With some axes moved to the places named beside them, the others in their order (NumPy's `moveaxis`).
  public func movingAxes(
    from sources: [Int], to destinations: [Int], fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    movingAxes(from: sources, to: destinations, at: CallSite("movingAxes", fileID, line))
  }

  private func movingAxes(from sources: [Int], to destinations: [Int], at site: CallSite) -> Tensor {
    build([self], at: site, in: tensor.graph) { state, terms throws(BuildError) in
      let operand = try state.value(terms[0])
      // For the errors of an axis that is not there, or there twice.
      _ = try state.axes(sources, of: operand)
      _ = try state.axes(destinations, of: operand)
      if sources.count != destinations.count {
        throw BuildError(
          "axis.pairs", "the axes \(sources) and their places \(destinations) do not pair up")
      }
      var moves: [(from: Int, to: Int)] = []
      for (source, destination) in zip(sources, destinations) {
        moves.append((try state.axis(source, of: operand), try state.axis(destination, of: operand)))
      }
      return try state.moved(operand, moves)
    }
  }

  /// Turned by quarter turns in the plane of two axes, from the first towards the second.
  public func rotated90(
    times: Int = 1, axes: (Int, Int) = (0, 1), fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    build([self], at: CallSite("rotated90", fileID, line), in: tensor.graph) {
      state, terms throws(BuildError) in
      let operand = try state.value(terms[0])
      _ = try state.axes([axes.0, axes.1], of: operand)
      let (first, second) = (try state.axis(axes.0, of: operand), try state.axis(axes.1, of: operand))
      var exchanged = Array(0..<state.type(of: operand).rank)
      exchanged.swapAt(first, second)
      switch times & 3 {
      case 0: return operand
      case 1: return try state.transposed(state.reversed(operand, axes: [second]), exchanged)
      case 2: return try state.reversed(operand, axes: [first, second])
      default: return try state.reversed(state.transposed(operand, exchanged), axes: [second])
      }
    }
  }
}

extension GraphState {
  /// With some axes, counted from the front and distinct, moved to other places.
  mutating func moved(_ operand: Value, _ moves: [(from: Int, to: Int)]) throws(BuildError) -> Value {
    let sources = Set(moves.map(\.from))
    var permutation = (0..<type(of: operand).rank).filter { !sources.contains($0) }
    for move in moves.sorted(by: { $0.to < $1.to }) { permutation.insert(move.from, at: move.to) }
    return try transposed(operand, permutation)
  }
}
