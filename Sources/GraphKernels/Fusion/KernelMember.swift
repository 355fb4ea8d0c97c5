// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A stored value that is computed by the kernel whose stage is being written.
struct KernelMember {
  /// The kernel's index along each axis of the value.
  let axes: [AffineMap]
  /// What gives the element once an earlier stage has it; nil where it is to be computed on the spot.
  let result: KernelInstruction?
  /// The row-major number of the element, its extent-1 indices left out.
  private let place: AffineMap?
  private let extents: [Int]

  /// - Parameters:
  ///   - shape: the value's extents.
  ///   - extents: those of the kernel's indices, the domain's and the loop's.
  init(axes: [AffineMap], shape: [Int], extents: [Int], result: KernelInstruction? = nil) {
    self.axes = axes
    self.extents = extents
    self.result = result
    let start = AffineMap.constant(0, dimensions: extents.count)
    place = zip(axes, rowMajorStrides(shape)).reduce(start) { $0 + $1.0 * $1.1 }.ignoringUnits(extents)
  }

  /// One that is not computed at any point of these indices.
  init(unreachableIn extents: [Int]) {
    axes = []
    result = nil
    place = nil
    self.extents = extents
  }

  /// Whether a row-major number is that of the element which the kernel has at each of its points.
  func isPlaced(at number: AffineMap) -> Bool { number.ignoringUnits(extents) == place }
}

extension AffineMap {
  /// Without the strides of indices that are always 0.
  fileprivate func ignoringUnits(_ extents: [Int]) -> AffineMap {
    AffineMap(offset: offset, strides: zip(strides, extents).map { $1 == 1 ? 0 : $0 })
  }
}
