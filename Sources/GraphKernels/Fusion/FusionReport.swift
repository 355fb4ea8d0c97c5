// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What shares kernels in a plan, what that saves, and why the rest does not.
public struct FusionReport: Sendable {
  /// Values that one kernel computes.
  public struct Kernel: Sendable {
    /// What it stores, then what it only passes on inside.
    public var stored: [Value]
    public var inner: [Value]
    /// Bytes that would be written, and read again by each reader, if every value had a kernel of its own.
    public var savedByteCount: Int
  }

  /// A value that is in memory, and why.
  public struct Stored: Sendable {
    public var value: Value
    public var reason: String
    public var byteCount: Int
  }

  /// Two values that do not share a kernel although the one reads the other, or both read the same, and why.
  public struct Refusal: Sendable {
    public var value: Value
    public var other: Value
    public var reason: String
  }

  /// With the halves widened that no kernel computes with; the values are its own.
  public let module: Module
  /// In the order of the steps, lone values left out.
  public private(set) var kernels: [Kernel] = []
  /// Temporaries only.
  public private(set) var stored: [Stored] = []
  public private(set) var refusals: [Refusal] = []

  /// - Parameter module: static, without gradient nodes. Its regions are not looked into.
  /// - Throws: `Diagnostic` of kind `bug` for a module that is not.
  public init(_ module: Module) throws {
    guard module.isStatic else { throw Lowering.bug("the module has unbound symbols", module) }
    self.module = try module.wideningHalves()
    let inlining = Inlining(self.module)
    let clustering = try Clustering(self.module, inlining, fuses: true)
    let readers = readerCounts(inlining, clustering)
    for case .cluster(let cluster) in clustering.units where cluster.members.count > 1 {
      let values = cluster.members.map(\.value)
      let inner = values.filter { clustering.isInternal[$0.nodeIndex] }
      kernels.append(
        Kernel(
          stored: values.filter { !clustering.isInternal[$0.nodeIndex] }, inner: inner,
          savedByteCount: inner.reduce(0) { $0 + byteCount($1) * (1 + readers[$1.nodeIndex]) }))
    }
    for (index, reason) in inlining.stored.enumerated() {
      guard let reason, reason != .leaf, reason != .root, !clustering.isInternal[index] else { continue }
      let value = Value(node: Int32(index))
      stored.append(Stored(value: value, reason: reason.rawValue, byteCount: byteCount(value)))
    }
    // The last word on a pair counts, and one that was overcome does not.
    for note in clustering.notes where !clustering.shareKernel(note.value, note.other) {
      let refusal = Refusal(value: note.value, other: note.other, reason: note.refusal.rawValue)
      if !refusals.contains(where: { $0.value == refusal.value && $0.other == refusal.other }) {
        refusals.append(refusal)
      }
    }
  }

  private func byteCount(_ value: Value) -> Int { module.type(of: value).byteCount ?? 0 }

  /// By node how many stored values are computed from it.
  private func readerCounts(_ inlining: Inlining, _ clustering: Clustering) -> [Int] {
    var counts = [Int](repeating: 0, count: module.nodes.count)
    for unit in clustering.units {
      guard case .cluster(let cluster) = unit else { continue }
      for member in cluster.members {
        for used in member.uses { counts[used.nodeIndex] += 1 }
      }
    }
    return counts
  }

  /// The report for people.
  public var text: String {
    var text = "kernels of several values\n"
    for (number, kernel) in kernels.enumerated() {
      let saved = kernel.savedByteCount == 0 ? "" : ", saves \(kernel.savedByteCount) bytes of traffic"
      text += "  \(number): stores \(kernel.stored.map(phrase).joined(separator: ", "))\(saved)\n"
      if !kernel.inner.isEmpty {
        text += "     within: \(kernel.inner.map(phrase).joined(separator: ", "))\n"
      }
    }
    if kernels.isEmpty { text += "  none\n" }
    if !stored.isEmpty { text += "temporaries in memory\n" }
    for entry in stored { text += "  \(phrase(entry.value)), \(entry.byteCount) bytes: \(entry.reason)\n" }
    if !refusals.isEmpty { text += "apart\n" }
    for entry in refusals { text += "  \(phrase(entry.value)) and \(phrase(entry.other)): \(entry.reason)\n" }
    return text
  }

  private func phrase(_ value: Value) -> String {
    let node = module.nodes[value.nodeIndex]
    let line = node.origin.location.map { " (\($0))" } ?? ""
    return "%\(value.node) \(node.op.mnemonic) \(module.type(of: value))\(line)"
  }
}
