// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RuleCase {
  static let shapes = [
    RuleCase("reshape x to its own shape = x", to: "") { try $0.reshape($0.parameter(), [24]) },
    RuleCase("reshape (reshape x) = reshape x", to: "reshape") {
      try $0.reshape($0.reshape($0.parameter(), [4, 6]), [3, 8])
    },
    RuleCase("reshape (repeat s) = repeat s for a scalar s", to: "broadcast") {
      try $0.reshape($0.spread($0.parameter(.float32, []), [4, 6], []), [24])
    },
    RuleCase("reshape s = repeat s for a scalar s", to: "broadcast") {
      try $0.reshape($0.parameter(.float32, []), [1, 1])
    },
    RuleCase("transpose x by the identity = x", to: "") {
      try $0.transpose($0.parameter(.float32, [2, 3]), [0, 1])
    },
    RuleCase("transpose (transpose x) = transpose x", to: "transpose") {
      try $0.transpose($0.transpose($0.parameter(.float32, [2, 3, 4]), [1, 2, 0]), [0, 2, 1])
    },
    RuleCase("transpose (transpose x) = transpose x", to: "") {
      try $0.transpose($0.transpose($0.parameter(.float32, [2, 3, 4]), [1, 2, 0]), [2, 0, 1])
    },
    RuleCase("transpose (repeat x) = repeat (transpose x)", to: "transpose broadcast") {
      try $0.transpose($0.spread($0.parameter(.float32, [2, 3]), [4, 2, 3], [1, 2]), [2, 0, 1])
    },
    RuleCase("transpose (repeat x) = repeat (transpose x)", to: "broadcast") {
      try $0.transpose($0.spread($0.parameter(.float32, [3]), [4, 3], [1]), [1, 0])
    },
    RuleCase("transpose x along unit axes = reshape x", to: "reshape") {
      try $0.transpose($0.parameter(.float32, [2, 1, 3]), [0, 2, 1])
    },
    RuleCase("repeat (repeat x) = repeat x", to: "broadcast") {
      try $0.spread($0.spread($0.parameter(.float32, [3]), [2, 3], [1]), [2, 4, 3], [0, 2])
    },
    RuleCase("repeat (repeat x) = repeat x", to: "broadcast") {
      try $0.spread($0.spread($0.parameter(.float32, [3]), [3, 1], [0]), [2, 3, 4], [1, 2])
    },
    RuleCase("repeat x once = reshape x", to: "reshape") {
      try $0.spread($0.parameter(.float32, [3, 2]), [3, 1, 2], [0, 2])
    },
    RuleCase("repeat x once = reshape x", to: "") {
      try $0.spread($0.parameter(.float32, [3, 2]), [3, 2], [0, 1])
    },
    RuleCase("repeat x with unit axes = repeat (reshape x) without", to: "reshape broadcast") {
      try $0.spread($0.parameter(.float32, [3, 1]), [3, 4], [0, 1])
    },
    RuleCase("a constant of equal elements = repeat its scalar", to: "constant broadcast") {
      try $0.constant(NDArray([2.5, 2.5, 2.5, 2.5], shape: [2, 2]))
    },
    RuleCase("f(repeat x, repeat y) = repeat f(x, y)", to: "multiply broadcast") {
      let (x, y) = ($0.parameter(.float32, [3]), $0.parameter(.float32, [3]))
      return try $0.f(.multiply, $0.spread(x, [2, 3], [1]), $0.spread(y, [2, 3], [1]))
    },
    RuleCase("f(repeat x, repeat y) = repeat f(x, y)", to: "broadcast multiply broadcast") {
      let (x, y) = ($0.parameter(.float32, []), $0.parameter(.float32, [3]))
      return try $0.f(.multiply, $0.spread(x, [2, 3], []), $0.spread(y, [2, 3], [1]))
    },
    RuleCase("f(repeat x, repeat y) = repeat f(x, y)", to: "convert broadcast") {
      try $0.convert($0.spread($0.parameter(.float32, [3]), [2, 3], [1]), .int32)
    },
  ]

  static let windows = [
    RuleCase("slice all of x = x", to: "") {
      try $0.slice($0.parameter(.float32, [3, 2]), [0, 0], [3, 2])
    },
    RuleCase("slice (slice x) = slice x", to: "slice") {
      try $0.slice($0.slice($0.parameter(.float32, [20]), [1], [19], by: [3]), [1], [6], by: [2])
    },
    RuleCase("slice (slice x) = slice x", to: "slice") {
      try $0.slice($0.slice($0.parameter(.float32, [20]), [1], [19], by: [3]), [2], [2])
    },
    RuleCase("slice (repeat x) = repeat (slice x)", to: "slice broadcast") {
      let wide = try $0.spread($0.parameter(.float32, [7]), [4, 7], [1])
      return try $0.slice(wide, [1, 2], [3, 7], by: [1, 2])
    },
    RuleCase("slice (repeat x) = repeat (slice x)", to: "slice broadcast") {
      let wide = try $0.spread($0.parameter(.float32, [5, 1]), [5, 7], [0, 1])
      return try $0.slice(wide, [1, 2], [3, 7], by: [1, 2])
    },
    RuleCase("slice within one part of concatenate = slice the part", to: "slice") {
      let parts = [$0.parameter(.float32, [2, 3]), $0.parameter(.float32, [2, 5])]
      return try $0.slice($0.join(parts, 1), [0, 4], [2, 7], by: [1, 2])
    },
    RuleCase("slice (pad x) within x = slice x", to: "slice") {
      let padded = try $0.pad($0.parameter(.float32, [5]), $0.parameter(.float32, []), [2], [1])
      return try $0.slice(padded, [3], [6])
    },
    RuleCase("reverse x along unit axes = x", to: "") {
      try $0.reverse($0.parameter(.float32, [1, 3]), [0])
    },
    RuleCase("reverse x along unit axes = x", to: "") { try $0.reverse($0.parameter(.float32, [2, 3]), []) },
    RuleCase("reverse x along unit axes = x", to: "reverse") {
      try $0.reverse($0.parameter(.float32, [1, 3]), [0, 1])
    },
    RuleCase("reverse (reverse x) = reverse x along the axes of one", to: "reverse") {
      try $0.reverse($0.reverse($0.parameter(.float32, [2, 3, 4]), [0, 1]), [1, 2])
    },
    RuleCase("reverse (reverse x) = reverse x along the axes of one", to: "") {
      try $0.reverse($0.reverse($0.parameter(.float32, [5]), [0]), [0])
    },
    RuleCase("reverse (repeat x) = repeat (reverse x)", to: "reverse broadcast") {
      try $0.reverse($0.spread($0.parameter(.float32, [3]), [4, 3], [1]), [0, 1])
    },
    RuleCase("reverse (repeat x) = repeat (reverse x)", to: "broadcast") {
      try $0.reverse($0.spread($0.parameter(.float32, [3]), [4, 3], [1]), [0])
    },
  ]

  static let slidings = [
    RuleCase("windows of one element = slice, with unit axes", to: "slice reshape") {
      try $0.window($0.parameter(.float32, [2, 7, 5]), [2, 1], [1, 1], [2, 3])
    },
    RuleCase("windows along axes that repeat x = repeat x", to: "broadcast") {
      try $0.window($0.spread($0.parameter(.float32, [3]), [4, 3, 5], [1]), [2, 0], [2, 3], [1, 1])
    },
    RuleCase("windows along axes that repeat x = repeat x", to: "broadcast") {
      try $0.window($0.spread($0.parameter(.float32, [1, 3]), [4, 3], [0, 1]), [0], [2], [1])
    },
  ]

  static let joins = [
    RuleCase("pad x with nothing = x", to: "") {
      try $0.pad($0.parameter(.float32, [3]), $0.parameter(.float32, []), [0], [0])
    },
    RuleCase("pad x with nothing = x", to: "") {
      try $0.pad($0.parameter(.float32, [1]), $0.parameter(.float32, []), [0], [0], interior: [2])
    },
    RuleCase("pad (repeat s) with s = repeat s", to: "broadcast") {
      let s = $0.parameter(.float32, [])
      return try $0.pad($0.spread(s, [3], []), s, [1], [2], interior: [1])
    },
    RuleCase("pad (pad x) = pad x with the same value", to: "pad") {
      let (x, s) = ($0.parameter(.float32, [3]), $0.parameter(.float32, []))
      return try $0.pad($0.pad(x, s, [1], [2], interior: [1]), s, [3], [0])
    },
    RuleCase("concatenate x = x", to: "") { try $0.join([$0.parameter(.float32, [3])], 0) },
    RuleCase("concatenate (x, empty, y) = concatenate (x, y)", to: "concatenate") {
      try $0.join(
        [$0.parameter(.float32, [3]), $0.parameter(.float32, [0]), $0.parameter(.float32, [2])], 0)
    },
    RuleCase("concatenate (concatenate (x, y), z) = concatenate (x, y, z)", to: "concatenate") {
      let (x, y, z) = ($0.parameter(.float32, [3]), $0.parameter(.float32, [1]), $0.parameter(.float32, [2]))
      return try $0.join([$0.join([x, y], 0), z], 0)
    },
    RuleCase("concatenate (repeat s, repeat s) = repeat s", to: "broadcast") {
      let s = $0.parameter(.float32, [])
      return try $0.join([$0.spread(s, [3], []), $0.spread(s, [2], [])], 0)
    },
  ]

  static let reductions = [
    RuleCase("firstMax x = max x", to: "reduce") {
      try $0.reduce(.firstMax, $0.parameter(.float32, [2, 12]), [1])
    },
    RuleCase("sum x along unit axes = reshape x + 0", to: "reshape constant broadcast add") {
      try $0.reduce(.sum, $0.parameter(.float32, [12, 1]), [1])
    },
    RuleCase("sum x along unit axes = reshape x + 0", to: "constant broadcast add") {
      try $0.reduce(.sum, $0.parameter(.float32, [12]), [])
    },
    RuleCase("reduce x along unit axes = reshape x, but for sums of floats", to: "reshape") {
      try $0.reduce(.sum, $0.parameter(.int32, [12, 1]), [1])
    },
    RuleCase("reduce x along unit axes = reshape x, but for sums of floats", to: "reshape") {
      try $0.reduce(.product, $0.parameter(.float32, [12, 1]), [1])
    },
    RuleCase("reduce x along unit axes = reshape x, but for sums of floats", to: "reshape") {
      try $0.reduce(.max, $0.parameter(.float32, [1, 12, 1]), [0, 2])
    },
    RuleCase("reduce x along unit axes = reshape x, but for sums of floats", to: "") {
      try $0.reduce(.min, $0.parameter(.uint32, [12]), [])
    },
    RuleCase("reduce x along unit axes = reshape x, but for sums of floats", to: "reshape") {
      try $0.reduce(.all, $0.parameter(.bool, [12, 1]), [1])
    },
    RuleCase("reduce x along some unit axes = reduce (reshape x) along the others", to: "reshape reduce") {
      try $0.reduce(.sum, $0.parameter(.float32, [1, 5, 12]), [0, 2])
    },
    RuleCase("reduce x along some unit axes = reduce (reshape x) along the others", to: "reshape reduce") {
      try $0.reduce(.max, $0.parameter(.float32, [12, 5, 1]), [0, 2])
    },
    RuleCase("max (max x) = max x along both, and so on where no order shows", to: "reduce") {
      try $0.reduce(.max, $0.reduce(.max, $0.parameter(.float32, [2, 3, 4]), [1]), [1])
    },
    RuleCase("max (max x) = max x along both, and so on where no order shows", to: "reduce") {
      try $0.reduce(.sum, $0.reduce(.sum, $0.parameter(.int32, [2, 3, 4]), [0]), [0])
    },
    RuleCase("reduce (repeat x) = repeat (reduce x)", to: "reduce broadcast") {
      try $0.reduce(.sum, $0.spread($0.parameter(.float32, [3, 4]), [3, 2, 4], [0, 2]), [2])
    },
    RuleCase("reduce (repeat x) = repeat (reduce x)", to: "") {
      try $0.reduce(.max, $0.spread($0.parameter(.float32, [12]), [2, 12], [1]), [0])
    },
    RuleCase("reduce (repeat x) = repeat (reduce x)", to: "reduce broadcast") {
      try $0.reduce(.min, $0.spread($0.parameter(.float32, [12]), [2, 12, 3], [1]), [1, 2])
    },
  ]

  static let folding = [
    RuleCase("f(constants) = a constant", to: "constant") {
      try $0.f(.add, $0.constant(NDArray([1.0, 2])), $0.constant(NDArray([3.0, 5])))
    },
    RuleCase("f(constants) = a constant", to: "constant") {
      let x = try $0.constant(NDArray([1.0, 2]))
      return try $0.b.multiply(x, $0.all(3, x))
    },
    RuleCase("f(constants) = a constant", to: "constant") {
      try $0.transpose($0.constant(NDArray([1.0, 2, 3, 4], shape: [2, 2])), [1, 0])
    },
  ]
}
