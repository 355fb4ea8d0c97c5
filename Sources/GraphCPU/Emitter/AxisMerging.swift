// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphKernels

extension Kernel {
  /// This kernel with neighbouring axes merged where every access map runs on from one to the next, and axes of
  /// extent 1 dropped; it has at least one domain axis.
  ///
  /// The row-major numbers of the points of the domain and of each loop stay the same. The range
  /// `begin..<end` becomes `begin * factor ..< end * factor`.
  func mergingAxes() throws(MalformedKernel) -> (kernel: Kernel, rangeFactor: Int) {
    for (number, stage) in stages.enumerated() {
      let rank = domain.count + stage.loop.count
      guard stage.maps.allSatisfy({ $0.strides.count == rank }) else {
        throw MalformedKernel("stage \(number): an access map does not have \(rank) strides")
      }
    }
    guard domain.allSatisfy({ $0 >= 0 }) else { throw MalformedKernel("a negative extent") }
    var merged = self
    let rank = domain.count
    let domainAxes = AxisGroup.merging(
      domain, strides: stages.flatMap(\.maps).map { Array($0.strides[..<rank]) })
    merged.domain = domainAxes.map(\.extent)
    for (number, stage) in stages.enumerated() {
      let loopAxes = AxisGroup.merging(
        stage.loop, strides: stage.maps.map { Array($0.strides[rank...]) })
      merged.stages[number].loop = loopAxes.map(\.extent)
      merged.stages[number].mapMaps { map in
        let outer = domainAxes.map { $0.axis.map { map.strides[$0] } ?? 0 }
        let inner = loopAxes.map { $0.axis.map { map.strides[rank + $0] } ?? 0 }
        return AffineMap(offset: map.offset, strides: outer + inner)
      }
    }
    if merged.domain.isEmpty {
      merged.domain = [1]
      for number in merged.stages.indices {
        merged.stages[number].mapMaps { AffineMap(offset: $0.offset, strides: [0] + $0.strides) }
      }
    }
    let first = domain.first ?? 1
    return (merged, first == 0 ? 1 : merged.domain[0] / first)
  }
}

/// Some neighbouring axes as one.
private struct AxisGroup {
  var extent: Int
  /// The innermost axis that matters, whose stride is that of the group.
  var axis: Int?

  static func merging(_ extents: [Int], strides: [[Int]]) -> [AxisGroup] {
    guard !extents.isEmpty, !extents.contains(0) else {
      return extents.enumerated().map { AxisGroup(extent: $1, axis: $0) }
    }
    var groups: [AxisGroup] = []
    var group = AxisGroup(extent: 1, axis: nil)
    for axis in extents.indices.reversed() where extents[axis] != 1 {
      guard let inner = group.axis else {
        group = AxisGroup(extent: extents[axis], axis: axis)
        continue
      }
      if strides.allSatisfy({ $0[axis] == $0[inner] * group.extent }) {
        group.extent *= extents[axis]
      } else {
        groups.append(group)
        group = AxisGroup(extent: extents[axis], axis: axis)
      }
    }
    if group.axis != nil { groups.append(group) }
    return groups.reversed()
  }
}
