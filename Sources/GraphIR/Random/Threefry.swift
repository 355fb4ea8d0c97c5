// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The keyed bijection under all random numbers: Threefry-2x32 with 20 rounds.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, and its
/// library Random123, whose known answers it meets. It needs only 32-bit additions, rotations and exclusive
/// ors, so a vector kernel runs one block per lane on any CPU.
public enum Threefry {
  /// The rotation of round `r` is `rotations[r % 8]`, in bits to the left.
  public static let rotations: [UInt32] = [13, 15, 26, 6, 17, 29, 16, 24]

  /// The third word of the key schedule is this constant, exclusive-or both words of the key.
  public static let parity: UInt32 = 0x1BD1_1BDA

  /// Encrypts `counter` under `key`. Word 0 of each is its low half.
  public static func block(key: UInt64, counter: UInt64) -> UInt64 {
    let k0 = UInt32(truncatingIfNeeded: key)
    let k1 = UInt32(truncatingIfNeeded: key >> 32)
    let k2 = k0 ^ k1 ^ parity
    var x0 = UInt32(truncatingIfNeeded: counter) &+ k0
    var x1 = UInt32(truncatingIfNeeded: counter >> 32) &+ k1

    func round(_ left: UInt32) {
      x0 = x0 &+ x1
      x1 = ((x1 &<< left) | (x1 &>> (32 &- left))) ^ x0
    }
    // Written out rather than looped over `rotations`: a generator is called once per element.
    func evenRounds() {
      round(13)
      round(15)
      round(26)
      round(6)
    }
    func oddRounds() {
      round(17)
      round(29)
      round(16)
      round(24)
    }
    func inject(_ a: UInt32, _ b: UInt32, _ number: UInt32) {
      x0 = x0 &+ a
      x1 = x1 &+ b &+ number
    }

    evenRounds()
    inject(k1, k2, 1)
    oddRounds()
    inject(k2, k0, 2)
    evenRounds()
    inject(k0, k1, 3)
    oddRounds()
    inject(k1, k2, 4)
    evenRounds()
    inject(k2, k0, 5)
    return UInt64(x1) << 32 | UInt64(x0)
  }
}
