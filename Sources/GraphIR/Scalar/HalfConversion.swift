// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Conversions of numbers of 16 bits by integer operations, for machines that have no instruction for them. The bits of
/// an f16 or bf16 stand in the lower half of a u32.
///
/// The four between f32 and 16 bits are F. Giesen's ("float to half conversions", 2016).
public enum HalfConversion {
  /// u32 bits of an f16 to the f32 of the same value.
  public static let widenFloat16 = ScalarProgram(inputs: [.uint32], [float16ToSingle(.input(0, .uint32))])
  /// u32 bits of a bf16 to the f32 of the same value.
  public static let widenBFloat16 = ScalarProgram(
    inputs: [.uint32], [(ScalarValue.input(0, .uint32) << 16).bitcast(.float32)])
  /// f32 to the u32 bits of the nearest f16.
  public static let narrowFloat16 = ScalarProgram(inputs: [.float32], [singleToFloat16(.input(0, .float32))])
  /// f32 to the u32 bits of the nearest bf16.
  public static let narrowBFloat16 = ScalarProgram(
    inputs: [.float32], [singleToBFloat16(.input(0, .float32))])
  /// f64 to the f32 of the same value, or if there is none to that neighbour whose last bit is set: rounded to 16 bits
  /// after that, it has been rounded once.
  public static let float64ToOdd = ScalarProgram(inputs: [.float64], [doubleToOdd(.input(0, .float64))])
  /// i64 to f64, likewise.
  public static let int64ToOdd = ScalarProgram(inputs: [.int64], [integerToOdd(.input(0, .int64))])

  private static func float16ToSingle(_ bits: ScalarValue) -> ScalarValue {
    let shifted = (bits & 0x7fff) << 13
    let exponent = shifted & (0x7c00 << 13)
    // To the bias of f32; once more for infinity and NaN.
    let moved = shifted + number(112 << 23)
    let special = moved + number(112 << 23)
    // A subnormal number gets an implicit one, which is taken off again.
    let subnormal = (moved + number(1 << 23)).bitcast(.float32) - 0x1p-14
    let isSpecial = exponent .== number(0x7c00 << 13)
    let isSubnormal = exponent .== number(0)
    let magnitude = isSubnormal.select(subnormal.bitcast(.uint32), isSpecial.select(special, moved))
    return (magnitude | ((bits & 0x8000) << 16)).bitcast(.float32)
  }

  private static func singleToFloat16(_ x: ScalarValue) -> ScalarValue {
    let bits = x.bitcast(.uint32)
    let magnitude = bits & 0x7fff_ffff
    let special = (number(0x7f80_0000) .< magnitude).select(number(0x7e00), number(0x7c00))
    // The sum with 1/2 has the subnormal's bits, rounded, at its end.
    let aligned = (magnitude.bitcast(.float32) + 0.5).bitcast(.uint32) - number(0x3f00_0000)
    let odd = (magnitude >> 13) & 1
    let rounded = (magnitude + number(0xc800_0fff) + odd) >> 13
    let finite = (magnitude .< number(113 << 23)).select(aligned, rounded)
    let value = (magnitude .< number(143 << 23)).select(finite, special)
    return value | ((bits >> 16) & 0x8000)
  }

  private static func singleToBFloat16(_ x: ScalarValue) -> ScalarValue {
    let bits = x.bitcast(.uint32)
    let rounded = (bits + number(0x7fff) + ((bits >> 16) & 1)) >> 16
    return (x .!= x).select((bits >> 16) | 0x40, rounded)
  }

  private static func doubleToOdd(_ x: ScalarValue) -> ScalarValue {
    let nearest = x.converted(.float32)
    let back = nearest.converted(.float64)
    let bits = nearest.bitcast(.uint32)
    let below = (x.absolute .< back.absolute).select(bits - number(1), bits)
    let isExact = (back .== x) | (x .!= x)
    return isExact.select(bits, below | 1).bitcast(.float32)
  }

  private static func integerToOdd(_ x: ScalarValue) -> ScalarValue {
    let nearest = x.converted(.float64)
    let back = nearest.converted(.int64)
    let bits = nearest.bitcast(.int64)
    // The least number is its own double; beside it no magnitude overflows.
    let below = (x.absolute .< back.absolute).select(bits - .bits(.int64, 1), bits)
    return (back .== x).select(bits, below | 1).bitcast(.float64)
  }

  private static func number(_ bits: UInt64) -> ScalarValue { .bits(.uint32, bits) }
}
