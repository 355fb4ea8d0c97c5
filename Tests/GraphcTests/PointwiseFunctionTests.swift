// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

/// The functions of elements as programs call them; expected values by mpmath, NumPy or by hand.
@Suite("Pointwise functions")
struct PointwiseFunctionTests {
  let graph = Graph()

  private func doubles(_ numbers: [Double]) -> Tensor { graph.constant(NDArray(numbers)) }

  @Test("Angles and hyperbolic functions")
  func angles() throws {
    let x = doubles([-0.5, 0.25, 0.75])
    let cases: [(Tensor, [Double])] = [
      (asin(x), [-0.5235987755982989, 0.25268025514207865, 0.848062078981481]),
      (acos(x), [2.0943951023931957, 1.318116071652818, 0.7227342478134157]),
      (atan(x), [-0.4636476090008061, 0.24497866312686414, 0.6435011087932844]),
      (sinh(x), [-0.5210953054937474, 0.2526123168081683, 0.82231673193583]),
      (cosh(x), [1.1276259652063807, 1.0314130998795732, 1.2946832846768448]),
      (asinh(x), [-0.48121182505960347, 0.24746646154726346, 0.6931471805599453]),
      (acosh(x + 2), [0.9624236501192069, 1.4505745138225803, 1.66991903058777]),
      (atanh(x), [-0.5493061443340549, 0.25541281188299536, 0.9729550745276566]),
      (atan2(x, -1.0), [-2.677945044588987, 2.896613990462929, 2.498091544796509]),
      (atan2(1, x), [2.0344439357957027, 1.3258176636680326, 0.9272952180016122]),
      (deg2rad(x * 180), [-1.5707963267948966, 0.7853981633974483, 2.356194490192345]),
      (rad2deg(x), [-28.64788975654116, 14.32394487827058, 42.97183463481174]),
      (sinc(x), [0.6366197723675814, 0.9003163161571061, 0.30010543871903533]),
    ]
    for (tensor, expected) in cases { #expect(isClose(try tensor.numbers(), expected, within: 3e-15)) }
    #expect(try sinc(doubles([0, 1e-9])).numbers() == [1, 1])
    #expect(sinh(graph.constant([1, 2], dtype: .int32)).dtype == .float32)
  }

  @Test("Exponentials, logarithms, roots and special functions")
  func specialFunctions() throws {
    let x = doubles([0.5, 1.25, 3])
    let cases: [(Tensor, [Double])] = [
      (exp2(x), [1.4142135623730951, 2.378414230005442, 8]),
      (log2(x), [-1, 0.32192809488736235, 1.584962500721156]),
      (log10(x), [-0.3010299956639812, 0.09691001300805642, 0.47712125471966244]),
      (cbrt(x), [0.7937005259840998, 1.077217345015942, 1.4422495703074083]),
      (hypot(x, 2), [2.0615528128088303, 2.358495283014151, 3.605551275463989]),
      (hypot(4.0, x), [4.031128874149275, 4.190763653560053, 5]),
      (logAddExp(x, 1), [1.4740769841801067, 1.8259394198788437, 3.1269280110429727]),
      (erfc(x), [0.4795001221869535, 0.07709987174354177, 2.209049699858544e-05]),
      (erfInverse(x / 4), [0.11123545184094996, 0.28443374892172363, 0.8134198475976185]),
      (logGamma(x), [0.5723649429247001, -0.09827183642181316, 0.6931471805599453]),
      (digamma(x), [-1.9635100260214235, -0.22745353337626542, 0.9227843350984671]),
      (zeta(2, x), [4.934802200544679, 1.1973291545071107, 0.39493406684822646]),
      (zeta(x + 1, 1), [2.612375348685488, 1.4602118661586485, 1.0823232337111382]),
      (logit(x / 4), [-1.9459101490553132, -0.7884573603642702, 1.0986122886681098]),
      (logit(x / 4, epsilon: 0.4), [-0.4054651081081644, -0.4054651081081644, 0.4054651081081644]),
      (reciprocal(x), [2, 0.8, 1.0 / 3]),
    ]
    for (tensor, expected) in cases {
      let values = try tensor.numbers()
      #expect(isClose(values, expected, within: 4e-15), "\(values), \(expected)")
    }
  }

  @Test("polygamma of several orders, on both sides of zero")
  func polygammas() throws {
    let x = doubles([0.5, 2.25, -0.75, -3.5])
    let expected: [[Double]] = [
      [-1.9635100260214235, 0.5725464666237345, -2.894120200042932, 1.388870926359529],
      [4.934802200544679, 0.5573291545071107, 18.975106932284888, 9.620879298050347],
      [-16.82879664423432, -0.30373993753692036, -124.58699919679619, -0.061556821321027695],
      [97.40909103400244, 0.32454400918839604, 1557.7451069721515, 194.7878595594625],
      [-771.4742498266672, -0.5110686379337336, -24483.2395861688, -0.022300753478290834],
      [7691.113548602436, 1.0564876812920458, 492226.7524508089, 15382.2053269492],
    ]
    for (order, expected) in expected.enumerated() {
      let values = try polygamma(order, x).numbers()
      for (value, exact) in zip(values, expected) {
        #expect((value - exact).magnitude <= 2e-14 * exact.magnitude, "order \(order): \(values)")
      }
    }
    #expect(polygamma(-1, x).complaint.hasPrefix("[polygamma.order]"))
    #expect(polygamma(99, x).complaint.hasPrefix("[polygamma.order]"))
  }

  @Test("x · log y and x · log(1 + y) are 0 where x is")
  func products() throws {
    let x = doubles([0, 0, 0, 0, 2, .nan, 0])
    let y = doubles([0, -1, .infinity, 3, 3, 1, .nan])
    let logarithm = 1.0986122886681098
    #expect(isClose(try xlogy(x, y).numbers(), [0, 0, 0, 0, 2 * logarithm, .nan, .nan], within: 1e-15))
    #expect(
      isClose(
        try xlog1py(x, y).numbers(), [0, 0, 0, 0, 2 * 1.3862943611198906, .nan, .nan], within: 1e-15))
    #expect(try xlogy(x, y).numbers()[0].sign == .plus)
    let z = graph.placeholder(.float64, [4])
    let w = graph.placeholder(.float64, [4])
    let gradients = graph.gradients(of: xlogy(z, w).sum(), withRespectTo: [z, w])
    let values = try graph.evaluate(gradients, feeding: [z: [0.0, 0, 2, 1], w: [0.0, 3, 4, 1]])
    #expect(isClose(values[0].doubles, [0, logarithm, 1.3862943611198906, 0], within: 1e-15))
    #expect(values[1].doubles == [0, 0, 0.5, 1])
  }

  @Test("Rounding towards zero and away from it", arguments: [DType.float32, .float64])
  func rounding(dtype: DType) throws {
    let x = graph.constant(NDArray([0.5, -0.5, 1.5, 2.5, -2.5, 0.49999997, -7.9, 1e30, -0.0])).converted(
      to: dtype)
    let large = try x.numbers()[7]
    #expect(try trunc(x).numbers() == [0, 0, 1, 2, -2, 0, -7, large, 0])
    #expect(try roundAwayFromZero(x).numbers() == [1, -1, 2, 3, -3, 0, -8, large, 0])
    #expect(try trunc(x).numbers()[1].sign == .minus && roundAwayFromZero(x).numbers()[8].sign == .minus)
    #expect(try fraction(x).numbers().prefix(5) == [0.5, -0.5, 0.5, 0.5, -0.5])
    let whole = graph.constant([3, -4], dtype: .int32)
    #expect(try trunc(whole).numbers() == [3, -4] && roundAwayFromZero(whole).numbers() == [3, -4])
    #expect(try fraction(whole).numbers() == [0, 0] && trunc(whole).dtype == .int32)
  }

  @Test(
    "Divisions that floor and that truncate",
    arguments: [DType.int32, .int64, .float32, .float64])
  func divisions(dtype: DType) throws {
    let x = graph.constant([7, -7, 7, -7, 6, -6, 0], dtype: dtype)
    let y = graph.constant([3, 3, -3, -3, 3, -3, 5], dtype: dtype)
    #expect(try floorDivide(x, y).numbers() == [2, -3, -3, 2, 2, 2, 0])
    #expect(try truncatedDivide(x, y).numbers() == [2, -2, -2, 2, 2, 2, 0])
    #expect(try floorDivide(7, y).numbers() == [2, 2, -3, -3, 2, -3, 1])
    #expect(try truncatedDivide(-7, y).numbers() == [-2, -2, 2, 2, -2, 2, -1])
    #expect(floorDivide(x, 2).dtype == dtype && truncatedDivide(x, 2).dtype == dtype)
    #expect(try (floorDivide(x, y) * y + floorMod(x, y)).numbers() == x.numbers())
  }

  @Test("Floor division of floats, as NumPy has it")
  func floorDivisionOfFloats() throws {
    let (inf, nan) = (Double.infinity, Double.nan)
    let x = doubles([1, -1, 5, -5, inf, 1, 0, -1, 0.3, 1e300, -0.0])
    let y = doubles([inf, inf, -inf, -inf, 2, 0, 0, -0.0, 0.1, 1e-10, 3])
    let expected = [0, -1, -1, 0, nan, inf, nan, inf, 2, inf, 0]
    let given = try floorDivide(x, y).numbers()
    #expect(isClose(given, expected, within: 0))
    #expect(given[10].sign == .minus)
    #expect(try floorDivide(graph.constant([200, 7], dtype: .uint8), 16).numbers() == [12, 0])
    #expect(floorDivide(x, 0).complaint == "0 diagnostics")
  }

  @Test("An integer that is divided by zero fails the run, and the function is named")
  func divisionByZero() throws {
    let x = graph.placeholder(.int32, [nil])
    for quotient in [floorDivide(1, x), truncatedDivide(1, x)] {
      #expect(throws: (any Error).self) { try quotient.numbers(feeding: [x: NDArray([Int32(0)])]) }
    }
  }

  @Test("The IEEE remainder is the least in magnitude")
  func ieeeRemainders() throws {
    let x = doubles([7, -7, 5, -5, 1, 3, 0.3, 1e300, -0.0, .infinity, 1, 0x1p-1074, 1.7e308])
    let y = doubles([4, 4, 2, 2, 2, 2, -0.1, 3, 1, 1, .infinity, 3 * 0x1p-1074, 1.2e308])
    let expected = zip(try x.numbers(), try y.numbers()).map { $0.remainder(dividingBy: $1) }
    let given = try ieeeRemainder(x, y).numbers()
    #expect(isClose(given, expected, within: 0))
    #expect(given[8].sign == .minus)
    #expect(try ieeeRemainder(doubles([1]), 0).numbers()[0].isNaN)
  }

  @Test("Bits of integers")
  func bits() throws {
    let x = graph.constant([12, -7, 255], dtype: .int32)
    #expect(try (x .& 10).numbers() == [8, 8, 10])
    #expect(try (x .| 1).numbers() == [13, -7, 255])
    #expect(try (x .^ x).numbers() == [0, 0, 0])
    #expect(try (.!x).numbers() == [-13, 6, -256])
    #expect(try shiftLeft(x, 3).numbers() == [96, -56, 2040])
    #expect(try shiftRight(x, 2).numbers() == [3, -2, 63])
    #expect(
      try shiftLeft(1, graph.constant([0, 31, 32, -1], dtype: .int32)).numbers() == [1, -0x1p31, 0, 0])
    #expect(try shiftRight(-8, graph.constant([1, 40], dtype: .int64)).numbers() == [-4, -1])
    #expect((x .& graph.constant([1], dtype: .uint32)).dtype == .int64)
    #expect((graph.vector([1]) .& x).complaint.hasPrefix("[logical.type]"))
    #expect(shiftLeft(graph.vector([1]), 2).complaint.hasPrefix("[logical.type]"))
    #expect(shiftLeft(x .> 0, 2).dtype == .int32)
  }

  @Test("NaN, infinities and signs", arguments: [DType.float32, .float64])
  func specialValues(dtype: DType) throws {
    let x = graph.constant(NDArray([1, -0.0, .nan, .infinity, -.infinity])).converted(to: dtype)
    #expect(try isNaN(x).numbers() == [0, 0, 1, 0, 0])
    #expect(try isFinite(x).numbers() == [1, 1, 0, 0, 0])
    #expect(try isInfinite(x).numbers() == [0, 0, 0, 1, 1])
    let greatest = dtype.greatestFinite
    #expect(try nanToNum(x).numbers() == [1, 0, 0, greatest, -greatest])
    #expect(
      try nanToNum(x, nan: 7, positiveInfinity: 8, negativeInfinity: -9).numbers() == [1, 0, 7, 8, -9])
    #expect(isClose(try heaviside(x, 0.25).numbers(), [1, 0.25, .nan, 1, 0], within: 0))
    #expect(
      try copySign(x, graph.vector([-1, -1, -1, -1, 1])).numbers().map(\.sign) == [
        .minus, .minus, .minus, .minus, .plus,
      ])
    #expect(try copySign(2.0, x).numbers()[1] == -2)
    let y = graph.vector([2, 1, 5, .nan, .nan]).converted(to: dtype)
    #expect(try fmax(x, y).numbers() == [2, 1, 5, .infinity, -.infinity])
    #expect(try fmin(x, y).numbers() == [1, 0, 5, .infinity, -.infinity])
    let whole = graph.constant([3, -4, 0], dtype: .int32)
    #expect(try isNaN(whole).numbers() == [0, 0, 0] && isFinite(whole).numbers() == [1, 1, 1])
    #expect(try isInfinite(whole).numbers() == [0, 0, 0] && nanToNum(whole).numbers() == [3, -4, 0])
    #expect(try heaviside(whole, 5).numbers() == [1, 0, 5] && fmax(whole, 1).numbers() == [3, 1, 1])
    #expect(fmax(whole, 1).dtype == .int32)
  }

  @Test("Closeness is relative to the second operand")
  func closeness() throws {
    let (inf, nan) = (Double.infinity, Double.nan)
    let x = doubles([1, 1, 0, inf, inf, 1, nan, 0, 3])
    let y = doubles([1.000009, 1.00002, 1e-9, inf, -inf, inf, nan, 1e-7, 3])
    #expect(try isClose(x, y).numbers() == [1, 0, 1, 1, 0, 0, 0, 0, 1])
    #expect(try isClose(x, y, nanEqual: true).numbers()[6] == 1)
    #expect(try isClose(x, y, relative: 0, absolute: 1e-4).numbers() == [1, 1, 1, 1, 0, 0, 0, 1, 1])
    let whole = graph.constant([1_099_511_627_776, 7], dtype: .int64)
    #expect(try isClose(whole, whole).numbers() == [1, 1] && isClose(whole, 7).numbers() == [0, 1])
  }

  @Test("Scaling by powers of 2 reaches every exponent", arguments: [DType.float32, .float64])
  func scaling(dtype: DType) throws {
    let limit = dtype == .float64 ? 1023.0 : 127
    let least = dtype == .float64 ? -1074.0 : -149
    let x = doubles([3, -5, 1, 1, 1]).converted(to: dtype)
    let exponents = doubles([2, -3, limit, least, least - 1]).converted(to: .int32)
    let scaled = ldexp(x, exponents)
    let expected = [
      12, -0.625, 0x1p1 * (limit == 127 ? 0x1p126 : 0x1p1022), limit == 127 ? 0x1p-149 : 0x1p-1074, 0,
    ]
    #expect(try scaled.numbers() == expected && scaled.dtype == dtype)
    // From the least number to 1.
    let up = ldexp(scaled, doubles([0, 0, 0, -least, 0]).converted(to: .int32))
    #expect(try up.numbers()[3] == 1)
    let n = graph.doubles([1, 2])
    let slope = graph.gradients(of: ldexp(3.0 * (n * 0 + 1), n), withRespectTo: [n])[0]
    #expect(isClose(try slope.numbers(), [4.1588830833596715, 8.317766166719343], within: 1e-14))
  }

  @Test("Derivatives of polygamma are the next ones")
  func derivativesOfPolygamma() throws {
    let x = doubles([0.75, 2.5, -1.25])
    for order in 0...3 {
      let slope = graph.gradients(of: polygamma(order, x), withRespectTo: [x])[0]
      let curve = graph.gradients(of: slope, withRespectTo: [x])[0]
      let exact = try polygamma(order + 1, x).numbers() + polygamma(order + 2, x).numbers()
      for (value, expected) in zip(try slope.numbers() + curve.numbers(), exact) {
        #expect((value - expected).magnitude <= 1e-12 * expected.magnitude, "\(order): \(value), \(expected)")
      }
    }
  }

  @Test("lerp is exact at both ends")
  func interpolation() throws {
    let (a, b) = (doubles([1, 2, 0.1]), doubles([3, -2, 0.7]))
    #expect(try lerp(a, b, 0).numbers() == a.numbers() && lerp(a, b, 1).numbers() == b.numbers())
    #expect(try lerp(a, b, 0.5).numbers() == [2, 0, 0.39999999999999997])
    #expect(try lerp(a, 5, doubles([0.25, 0.75, 2])).numbers() == [2, 4.25, 9.9])
  }
}
