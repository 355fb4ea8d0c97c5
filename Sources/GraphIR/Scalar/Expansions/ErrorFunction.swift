// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Expansion {
  /// Near zero, erf x = x + x p(x^2). Further out, erf |x| = 1 - exp(-q(|x|)), q fitted to -log(erfc)
  /// with the weight erfc, so that it is as accurate as the difference needs.
  static func erf(_ x: ScalarValue) -> ScalarValue {
    let double = x.type == .float64
    let magnitude = x.absolute
    let square = x * x
    let inner = polynomial(square, double ? innerDouble : innerSingle).fma(magnitude, magnitude)
    // erf rounds to 1 beyond the limit.
    let limit = double ? 6.0 : 4.0
    let bounded = (limit .< magnitude).select(limit, magnitude)
    let outer = -expm1Within(-polynomial(bounded, double ? outerDouble : outerSingle))
    return copySign((magnitude .< (double ? 1 : 0.85)).select(inner, outer), x)
  }

  private static let innerSingle = [
    0.12837917, -0.3761259, 0.11282865, -0.026807288, 0.0050577037, -0.00063485187,
  ]

  private static let outerSingle = [
    0.00011470545, 1.1280154, 0.6366018, 0.10444785, -0.022478864, 0.0031071485, -0.00020252464,
  ]

  private static let innerDouble = [
    0.12837916709551256, -0.37612638903183343, 0.1128379167093695, -0.026866170641959137,
    0.0052239775967358225, -0.0008548325484992892, 0.00012055280496231974, -1.4924465627827312e-05,
    1.6444150320984451e-06, -1.6183988135986636e-07, 1.3616679614786898e-08, -7.607760139207011e-10,
  ]

  private static let outerDouble = [
    1.8436903965181704e-07, 1.1283772825557188, 0.6366287030109267, 0.10274664461270912,
    -0.01907695925919241, -0.0002822229276985848, 0.0017709189000152334, -0.0006428278008016034,
    4.595168534332852e-05, 6.975290399956068e-05, -4.477104635255601e-05, 1.642188857669266e-05,
    -4.301893514851608e-06, 8.452171317083906e-07, -1.2483472684190917e-07, 1.3522677326898467e-08,
    -1.017082706216078e-09, 4.751877277360586e-11, -1.0390869735023189e-12,
  ]
}
