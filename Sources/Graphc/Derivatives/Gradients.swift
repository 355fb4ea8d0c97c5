// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphIR

/// What a gradient is where a loss depends on a target and no path lets a gradient pass.
public enum CutGradients: Sendable {
  /// A mistake in the program, reported as `gradient.cut`.
  case areMistakes
  /// Zero, as almost everywhere for a step function.
  case areZero
}

extension Graph {
  /// The gradient of the sum of `loss`'s elements with respect to each target, of the target's shape and type.
  ///
  /// A target may be any floating-point tensor or variable of the graph. It is zero where the loss does not depend on
  /// the target, which `explainGradient` tells apart from a gradient that happens to vanish. Where the loss depends on
  /// a target and yet no gradient can flow (through `argMax`, a comparison, `floor`, an integer, `stopGradient`), that
  /// is a mistake in the program and is reported as `gradient.cut`, unless `cuts` says otherwise.
  public func gradients(
    of loss: some TensorConvertible, withRespectTo targets: [any TensorConvertible],
    cuts: CutGradients = .areMistakes, fileID: String = #fileID, line: Int = #line
  ) -> [Tensor] {
    gradients(of: loss.tensor, targets.map(\.tensor), cuts, at: CallSite("gradients", fileID, line))
  }

  public func gradients(
    of loss: some TensorConvertible, withRespectTo targets: [Tensor],
    cuts: CutGradients = .areMistakes, fileID: String = #fileID, line: Int = #line
  ) -> [Tensor] {
    gradients(of: loss.tensor, targets, cuts, at: CallSite("gradients", fileID, line))
  }

  public func gradients(
    of loss: some TensorConvertible, withRespectTo targets: [Variable],
    cuts: CutGradients = .areMistakes, fileID: String = #fileID, line: Int = #line
  ) -> [Tensor] {
    gradients(of: loss.tensor, targets.map(\.value), cuts, at: CallSite("gradients", fileID, line))
  }

  private func gradients(
    of loss: Tensor, _ targets: [Tensor], _ cuts: CutGradients, at site: CallSite
  ) -> [Tensor] {
    if targets.isEmpty { return [] }
    let types = targets.map { target in
      target.graph === self ? withState { $0.knownType(of: target.value) } : nil
    }
    let roles = ["the loss"] + targets.indices.map { "target \($0)" }
    return buildAll([loss] + targets, at: site, roles: roles, poisonTypes: types) {
      state, terms throws(BuildError) in
      var values: [Value] = []
      for term in terms { values.append(try state.value(term)) }
      let results = try state.appendAll(.gradient(GradientOp()), values)
      try state.requirePathsWithin(from: [values[0]], to: Array(values.dropFirst()))
      if cuts == .areMistakes { try state.requirePaths(from: [values[0]], to: Array(values.dropFirst())) }
      return results
    }
  }

  /// Whether and why a gradient of `loss` flows to `target`, in a sentence or a few.
  public func explainGradient(
    of loss: some TensorConvertible, withRespectTo target: some TensorConvertible
  ) -> String {
    let (loss, target) = (loss.tensor, target.tensor)
    if loss.graph !== self || target.graph !== self {
      return "The loss and the target must be tensors of this graph."
    }
    return withState { state in
      if let cause = (state.causes(of: loss.value) + state.causes(of: target.value)).first {
        return "An expression is invalid: \(state.diagnostics[cause].message)"
      }
      let (from, to) = (state.describe(loss.value), state.describe(target.value))
      let goal: Value
      do throws(BuildError) {
        goal = try state.local(target.value, in: state.part(of: loss.value))
        try state.requirePathsWithin(from: [loss.value], to: [goal])
      } catch {
        return "No gradient of \(from) can be taken with respect to \(to): it \(error.message)."
      }
      switch Autodiff.explainPath(in: state.builder.nodes, from: loss.value, to: goal) {
      case .differentiable: return "A gradient of \(from) flows to \(to)."
      case .independent: return "\(from) does not depend on \(to): the gradient is zero."
      case .cut(let cuts):
        let list = cuts.map {
          "\n  " + ([state.words(for: $0)] + state.steps(of: $0)).joined(separator: "\n    ")
        }
        .joined()
        return "\(from) depends on \(to), but no gradient flows:" + list
      }
    }
  }
}

extension GraphState {
  /// Throws when outputs depend on a target through cut paths alone.
  func requirePaths(
    from outputs: [Value], to targets: [Value], noun: String = "the loss"
  ) throws(BuildError) {
    let paths = Autodiff.explainPaths(in: builder.nodes, from: outputs, to: targets)
    for (target, path) in zip(targets, paths) {
      guard case .cut(let cuts) = path, let first = cuts.first else { continue }
      let others = cuts.dropFirst().map { cut in
        Diagnostic.Note("another path ends at \(words(for: cut, located: false))", at: cut.origin.location)
      }
      let cutNote = Diagnostic.Note("the path ends at \(describe(first.value))", at: first.origin.location)
      throw BuildError(
        "gradient.cut",
        "no gradient of \(noun) flows to \(describe(target)): it is cut at \(words(for: first))",
        notes: [cutNote] + steps(of: first).map { Diagnostic.Note($0) } + others)
    }
  }

  /// `argMax at Model.swift:12: an index does not move …`
  fileprivate func words(for cut: GradientPath.Cut, located: Bool = true) -> String {
    let place = located ? cut.origin.location.map { " at \($0)" } ?? "" : ""
    return "\(cut.mnemonic)\(place): \(cut.reason)"
  }

  /// How many values a path shows at either end and around its cut.
  private static let pathEnd = 4

  /// `the path: %4 reduce (Model.swift:14) ← %1 argMax (Model.swift:12; cut here) ← variable "w" (Model.swift:11)`, where
  /// the path is known.
  fileprivate func steps(of cut: GradientPath.Cut) -> [String] {
    if cut.path.isEmpty { return [] }
    let position = cut.path.firstIndex { $0.nodeIndex == cut.value.nodeIndex } ?? 0
    let end = GraphState.pathEnd
    var text = "the path:"
    var skipped = 0
    for (index, value) in cut.path.enumerated() {
      let isShown =
        index < end || index >= cut.path.count - end || abs(index - position) <= end
      if !isShown {
        skipped += 1
        continue
      }
      if skipped > 0 { text += " ← … \(skipped) more …" }
      skipped = 0
      let place = builder.node(value).origin.location.map(String.init(describing:))
      let remarks = [place, index == position ? "cut here" : nil].compactMap { $0 }
      text += index == 0 ? " " : " ← "
      text += describe(value) + (remarks.isEmpty ? "" : " (\(remarks.joined(separator: "; ")))")
    }
    return [text]
  }
}
