// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Expansion {
  /// An angle reduced to a quarter turn: |x| = (quadrant + turns of four) pi/2 + high + low.
  private struct Reduced {
    /// In [-pi/4, pi/4], in the type of the angle.
    let high: ScalarValue
    /// What `high` lacks; absent in f32, where `high` is accurate enough.
    let low: ScalarValue?
    /// An integer as wide as the angle, whose two lowest bits count.
    let quadrant: ScalarValue
  }

  static func sin(_ x: ScalarValue) -> ScalarValue {
    let angle = reduced(x.absolute)
    let odd = (angle.quadrant & 1) .!= 0
    let magnitude = odd.select(kernelCosine(angle), kernelSine(angle))
    return flipped(magnitude, signBit(x) ^ signFromBit1(angle.quadrant))
  }

  static func cos(_ x: ScalarValue) -> ScalarValue {
    let angle = reduced(x.absolute)
    let odd = (angle.quadrant & 1) .!= 0
    let magnitude = odd.select(kernelSine(angle), kernelCosine(angle))
    return flipped(magnitude, signFromBit1(angle.quadrant + 1))
  }

  static func tan(_ x: ScalarValue) -> ScalarValue {
    let angle = reduced(x.absolute)
    let odd = (angle.quadrant & 1) .!= 0
    // tan(x + pi/2) = -1 / tan x.
    let sign = signBit(x) ^ signFromBit1(angle.quadrant + angle.quadrant)
    if x.type == .float32 {
      let tangent = kernelTangent(angle.high)
      return flipped(odd.select(1 / tangent, tangent), sign)
    }
    let (sine, cosine) = (kernelSine(angle), kernelCosine(angle))
    return flipped(odd.select(cosine, sine) / odd.select(sine, cosine), sign)
  }

  /// `x` with its sign flipped where the sign bit of `sign` is set.
  private static func flipped(_ x: ScalarValue, _ sign: ScalarValue) -> ScalarValue {
    (x.bitcast(sign.type) ^ sign).bitcast(x.type)
  }

  /// Bit 1 moved to the sign bit, all else zero.
  private static func signFromBit1(_ quadrant: ScalarValue) -> ScalarValue {
    (quadrant & 2) << UInt64(quadrant.type.bitWidth - 2)
  }

  private static func reduced(_ magnitude: ScalarValue) -> Reduced {
    magnitude.type == .float64 ? reducedDouble(magnitude) : reducedSingle(magnitude)
  }

  // MARK: Reduction in f32

  /// 1 / (2 pi) as a sum of terms of 29 bits, so that their products with an f32 are exact in f64. The
  /// error is below 2^-188.
  private static let turnTerms = [
    0x1.45f306ep-3, -0x1.b1bbeadp-34, -0x1.80f62a1p-64, 0x1.1f534dep-94, -0x1.f924eb5p-125,
    -0x1.9b0ef1cp-156,
  ]

  /// The angle in turns is a sum of exact products in f64, each of which loses its whole turns, exactly,
  /// before they are added. That serves every f32, the largest too, without a branch or a table.
  private static func reducedSingle(_ magnitude: ScalarValue) -> Reduced {
    let x = magnitude.converted(.float64)
    let parts = turnTerms.map { term in
      let product = x * term
      return product - product.roundedToEven
    }
    let turns = parts.dropFirst().reduce(parts[0], +)
    let quarters = turns * 4
    let nearest = quarters.roundedToEven
    let high = ((quarters - nearest) * (Double.pi / 2)).converted(.float32)
    // |nearest| <= 12: adding 1.5 * 2^23 puts it in the low bits.
    let quadrant = (nearest.converted(.float32) + 0x1.8p23).bitcast(.int32)
    return Reduced(high: high, low: nil, quadrant: quadrant)
  }

  // MARK: Reduction in f64

  /// 2 / pi = 0.a2f9836e... in binary.
  private static let twoOverPi: [UInt64] = [
    0xa2f9_836e_4e44_1529, 0xfc27_57d1_f534_ddc0, 0xdb62_9599_3c43_9041, 0xfe51_63ab_debb_c561,
    0xb724_6e3a_424d_d2e0, 0x0649_2eea_09d1_921c, 0xfe1d_eb1c_b129_a73e, 0xe882_35f5_2ebb_4484,
    0xe99c_7026_b45f_7e41, 0x3991_d639_8353_39f4, 0x9c84_5f8b_bdf9_283b, 0x1ff8_97ff_de05_980f,
    0xef2f_118b_5a0a_6d1f, 0x6d36_7ecf_27cb_09b7, 0x4f46_3f66_9e5f_ea2d, 0x7527_bac7_ebe5_f17b,
    0x3d07_39f7_8a52_92ea, 0x6bfb_5fb1_1f8d_5d08, 0x5603_3046_fc7b_6bab, 0xf0cf_bc20_9af4_361d,
  ]

  /// The bits of 2 / pi from weight 2^-first to 2^-(first + count - 1), as an integer.
  private static func twoOverPiBits(from first: Int, count: Int) -> UInt64 {
    (first..<(first + count)).reduce(0) { value, position in
      // Weight 2^-1 is the top bit of the first word; there are none of weight 1 and above.
      let index = position - 1
      let bit = index < 0 ? 0 : (twoOverPi[index / 64] >> UInt64(63 - index % 64)) & 1
      return value << 1 | bit
    }
  }

  /// Four tables that add up to (2 / pi) 2^(32 j) modulo 4 at index j, 53 bits each.
  ///
  /// An angle of 2^(52 + 32 j) or more is an integer times 2^(32 j), so that a multiple of 4 in this factor
  /// adds whole turns only.
  private static let windows: [[UInt64]] = (0..<4).map { piece in
    (0...30).map { index in
      // The first bit has weight 2^1.
      let first = -1 + 53 * piece
      let bits = twoOverPiBits(from: first + 32 * index, count: 53)
      return (Double(bits) * Double(sign: .plus, exponent: -(first + 52), significand: 1)).bitPattern
    }
  }

  /// The sum of a and b, and its rounding error (Knuth).
  private static func twoSum(_ a: ScalarValue, _ b: ScalarValue) -> (ScalarValue, ScalarValue) {
    let sum = a + b
    let part = sum - a
    return (sum, (a - (sum - part)) + (b - part))
  }

  /// x less a multiple of 4, in [-2, 2], exactly.
  private static func moduloFour(_ x: ScalarValue) -> ScalarValue {
    (x * 0.25).roundedToEven.fma(-4, x)
  }

  /// Payne and Hanek's reduction: multiplies by those bits of 2 / pi that matter at the size of the angle.
  private static func reducedDouble(_ magnitude: ScalarValue) -> Reduced {
    let bits = magnitude.bitcast(.int64)
    let exponent = ((bits >> 52) & 0x7ff).converted(.int32)
    // (exponent - 1023 - 52) / 32, at least 0.
    let index = ((exponent - 1075) >> 5).maximum(.bits(.int32, 0))
    let x = (bits - (index.converted(.int64) << 57)).bitcast(.float64)
    let window = windows.map { index.lookup(in: $0, .float64) }

    // x < 2^84. Products in quarter turns with their rounding errors, of which the first three may hold
    // whole turns.
    let first = x * window[0]
    let firstError = x.fma(window[0], -first)
    let second = x * window[1]
    let secondError = x.fma(window[1], -second)
    let third = x * window[2]
    let thirdError = x.fma(window[2], -third)
    let (sum1, error1) = twoSum(moduloFour(first), moduloFour(firstError))
    let (sum2, error2) = twoSum(sum1, moduloFour(second))
    let nearest = sum2.roundedToEven
    // The sum of the rest, with errors gathered in `small`.
    let (sum3, error3) = twoSum(sum2 - nearest, secondError)
    let (sum4, error4) = twoSum(sum3, third)
    let small = (error1 + error2) + (error3 + error4) + (thirdError + x * window[3])
    let (quarters, rest) = twoSum(sum4, small)

    let halfPi = 0x1.921fb54442d18p+0
    let halfPiLow = 0x1.1a62633145c07p-54
    let high = quarters * halfPi
    let low = quarters.fma(halfPi, -high) + quarters.fma(halfPiLow, rest * halfPi)
    // A small angle is its own reduction; this also keeps the lowest bits of the tiniest.
    let isReduced = magnitude .< 0.785
    // Infinities and NaN, whose bits went through the reduction as if they were numbers, come back as NaN.
    let guarded = high + (magnitude - magnitude)
    return Reduced(
      high: isReduced.select(magnitude, guarded), low: isReduced.select(0, low),
      quadrant: (nearest + 0x1.8p52).bitcast(.int64))
  }

  // MARK: Kernels on [-pi/4, pi/4]

  /// The sine and cosine of high + low, in f64, where |high| <= pi/4.
  static func kernels(_ high: ScalarValue, _ low: ScalarValue) -> (sine: ScalarValue, cosine: ScalarValue) {
    let angle = Reduced(high: high, low: low, quadrant: .bits(.int64, 0))
    return (kernelSine(angle), kernelCosine(angle))
  }

  private static func kernelSine(_ angle: Reduced) -> ScalarValue {
    let x = angle.high
    let square = x * x
    guard let low = angle.low else {
      // sin x = x + x^3 s(x^2), minimax in the relative error.
      let s = polynomial(square, [-0.16666655, 0.008332188, -0.00019518095])
      return (x * square).fma(s, x)
    }
    let s = polynomial(
      square,
      [
        0.00833333333332184, -0.00019841269829358525, 2.755731353851248e-06, -2.5050734388886122e-08,
        1.5895433263326923e-10,
      ])
    // sin(x + low) = x + (x^3 (s0 + x^2 s) + low (1 - x^2 / 2)).
    let cube = x * square
    let correction = (square * s).fma(cube, square.fma(-0.5, 1) * low)
    return x + cube.fma(-0.1666666666666663, correction)
  }

  /// tan x = x + x^3 t(x^2), minimax in the relative error; f32.
  private static func kernelTangent(_ x: ScalarValue) -> ScalarValue {
    let square = x * x
    let t = polynomial(
      square,
      [
        0.3333335, 0.13332674, 0.054059178, 0.021284511, 0.010832453, 9.1440896e-05, 0.0043761334,
      ])
    return (x * square).fma(t, x)
  }

  private static func kernelCosine(_ angle: Reduced) -> ScalarValue {
    let x = angle.high
    let square = x * x
    guard let low = angle.low else {
      // cos x = 1 - x^2 / 2 + x^4 c(x^2), minimax in the relative error.
      let c = polynomial(square, [0.041666646, -0.001388731, 2.4432327e-05])
      return (square * square).fma(c, square.fma(-0.5, 1))
    }
    let c = polynomial(
      square,
      [
        0.041666666666666595, -0.0013888888888873325, 2.4801587288983675e-05, -2.7557314210071776e-07,
        2.087570427031879e-09, -1.1358683285930573e-11,
      ])
    // The rounding error of 1 - x^2 / 2 is added with the rest; low's share is -x low.
    let half = square * 0.5
    let head = 1 - half
    let headError = (1 - head) - half
    return head + (square * square).fma(c, x.fma(-low, headError))
  }
}
