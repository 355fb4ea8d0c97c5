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
    for stage in stages.indices { stages[stage].mapAll { $0.strides.remove(at: axis) } }
  }
}

extension AffineMap {
  fileprivate func walksAsOne(_ axis: Int, innerExtent: Int) -> Bool {
    strides[axis] == strides[axis + 1] * innerExtent
  }
}

extension Stage {
  fileprivate var maps: [AffineMap] {
    var maps = body.compactMap { instruction -> AffineMap? in
      switch instruction.operation {
      case .load(_, let map), .index(let map): map
      default: nil
      }
    }
    if case .store(_, _, let map) = sink { maps.append(map) }
    return maps
  }

  fileprivate mutating func mapAll(_ change: (inout AffineMap) -> Void) {
    for position in body.indices {
      let instruction = body[position]
      switch instruction.operation {
      case .load(let buffer, var map):
        change(&map)
        body[position] = KernelInstruction(
          .load(buffer: buffer, at: map), instruction.dtype, instruction.operands)
      case .index(var map):
        change(&map)
        body[position] = KernelInstruction(.index(map), instruction.dtype, instruction.operands)
      default: break
      }
    }
    if case .store(let value, let buffer, var map) = sink {
      change(&map)
      sink = .store(value: value, buffer: buffer, at: map)
    }
  }

  fileprivate mutating func removeLoopAxis(_ axis: Int, offset: Int) {
    loop.remove(at: axis)
    mapAll { $0.strides.remove(at: offset + axis) }
  }
}
