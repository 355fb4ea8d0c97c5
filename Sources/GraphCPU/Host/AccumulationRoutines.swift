// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// Running totals and recurrences along an axis: one pass through memory, with the state of neighbouring lanes side by
/// side.
enum AccumulationRoutines {
  static func cumulative(_ rule: CumulativeOp, _ call: HostCall) throws -> HostRoutine {
    let type = call.operandTypes[0]
    let pass = Pass(type, axis: rule.axis, reverse: rule.reverse, exclusive: rule.exclusive)
    switch type.dtype {
    case .float32: return floating(Float.self, rule.kind, pass)
    case .float64: return floating(Double.self, rule.kind, pass)
    case .uint8: return integer(UInt8.self, rule.kind, pass)
    case .int8: return integer(Int8.self, rule.kind, pass)
    case .uint32: return integer(UInt32.self, rule.kind, pass)
    case .int32: return integer(Int32.self, rule.kind, pass)
    case .int64: return integer(Int64.self, rule.kind, pass)
    default: throw HostRoutines.unsupported(call)
    }
  }

  static func linearRecurrence(_ rule: LinearRecurrenceOp, _ call: HostCall) throws -> HostRoutine {
    let type = call.operandTypes[0]
    let pass = Pass(type, axis: rule.axis, reverse: rule.reverse, exclusive: false)
    switch type.dtype {
    case .float32: return recurrence(Float.self, pass)
    case .float64: return recurrence(Double.self, pass)
    default: throw HostRoutines.unsupported(call)
    }
  }

  private static func floating<Element: BinaryFloatingPoint & ArrayElement>(
    _: Element.Type, _ kind: CumulativeOp.Kind, _ pass: Pass
  ) -> HostRoutine {
    switch kind {
    case .sum:
      return { pass.accumulate($0, from: 0.0, { (total, x: Element) in total + Double(x) }, { Element($0) }) }
    case .product:
      return { pass.accumulate($0, from: 1.0, { (total, x: Element) in total * Double(x) }, { Element($0) }) }
    case .max:
      return { pass.accumulate($0, from: -Element.infinity, { maximum($0, $1) }, { $0 }) }
    case .min:
      return { pass.accumulate($0, from: Element.infinity, { -maximum(-$0, -$1) }, { $0 }) }
    }
  }

  private static func integer<Element: FixedWidthInteger & ArrayElement>(
    _: Element.Type, _ kind: CumulativeOp.Kind, _ pass: Pass
  ) -> HostRoutine {
    switch kind {
    case .sum: return { pass.accumulate($0, from: Element(0), { $0 &+ $1 }, { $0 }) }
    case .product: return { pass.accumulate($0, from: Element(1), { $0 &* $1 }, { $0 }) }
    case .max: return { pass.accumulate($0, from: Element.min, { max($0, $1) }, { $0 }) }
    case .min: return { pass.accumulate($0, from: Element.max, { min($0, $1) }, { $0 }) }
    }
  }

  private static func recurrence<Element: BinaryFloatingPoint & ArrayElement>(
    _: Element.Type, _ pass: Pass
  ) -> HostRoutine {
    { buffers in
      guard let a = buffers[0]?.assumingMemoryBound(to: Element.self),
        let b = buffers[1]?.assumingMemoryBound(to: Element.self),
        let result = buffers[2]?.assumingMemoryBound(to: Element.self)
      else { return 0 }
      pass.withState(of: 0.0) { states in
        pass.forEachRow { start, isFirst in
          for lane in 0..<pass.lanes.inner {
            let position = start + lane
            // The first factor counts for nothing, were it infinite.
            let carried = isFirst ? 0 : Double(a[position]) * states[lane]
            states[lane] = isFirst ? Double(b[position]) : carried + Double(b[position])
            result[position] = Element(states[lane])
          }
        }
      }
      return 0
    }
  }

  /// NaN if either is, and +0 above −0.
  @inline(__always)
  private static func maximum<Element: BinaryFloatingPoint & ArrayElement>(_ x: Element, _ y: Element)
    -> Element
  {
    if x.isNaN || y.isNaN { return .nan }
    if x == y { return x.sign == .plus ? x : y }
    return x > y ? x : y
  }
}

/// A way through an array along an axis.
private struct Pass: Sendable {
  let lanes: AxisLanes
  let reverse: Bool
  let exclusive: Bool

  init(_ type: TensorType, axis: Int, reverse: Bool, exclusive: Bool) {
    lanes = AxisLanes(type.shape.extents ?? [], axis: axis)
    self.reverse = reverse
    self.exclusive = exclusive
  }

  /// Where each row of `inner` elements begins, in the order of the pass, and whether a lane begins there.
  @inline(__always)
  func forEachRow(_ body: (_ start: Int, _ isFirst: Bool) -> Void) {
    for block in 0..<lanes.outer {
      for step in 0..<lanes.length {
        let index = reverse ? lanes.length - 1 - step : step
        body((block * lanes.length + index) * lanes.inner, step == 0)
      }
    }
  }

  /// One state for each of the `inner` lanes that lie side by side.
  @inline(__always)
  func withState<State>(of start: State, _ body: (UnsafeMutablePointer<State>) -> Void) {
    withUnsafeTemporaryAllocation(of: State.self, capacity: max(lanes.inner, 1)) { states in
      guard let base = states.baseAddress else { return }
      base.initialize(repeating: start, count: lanes.inner)
      body(base)
    }
  }

  /// Writes the running totals of the first buffer to the second.
  @inline(__always)
  func accumulate<Element, Total>(
    _ buffers: UnsafePointer<UnsafeMutableRawPointer?>, from start: Total,
    _ combine: (Total, Element) -> Total, _ element: (Total) -> Element
  ) -> Int32 {
    guard let source = buffers[0]?.assumingMemoryBound(to: Element.self),
      let target = buffers[1]?.assumingMemoryBound(to: Element.self)
    else { return 0 }
    withState(of: start) { totals in
      forEachRow { row, isFirst in
        for lane in 0..<lanes.inner {
          let before = isFirst ? start : totals[lane]
          let total = combine(before, source[row + lane])
          totals[lane] = total
          target[row + lane] = element(exclusive ? before : total)
        }
      }
    }
    return 0
  }
}
