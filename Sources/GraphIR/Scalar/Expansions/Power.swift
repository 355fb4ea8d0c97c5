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
    let wide = x.converted(.float64)
    let (k, m, _) = exponentAndFraction(wide)
    let s = (m - 1) / (m + 1)
    // log2(m) = s p(s^2), minimax, relative error 2^-37.8.
    let p = polynomial(
      s * s,
      [
        2.8853900817902036, 0.9617966731821949, 0.5770836174505611, 0.4116706618007973, 0.34076999053732987,
      ])
    let finite = (wide .< .infinity).select(s.fma(p, k), wide)
    let logarithm = (wide .== 0).select(-.infinity, finite)

    let exponent = y.converted(.float64) * logarithm
    let above = (160 .< exponent).select(160, exponent)
    let bounded = (above .< -160).select(-160, above)
    let magic = 0x1.8p52
    let shifted = bounded + (magic + 1023)
    let g = bounded - (shifted - (magic + 1023))
    // 2^g = 1 + g q(g), minimax, relative error 2^-34.3.
    let q = polynomial(
      g,
      [
        0.693147180704535, 0.24022651066561432, 0.05550410365992534, 0.0096180381320394,
        0.0013333935053372501, 0.00015466756336344738, 1.5196157174844103e-05,
      ])
    let scale = (shifted.bitcast(.int64) << 52).bitcast(.float64)
    return (g.fma(q, 1) * scale).converted(.float32)
  }

  /// x^y for x >= 0 (or NaN) in f64, with the logarithm as a sum of two.
  private static func powerDouble(_ x: ScalarValue, _ y: ScalarValue) -> ScalarValue {
    let subnormal = x .< 0x1p-1022
    let (scaledK, m, _) = exponentAndFraction(subnormal.select(x * 0x1p52, x))
    let k = subnormal.select(scaledK - 52, scaledK)

    // s + sLow = f / (2 + f) for f = m - 1, by a reciprocal and the residual of its product.
    let f = m - 1
    let denominator = m + 1
    let denominatorLow = m - (denominator - 1)
    let reciprocal = 1 / denominator
    let s = f * reciprocal
    let residual = s.fma(-denominator, f) - s * denominatorLow
    let sLow = residual * reciprocal
    // z + zLow = s^2.
    let z = s * s
    let zLow = s.fma(s, -z) + 2 * s * sLow

    // log m = 2 s (1 + u), u = z / 3 + z^2 w(z); only the second term is small enough for one precision.
    let w = polynomial(
      z,
      [
        0.20000000000001145, 0.14285714285041407, 0.11111111261525831, 0.09090892041160842,
        0.07693385460300566, 0.06628245570608901, 0.0659972401028424,
      ])
    let third = 0x1.5555555555555p-2
    let thirdLow = 0x1.5555555555555p-56
    let a = z * third
    let aLow = z.fma(third, -a) + z.fma(thirdLow, zLow * third)
    let b = z * z * w
    let u = a + b
    let uLow = ((a - u) + b) + aLow
    let t = s * u
    let tLow = s.fma(u, -t) + s.fma(uLow, sLow * u)
    let half = s + t
    let halfLow = ((s - half) + t) + (sLow + tLow)

    // log x = k ln 2 + 2 half; k times the first part of ln 2 is exact, and zero or the larger summand.
    let whole = k * 0x1.62e42feep-1
    let double = half + half
    let logarithm = whole + double
    let low = ((whole - logarithm) + double) + k.fma(0x1.a39ef35793c76p-33, halfLow + halfLow)
    let finite = (x .< .infinity).select(logarithm, x)
    let high = (x .== 0).select(-.infinity, finite)

    let exponent = y * high
    let exponentLow = y.fma(high, -exponent) + y * low
    // Out of range, and for infinite operands, the product alone decides.
    let isWithin = exponent.absolute .< 750
    let above = (750 .< exponent).select(750, exponent)
    let bounded = (above .< -750).select(-750, above)
    return expWithin(bounded, low: isWithin.select(exponentLow, 0))
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
