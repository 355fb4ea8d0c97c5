// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// `scatter`: changes the operand where it lies, by one update after the other, in row-major order.
enum Scatter {
  static func routine(_ rule: ScatterOp, _ call: HostCall) throws -> HostRoutine {
    let layout = try ScatterLayout(rule.indexed, call)
    let dtype = call.operandTypes[0].dtype
    if rule.kind == .set {
      // Bits are bits.
      switch dtype.byteCount {
      case 1: return layout.routine(Last<UInt8>.self)
      case 2: return layout.routine(Last<UInt16>.self)
      case 4: return layout.routine(Last<UInt32>.self)
      default: return layout.routine(Last<UInt64>.self)
      }
    }
    switch dtype {
    case .uint8: return integers(UInt8.self, rule.kind, layout)
    case .int8: return integers(Int8.self, rule.kind, layout)
    case .int32: return integers(Int32.self, rule.kind, layout)
    case .uint32: return integers(UInt32.self, rule.kind, layout)
    case .int64: return integers(Int64.self, rule.kind, layout)
    case .float32: return floats(Float.self, rule.kind, layout)
    case .float64: return floats(Double.self, rule.kind, layout)
    case .bool, .float16, .bfloat16, .string:
      throw Diagnostic(.bug, code: "cpu.host", "there is no scatter of \(dtype) by \(rule.kind)")
    }
  }

  private static func integers<T: FixedWidthInteger & Sendable>(
    _: T.Type, _ kind: ScatterOp.Kind, _ layout: ScatterLayout
  ) -> HostRoutine {
    switch kind {
    case .set: layout.routine(Last<T>.self)
    case .add: layout.routine(WrappingSum<T>.self)
    case .multiply: layout.routine(WrappingProduct<T>.self)
    case .max: layout.routine(Greatest<T>.self)
    case .min: layout.routine(Least<T>.self)
    }
  }

  private static func floats<T: FloatingPoint & Sendable>(
    _: T.Type, _ kind: ScatterOp.Kind, _ layout: ScatterLayout
  ) -> HostRoutine {
    switch kind {
    case .set: layout.routine(Last<T>.self)
    case .add: layout.routine(Sum<T>.self)
    case .multiply: layout.routine(Product<T>.self)
    case .max: layout.routine(Maximum<T>.self)
    case .min: layout.routine(Minimum<T>.self)
    }
  }
}

/// Where the updates of a scatter go.
private struct ScatterLayout: Sendable {
  struct Axis: Sendable {
    let extent: Int
    /// In elements of the operand.
    let stride: Int
  }

  /// The axes that operand and indices share, as one.
  let batch: Axis
  /// Windows for each point of the shared axes.
  let positions: Int
  /// One for each entry of the indices' last axis.
  let indexed: [Axis]
  /// A window's axes but for the innermost, along which it is contiguous.
  let outer: [Axis]
  let run: Int
  let indexType: DType

  init(_ indexed: IndexedAxes, _ call: HostCall) throws {
    let operand = call.operandTypes[0]
    guard let extents = operand.shape.extents, let indices = call.operandTypes[1].shape.extents else {
      throw Diagnostic(.bug, code: "cpu.host", "scatter of \(operand), which is not static")
    }
    let strides = rowMajorStrides(extents)
    let axis = { (axis: Int) in Axis(extent: extents[axis], stride: strides[axis]) }
    batch = Axis(
      extent: extents[..<indexed.batch].reduce(1, *), stride: extents[indexed.batch...].reduce(1, *))
    positions = indices[indexed.batch..<indices.count - 1].reduce(1, *)
    self.indexed = indexed.axes.map(axis)
    var outer = indexed.remaining(rank: extents.count).map(axis)
    var run = 1
    while let last = outer.last, last.extent == 1 || last.stride == run {
      run *= last.extent
      outer.removeLast()
    }
    self.outer = outer
    self.run = run
    indexType = call.operandTypes[1].dtype
  }

  /// Whether there is nothing to write.
  var isEmpty: Bool { batch.extent * positions * outer.reduce(run) { $0 * $1.extent } == 0 }

  func routine<C: Combiner>(_: C.Type) -> HostRoutine {
    if indexType == .int32 { return { scatter($0, C.self, Int32.self, layout: self) } }
    return { scatter($0, C.self, Int64.self, layout: self) }
  }
}

/// Returns 0, or 1 + the first entry of the indices' last axis of which one is out of range.
private func scatter<C: Combiner, Index: FixedWidthInteger>(
  _ buffers: UnsafePointer<UnsafeMutableRawPointer?>, _: C.Type, _: Index.Type, layout: ScatterLayout
) -> Int32 {
  guard !layout.isEmpty, let indices = buffers[1], let updates = buffers[2], let result = buffers[3] else {
    return 0
  }
  var index = UnsafePointer(indices.assumingMemoryBound(to: Index.self))
  var update = UnsafePointer(updates.assumingMemoryBound(to: C.Element.self))
  let elements = result.assumingMemoryBound(to: C.Element.self)
  let (run, count) = (layout.run, layout.outer.reduce(1) { $0 * $1.extent })
  var fault = Int.max
  var point = [Int](repeating: 0, count: layout.outer.count)
  layout.indexed.withUnsafeBufferPointer { axes in
    for batch in 0..<layout.batch.extent {
      for _ in 0..<layout.positions {
        var place = batch * layout.batch.stride
        var isInside = true
        for entry in axes.indices {
          let number = Int(truncatingIfNeeded: index[entry])
          if UInt(bitPattern: number) >= UInt(bitPattern: axes[entry].extent) {
            fault = min(fault, entry)
            isInside = false
          }
          place &+= number &* axes[entry].stride
        }
        index += axes.count
        if isInside {
          if count == 1 {
            C.combine(elements + place, update, run)
          } else {
            combineRows(C.self, elements + place, update, layout, count, &point)
          }
        }
        update += count * run
      }
    }
  }
  return fault == .max ? 0 : Int32(truncatingIfNeeded: fault + 1)
}

/// A window that is not contiguous: run by run, the axes outside turning like the wheels of a counter.
private func combineRows<C: Combiner>(
  _: C.Type, _ elements: UnsafeMutablePointer<C.Element>, _ updates: UnsafePointer<C.Element>,
  _ layout: ScatterLayout, _ count: Int, _ point: inout [Int]
) {
  var place = 0
  for row in 0..<count {
    C.combine(elements + place, updates + row * layout.run, layout.run)
    var axis = layout.outer.count - 1
    while axis >= 0 {
      point[axis] += 1
      place += layout.outer[axis].stride
      if point[axis] < layout.outer[axis].extent { break }
      place -= layout.outer[axis].stride * point[axis]
      point[axis] = 0
      axis -= 1
    }
  }
}

// MARK: - Combiners

/// What an update does to the element at its place.
private protocol Combiner: SendableMetatype {
  associatedtype Element
  static func combine(_ old: Element, _ new: Element) -> Element
}

extension Combiner {
  /// Combines neighbours.
  @inline(__always)
  static func combine(_ old: UnsafeMutablePointer<Element>, _ new: UnsafePointer<Element>, _ count: Int) {
    for index in 0..<count { old[index] = combine(old[index], new[index]) }
  }
}

private enum Last<Element>: Combiner {
  static func combine(_ old: Element, _ new: Element) -> Element { new }
}
private enum WrappingSum<Element: FixedWidthInteger>: Combiner {
  static func combine(_ old: Element, _ new: Element) -> Element { old &+ new }
}
private enum WrappingProduct<Element: FixedWidthInteger>: Combiner {
  static func combine(_ old: Element, _ new: Element) -> Element { old &* new }
}
private enum Greatest<Element: FixedWidthInteger>: Combiner {
  static func combine(_ old: Element, _ new: Element) -> Element { max(old, new) }
}
private enum Least<Element: FixedWidthInteger>: Combiner {
  static func combine(_ old: Element, _ new: Element) -> Element { min(old, new) }
}
private enum Sum<Element: FloatingPoint>: Combiner {
  static func combine(_ old: Element, _ new: Element) -> Element { old + new }
}
private enum Product<Element: FloatingPoint>: Combiner {
  static func combine(_ old: Element, _ new: Element) -> Element { old * new }
}
/// IEEE 754's maximum: NaN where there is one, −0 below +0.
private enum Maximum<Element: FloatingPoint>: Combiner {
  static func combine(_ old: Element, _ new: Element) -> Element {
    if old.isNaN || new.isNaN { return old + new }
    return old < new || (old == new && old.sign == .minus) ? new : old
  }
}
private enum Minimum<Element: FloatingPoint>: Combiner {
  static func combine(_ old: Element, _ new: Element) -> Element {
    if old.isNaN || new.isNaN { return old + new }
    return new < old || (old == new && old.sign == .plus) ? new : old
  }
}
