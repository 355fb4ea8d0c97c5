// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Expansion {
  /// x q(w) with w = -log(1 - x^2), a smooth function of it whose polynomials are in w near 0 and in its root further
  /// out (after Giles, "Approximating the erfinv function", 2010).
  static func erfInverse(_ x: ScalarValue) -> ScalarValue {
    let a = x.absolute
    // Both factors are exact where they matter. No product is subnormal; those that are not positive are put aside.
    let product = (1 - a) * (1 + a)
    let w = -(x.type == .float64 ? log(product) : logOfNormal(product))
    let root = w.squareRoot
    let isCentral = w .< 5
    let q: ScalarValue
    if x.type == .float64 {
      let isFar = 15 .< w
      let t = isCentral.select(w - 2.5, root - isFar.select(5, root.constant(3)))
      q = polynomial(
        t,
        tailDouble.indices.map { index in
          let far = index < farDouble.count ? farDouble[index] : 0
          let outer = isFar.select(far, x.constant(tailDouble[index]))
          return isCentral.select(centralDouble[index], outer)
        })
    } else {
      let t = isCentral.select(w - 2.5, root - 3.125)
      q = polynomial(
        t, tailSingle.indices.map { isCentral.select(centralSingle[$0], x.constant(tailSingle[$0])) })
    }
    let atLeastOne = (a .== 1).select(x * x.constant(.infinity), x.constant(.nan))
    return (a .< 1).select(x * q, atLeastOne)
  }

  /// The polynomial with these coefficients, which may differ from element to element.
  private static func polynomial(_ x: ScalarValue, _ coefficients: [ScalarValue]) -> ScalarValue {
    guard let last = coefficients.last else { return x.constant(0) }
    return coefficients.dropLast().reversed().reduce(last) { $0.fma(x, $1) }
  }

  // Nearly minimax: for w up to 5, 15 and 37, and in f32 up to 5 and 16.7.

  private static let centralDouble = [
    1.501409351110792, 0.246640276744167, -0.004177317724382887, -0.0012527079078109066,
    0.00021825026433935945, -4.996079599279791e-06, -3.416619584862394e-06, 4.78725219198754e-07,
    1.3416788811913557e-08, -1.0861169521763927e-08, 9.073147838739175e-10, 1.1960729171935375e-10,
    -3.110795974484731e-11, 9.114669783363668e-13, 5.3717803411669e-13, -7.610626530191807e-14,
    -3.177077584174987e-15, 1.8941456297431503e-15, -1.0138086192836234e-16, -2.6645648809770092e-17,
    2.538203868845463e-18, 1.64533799430872e-19,
  ]

  private static let tailDouble = [
    2.8329767987282706, 1.0016752766933994, 0.00944552201198636, -0.0076438055700050085,
    0.005685182418077002, -0.0035587940180080648, 0.0014837373404225983, -0.00014889806697115514,
    -0.00028312439451234553, 0.00020551625460201855, -4.6460461896002565e-05, -2.287121609809645e-05,
    2.1934037080727666e-05, -5.954066551651807e-06, -1.6492490401992806e-06, 2.013280576526726e-06,
    -6.528487749868192e-07, -9.634642365714629e-08, 1.8075514991841264e-07, -5.2727775470940715e-08,
    -1.3366841608667652e-08, 8.226480282880196e-09,
  ]

  private static let farDouble = [
    4.849906401408584, 1.0103004648645448, -0.0001387193183808597, -0.00021503011979597637,
    7.599527811572101e-05, -1.9681771243242545e-05, 4.526052331901202e-06, -9.93025180959522e-07,
    2.290538180055692e-07, -6.757385237432296e-08, 2.9015747785203978e-08, -1.5211371658016124e-08,
    7.826381771373489e-09, -3.5369429516741715e-09, 1.3110871154286406e-09, -3.78783076384053e-10,
    7.218366436313583e-11, 1.3972766599401203e-11, -2.0970059866406624e-11, 5.998411146379675e-12,
  ]

  private static let centralSingle = [
    1.5014094, 0.24664028, -0.004177524, -0.001252732, 0.00021844744, -4.9682517e-06, -3.4948243e-06,
    4.6713276e-07, 2.7667575e-08, -8.856011e-09, -2.2474397e-10,
  ]

  private static let tailSingle = [
    2.9583201, 1.0037186, 0.007048254, -0.005299651, 0.0037907057, -0.002527384, 0.0012762067,
    -0.00031188416, -0.000121118974, 0.00012254437, -2.7867562e-05,
  ]
}
