// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Expansion {
  /// |x|^y with a sign, and the special cases of IEEE 754 `pow`.
  ///
  /// Most of them follow from y log |x| by themselves, the logarithms of 0 and infinity being infinite.
  static func power(_ x: ScalarValue, _ y: ScalarValue) -> ScalarValue {
    let magnitude = x.absolute
    let value = x.type == .float64 ? powerDouble(magnitude, y) : powerSingle(magnitude, y)

    // Infinite and large exponents are even integers here.
    let isInteger = y.truncated .== y
    let halved = y * 0.5
    let isOdd = isInteger & (halved.truncated .!= halved)
    let odd = isOdd.select(signBit(x), .bits(bitsType(x), 0))
    let signed = (value.bitcast(bitsType(x)) | odd).bitcast(x.type)
    let isUndefined = (x .< 0) & (-.infinity .< x) & ~isInteger
    let defined = isUndefined.select(.nan, signed)
    // 1^y and x^0 are 1 even for NaN, and so is -1 to the power of an infinity.
    let isOne = (x .== 1) | (y .== 0) | ((x .== -1) & (y.absolute .== .infinity))
    return isOne.select(1, defined)
  }

  /// x^y for x >= 0 (or NaN) in f32, by way of f64, whose range and precision leave one rounding to mind.
  private static func powerSingle(_ x: ScalarValue, _ y: ScalarValue) -> ScalarValue {
    powerOfSingle(x.converted(.float64), y.converted(.float64), limit: 160).converted(.float32)
  }

  /// x^y for a normal x >= 0 (or NaN) in f64 with the precision that f32 needs, between 2^-limit and 2^limit.
  static func powerOfSingle(_ x: ScalarValue, _ y: ScalarValue, limit: Double) -> ScalarValue {
    let exponent = y * log2OfSingle(x)
    return exp2OfSingle(exponent.clamped(-limit, limit))
  }

  /// 2^x in f64 for x within the exponents of normal numbers, of lower precision: relative error 2^-34.3.
  static func exp2OfSingle(_ x: ScalarValue) -> ScalarValue {
    let magic = 0x1.8p52 + 1023
    let shifted = x + magic
    let g = x - (shifted - magic)
    // 2^g = 1 + g q(g), minimax.
    let q = polynomial(
      g,
      [
        0.693147180704535, 0.24022651066561432, 0.05550410365992534, 0.0096180381320394,
        0.0013333935053372501, 0.00015466756336344738, 1.5196157174844103e-05,
      ])
    let scale = (shifted.bitcast(.int64) << 52).bitcast(.float64)
    return g.fma(q, 1) * scale
  }

  /// x^y for x >= 0 (or NaN) in f64, with the logarithm as a sum of two.
  static func powerDouble(_ x: ScalarValue, _ y: ScalarValue) -> ScalarValue {
    let (high, low) = logarithmPair(x)
    let exponent = y * high
    let exponentLow = y.fma(high, -exponent) + y * low
    // Out of range, and for infinite operands, the product alone decides.
    let isWithin = exponent.absolute .< 750
    return expWithin(exponent.clamped(-750, 750), low: isWithin.select(exponentLow, 0))
  }

  /// x^y for integers by squaring, modulo 2^width. A negative exponent gives 0 unless x is 1 or -1.
  static func integerPower(_ x: ScalarValue, _ y: ScalarValue) -> ScalarValue {
    let zero = y.constant(0)
    var square = x
    var result = x.constant(1)
    // The sign bit is left out: for 1 and -1, where it matters, the low bits decide alone.
    let bits = y.type.isSigned ? y.type.bitWidth - 1 : y.type.bitWidth
    for bit in 0..<bits {
      result = result * ((y & (1 << UInt64(bit))) .!= zero).select(square, 1)
      if bit < bits - 1 { square = square * square }
    }
    guard y.type.isSigned else { return result }
    let vanishes = (y .< 0) & (x .!= 1) & (x .!= -1)
    return vanishes.select(0, result)
  }
}
