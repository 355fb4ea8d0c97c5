// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// Sorting and searching.
///
/// Keys become whole numbers in the same order, so that one routine sorts every type: short lanes by insertion, long
/// ones digit by digit.
enum SortingRoutines {
  static func sort(_ rule: SortOp, _ call: HostCall) throws -> HostRoutine {
    let types = call.operandTypes
    let lanes = AxisLanes(types[0].shape.extents ?? [], axis: rule.axis)
    let key = try SortKey.reader(types[0].dtype, call)
    let widths = types.map(\.dtype.byteCount)
    let flip = rule.descending ? UInt64.max : 0
    let digits = widths[0]
    return { buffers in
      if lanes.count * lanes.length == 0 { return 0 }
      guard let keys = buffers[0] else { return 0 }
      withUnsafeTemporaryAllocation(of: Entry.self, capacity: 2 * lanes.length) { entries in
        guard let first = entries.baseAddress else { return }
        for lane in 0..<lanes.count {
          for index in 0..<lanes.length {
            let position = lanes.position(lane: lane, index)
            (first + index).initialize(
              to: Entry(key: key(keys, position) ^ flip, source: position))
          }
          let sorted = sort(first, spare: first + lanes.length, lanes.length, digits: digits)
          for (operand, width) in widths.enumerated() {
            guard let source = buffers[operand], let target = buffers[widths.count + operand] else {
              continue
            }
            let start = lanes.position(lane: lane, 0)
            switch width {
            case 1: move(UInt8.self, source, target, start, lanes, sorted)
            case 2: move(UInt16.self, source, target, start, lanes, sorted)
            case 4: move(UInt32.self, source, target, start, lanes, sorted)
            default: move(UInt64.self, source, target, start, lanes, sorted)
            }
          }
        }
      }
      return 0
    }
  }

  static func search(_ rule: SearchSortedOp, _ call: HostCall) throws -> HostRoutine {
    let (sorted, values) = (call.operandTypes[0], call.operandTypes[1])
    let key = try SortKey.reader(sorted.dtype, call)
    let length = sorted.shape.extents?.last ?? 0
    let columns = max(values.shape.extents?.last ?? 0, 1)
    let count = values.shape.elementCount.value ?? 0
    let isLeft = rule.side == .left
    return { buffers in
      guard let rows = buffers[0], let values = buffers[1],
        let result = buffers[2]?.assumingMemoryBound(to: Int32.self)
      else { return 0 }
      for index in 0..<count {
        let wanted = key(values, index)
        let start = index / columns * length
        var (low, high) = (0, length)
        while low < high {
          let middle = (low + high) / 2
          let element = key(rows, start + middle)
          if isLeft ? element < wanted : element <= wanted { low = middle + 1 } else { high = middle }
        }
        result[index] = Int32(truncatingIfNeeded: low)
      }
      return 0
    }
  }

  /// A key, and where the element lies.
  private struct Entry {
    var key: UInt64
    var source: Int
  }

  /// Up to here insertion is faster than counting digits.
  private static let shortLane = 48

  /// Sorts the entries and returns where they are then: in place, or in the spare room.
  private static func sort(
    _ entries: UnsafeMutablePointer<Entry>, spare: UnsafeMutablePointer<Entry>, _ count: Int, digits: Int
  ) -> UnsafeMutablePointer<Entry> {
    if count > shortLane { return sortByDigits(entries, spare: spare, count, digits: digits) }
    for index in 1..<max(count, 1) {
      let entry = entries[index]
      var place = index
      while place > 0, entries[place - 1].key > entry.key {
        entries[place] = entries[place - 1]
        place -= 1
      }
      entries[place] = entry
    }
    return entries
  }

  /// From the least significant byte to the greatest, each time in a stable way. A digit that all keys share costs no
  /// pass.
  private static func sortByDigits(
    _ entries: UnsafeMutablePointer<Entry>, spare: UnsafeMutablePointer<Entry>, _ count: Int, digits: Int
  ) -> UnsafeMutablePointer<Entry> {
    var (source, target) = (entries, spare)
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { places in
      for digit in 0..<digits {
        let shift = UInt64(digit * 8)
        places.initialize(repeating: 0)
        for index in 0..<count { places[Int(source[index].key >> shift & 255)] += 1 }
        if places[Int(source[0].key >> shift & 255)] == count { continue }
        var start = 0
        for value in 0..<256 { (places[value], start) = (start, start + places[value]) }
        for index in 0..<count {
          let value = Int(source[index].key >> shift & 255)
          (target + places[value]).initialize(to: source[index])
          places[value] += 1
        }
        swap(&source, &target)
      }
    }
    return source
  }

  private static func move<Word>(
    _: Word.Type, _ source: UnsafeMutableRawPointer, _ target: UnsafeMutableRawPointer, _ start: Int,
    _ lanes: AxisLanes, _ sorted: UnsafeMutablePointer<Entry>
  ) {
    let (source, target) = (
      source.assumingMemoryBound(to: Word.self), target.assumingMemoryBound(to: Word.self)
    )
    for index in 0..<lanes.length { target[start + index * lanes.inner] = source[sorted[index].source] }
  }
}

/// Whole numbers in the order of a type's elements: NaNs are one and the greatest, zeros are one.
private enum SortKey {
  typealias Reader = @Sendable (_ base: UnsafeMutableRawPointer, _ index: Int) -> UInt64

  static func reader(_ dtype: DType, _ call: HostCall) throws -> Reader {
    switch dtype {
    case .bool, .uint8: return { UInt64($0.load(fromByteOffset: $1, as: UInt8.self)) }
    case .int8: return { UInt64(UInt8(bitPattern: $0.load(fromByteOffset: $1, as: Int8.self)) ^ 1 << 7) }
    case .uint32: return { UInt64($0.load(fromByteOffset: $1 * 4, as: UInt32.self)) }
    case .int32:
      return { UInt64(UInt32(bitPattern: $0.load(fromByteOffset: $1 * 4, as: Int32.self)) ^ 1 << 31) }
    case .int64:
      return { UInt64(bitPattern: $0.load(fromByteOffset: $1 * 8, as: Int64.self)) ^ 1 << 63 }
    case .float32: return { UInt64(ordered($0.load(fromByteOffset: $1 * 4, as: Float.self))) }
    case .float64: return { ordered($0.load(fromByteOffset: $1 * 8, as: Double.self)) }
    default: throw HostRoutines.unsupported(call)
    }
  }

  private static func ordered(_ x: Float) -> UInt32 {
    if x.isNaN { return .max }
    let bits = (x + 0).bitPattern
    return bits >> 31 == 0 ? bits | 1 << 31 : ~bits
  }

  private static func ordered(_ x: Double) -> UInt64 {
    if x.isNaN { return .max }
    let bits = (x + 0).bitPattern
    return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
  }
}
