// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Kernel {
  /// The same kernel with fewer axes: unit axes are dropped and neighbours that every access walks as one are merged,
  /// so that loops are long and different shapes share code.
  func simplified() -> Kernel {
    var kernel = self
    var axis = kernel.domain.count - 1
    while axis >= 0 {
      if kernel.domain[axis] == 1 {
        kernel.removeDomainAxis(axis)
      } else if axis + 1 < kernel.domain.count, kernel.canMergeDomain(axis) {
        kernel.domain[axis + 1] *= kernel.domain[axis]
        kernel.removeDomainAxis(axis)
      }
      axis -= 1
    }
    let offset = kernel.domain.count
    for stage in kernel.stages.indices {
      var axis = kernel.stages[stage].loop.count - 1
      while axis >= 0 {
        let loop = kernel.stages[stage].loop
        if loop[axis] == 1 {
          kernel.stages[stage].removeLoopAxis(axis, offset: offset)
        } else if axis + 1 < loop.count,
          kernel.stages[stage].maps.allSatisfy({ $0.walksAsOne(offset + axis, innerExtent: loop[axis + 1]) })
        {
          kernel.stages[stage].loop[axis + 1] *= loop[axis]
          kernel.stages[stage].removeLoopAxis(axis, offset: offset)
        }
        axis -= 1
      }
    }
    return kernel
  }

  private func canMergeDomain(_ axis: Int) -> Bool {
    stages.allSatisfy { stage in
      stage.maps.allSatisfy { $0.walksAsOne(axis, innerExtent: domain[axis + 1]) }
    }
  }

  private mutating func removeDomainAxis(_ axis: Int) {
    domain.remove(at: axis)
    for stage in stages.indices { stages[stage].removeIndex(axis) }
  }
}

extension AffineMap {
  fileprivate func walksAsOne(_ axis: Int, innerExtent: Int) -> Bool {
    strides[axis] == strides[axis + 1] * innerExtent
  }
}

extension Stage {
  fileprivate mutating func removeLoopAxis(_ axis: Int, offset: Int) {
    loop.remove(at: axis)
    removeIndex(offset + axis)
  }

  fileprivate mutating func removeIndex(_ index: Int) {
    mapMaps { map in
      var map = map
      map.strides.remove(at: index)
      return map
    }
  }
}
