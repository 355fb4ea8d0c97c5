// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Stored values that one kernel computes, over one domain.
struct Cluster: Sendable {
  /// How the axes of an array lie over the kernel's indices: those of the domain, then those of a loop.
  struct Layout: Hashable, Sendable {
    /// The loop's extents.
    var loop: [Int]
    /// For each axis of the array the index that walks along it; nil for an axis of one element.
    var dimensions: [Int?]

    /// The extents of the axes, those of one element left out.
    func extents(over domain: [Int]) -> [Int] {
      let extents = domain + loop
      return dimensions.compactMap { $0.map { extents[$0] } }
    }

    /// How an array of another shape with as many elements along each axis that counts lies.
    func layout(of shape: [Int]) -> Layout {
      var rest = dimensions.compactMap { $0 }[...]
      return Layout(loop: loop, dimensions: shape.map { $0 == 1 ? nil : rest.popFirst() })
    }
  }

  enum Form: Hashable, Sendable {
    /// An element at each point of the domain.
    case point
    /// An element at each point of the domain and of a loop.
    case row(Layout)
    /// An element at each point of the domain, which an operand's elements along a loop come to.
    case reduction(Layout, lanes: Int)
    /// The same of products.
    case contraction(loop: [Int])
  }

  struct Member: Sendable {
    let value: Value
    let form: Form
    /// The members that its expression reads, each at the very same point.
    var uses: [Value] = []
  }

  /// No extent is 1.
  var domain: [Int]
  /// By ascending node.
  var members: [Member]

  var pointCount: Int { domain.reduce(1, *) }

  /// The ways in which arrays lie over the domain and some loop.
  var layouts: [Layout] {
    var layouts: [Layout] = []
    for member in members {
      switch member.form {
      case .row(let layout), .reduction(let layout, _):
        if !layouts.contains(layout) { layouts.append(layout) }
      case .point, .contraction: break
      }
    }
    return layouts
  }

  /// Whether no member reduces anything.
  var isMap: Bool { members.allSatisfy { $0.form == .point } }

  /// The same members over a smaller domain, each with a row at each point; nil if they are no arrays of that layout.
  func rearranged(domain: [Int], _ layout: Layout, in module: Module) -> Cluster? {
    guard isMap, layout.extents(over: domain) == self.domain else { return nil }
    let rows = members.map { member in
      let shape = module.type(of: member.value).shape.extents ?? []
      return Member(value: member.value, form: .row(layout.layout(of: shape)), uses: member.uses)
    }
    return Cluster(domain: domain, members: rows)
  }

  mutating func insert(_ member: Member) {
    let place = members.firstIndex { $0.value.node > member.value.node } ?? members.count
    members.insert(member, at: place)
  }
}

extension Cluster.Form {
  var loop: [Int] {
    switch self {
    case .point: []
    case .row(let layout), .reduction(let layout, _): layout.loop
    case .contraction(let loop): loop
    }
  }

  /// Whether elements along a loop become one.
  var isReduction: Bool {
    switch self {
    case .point, .row: false
    case .reduction, .contraction: true
    }
  }

  /// In how many lanes; nil where that is free.
  var lanes: Int? {
    if case .reduction(_, let lanes) = self { lanes } else { nil }
  }

  /// For each axis of an array of this form and shape the kernel's index along it.
  func axes(of shape: [Int], domainRank: Int) -> [AffineMap] {
    let layout =
      if case .row(let layout) = self {
        layout
      } else {
        Cluster.Layout(loop: loop, dimensions: Array(0..<domainRank)).layout(of: shape)
      }
    return layout.dimensions.map { .index($0, of: domainRank + loop.count) }
  }
}

extension AffineMap {
  /// The map that follows one of `count` indices; 0 for none.
  static func index(_ dimension: Int?, of count: Int) -> AffineMap {
    var map = AffineMap.constant(0, dimensions: count)
    if let dimension { map.strides[dimension] = 1 }
    return map
  }
}

/// What a stored value takes to be computed in a kernel with others.
enum ClusterSeed {
  /// Elements of this shape, each from its index.
  case map([Int])
  /// Reduces an operand that lies so over the domain of the result and a loop.
  case reduction(domain: [Int], Cluster.Layout, lanes: Int)
  case contraction(domain: [Int], loop: [Int])

  /// Nil for a value whose step is its own, or several.
  init?(_ node: Node, in module: Module) {
    let extents = { (value: Value) in module.type(of: value).shape.extents ?? [] }
    let reducing = { (axes: [Int], lanes: Int) -> ClusterSeed in
      let shape = extents(node.operands[0])
      let kept = shape.indices.filter { !axes.contains($0) && shape[$0] != 1 }
      let reduced = axes.filter { shape[$0] != 1 }
      var dimensions = [Int?](repeating: nil, count: shape.count)
      for (position, axis) in (kept + reduced).enumerated() { dimensions[axis] = position }
      return .reduction(
        domain: kept.map { shape[$0] },
        Cluster.Layout(loop: reduced.map { shape[$0] }, dimensions: dimensions), lanes: lanes)
    }
    switch node.op {
    case .parameter, .variable, .constant, .pad, .concatenate, .fold: return nil
    case .reduce(let rule):
      self = reducing(rule.axes, ReductionOrder(axes: rule.axes, rank: extents(node.operands[0]).count).lanes)
    case .argReduce(let rule):
      let isLast = rule.axis == extents(node.operands[0]).count - 1
      self = reducing([rule.axis], isLast ? ReductionOrder.laneCount : 1)
    case .dot(let rule):
      guard Inlining.isKernel(dot: node, in: module) else { return nil }
      let lhs = extents(node.operands[0])
      self = .contraction(
        domain: (node.types[0].shape.extents ?? []).filter { $0 != 1 },
        loop: rule.lhsContract.map { lhs[$0] })
    case let op where op.lowering == .library || op.lowering == .control: return nil
    default:
      self = .map(node.types[0].shape.extents ?? [])
    }
  }

  /// A cluster of the one value.
  func cluster(of value: Value) -> Cluster {
    switch self {
    case .map(let shape):
      Cluster(
        domain: shape.filter { $0 != 1 }, members: [Cluster.Member(value: value, form: .point)])
    case .reduction(let domain, let layout, let lanes):
      Cluster(domain: domain, members: [Cluster.Member(value: value, form: .reduction(layout, lanes: lanes))])
    case .contraction(let domain, let loop):
      Cluster(domain: domain, members: [Cluster.Member(value: value, form: .contraction(loop: loop))])
    }
  }

  /// What a cluster may become so that the value can join, and the value's form there.
  func clusters(joining cluster: Cluster, in module: Module) -> [(cluster: Cluster, form: Cluster.Form)] {
    switch self {
    case .map(let shape):
      let extents = shape.filter { $0 != 1 }
      var choices: [(cluster: Cluster, form: Cluster.Form)] = []
      if cluster.domain == extents { choices.append((cluster, .point)) }
      for layout in cluster.layouts where layout.extents(over: cluster.domain) == extents {
        choices.append((cluster, .row(layout.layout(of: shape))))
      }
      return choices
    case .reduction(let domain, let layout, let lanes):
      let form = Cluster.Form.reduction(layout, lanes: lanes)
      if cluster.domain == domain { return [(cluster, form)] }
      return cluster.rearranged(domain: domain, layout, in: module).map { [($0, form)] } ?? []
    case .contraction(let domain, let loop):
      return cluster.domain == domain ? [(cluster, .contraction(loop: loop))] : []
    }
  }
}
