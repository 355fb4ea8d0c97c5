// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Expansion {
  /// Both words of a Threefry block, as `Threefry.block` defines it, of the operands k0, k1, c0, c1.
  ///
  /// Each word takes all rounds, so a program that wants both has their instructions once.
  static func threefry(_ operands: [ScalarValue]) -> (low: ScalarValue, high: ScalarValue) {
    let (k0, k1) = (operands[0], operands[1])
    let keys = [k0, k1, k0 ^ k1 ^ .bits(.uint32, UInt64(Threefry.parity))]
    var x0 = operands[2] + k0
    var x1 = operands[3] + k1
    for round in 0..<20 {
      let left = UInt64(Threefry.rotations[round % 8])
      x0 = x0 + x1
      x1 = ((x1 << left) | (x1 >> (32 - left))) ^ x0
      // Every fourth round takes in the next two of the three words of the key, and its own number.
      if round % 4 == 3 {
        let number = round / 4 + 1
        x0 = x0 + keys[number % 3]
        x1 = x1 + (keys[(number + 1) % 3] + .bits(.uint32, UInt64(number)))
      }
    }
    return (x0, x1)
  }
}
