// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A stable hash of bytes in 128 bits: Austin Appleby's MurmurHash3 for 64-bit machines (x64_128, in the public domain),
/// with the seed 0. Finds things and detects damage; it is no defence against people.
struct Digest: Hashable, Sendable {
  private(set) var words: (UInt64, UInt64)

  init(_ bytes: UnsafeRawBufferPointer) {
    var (h1, h2) = (UInt64(0), UInt64(0))
    let (c1, c2) = (UInt64(0x87c3_7b91_1142_53d5), UInt64(0x4cf5_ad43_2745_937f))
    func mixed1(_ k: UInt64) -> UInt64 { rotated(k &* c1, 31) &* c2 }
    func mixed2(_ k: UInt64) -> UInt64 { rotated(k &* c2, 33) &* c1 }
    func rotated(_ x: UInt64, _ count: UInt64) -> UInt64 { x &<< count | x &>> (64 - count) }
    func final(_ x: UInt64) -> UInt64 {
      var x = x
      x = (x ^ x &>> 33) &* 0xff51_afd7_ed55_8ccd
      x = (x ^ x &>> 33) &* 0xc4ce_b9fe_1a85_ec53
      return x ^ x &>> 33
    }
    let blocks = bytes.count / 16
    for block in 0..<blocks {
      h1 ^= mixed1(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: block * 16, as: UInt64.self)))
      h1 = (rotated(h1, 27) &+ h2) &* 5 &+ 0x52dc_e729
      h2 ^= mixed2(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: block * 16 + 8, as: UInt64.self)))
      h2 = (rotated(h2, 31) &+ h1) &* 5 &+ 0x3849_5ab5
    }
    var (k1, k2) = (UInt64(0), UInt64(0))
    for (index, byte) in bytes[(blocks * 16)...].enumerated() {
      if index < 8 {
        k1 |= UInt64(byte) &<< UInt64(8 * index)
      } else {
        k2 |= UInt64(byte) &<< UInt64(8 * (index - 8))
      }
    }
    h2 ^= mixed2(k2)
    h1 ^= mixed1(k1)
    h1 ^= UInt64(bytes.count)
    h2 ^= UInt64(bytes.count)
    h1 &+= h2
    h2 &+= h1
    h1 = final(h1)
    h2 = final(h2)
    h1 &+= h2
    h2 &+= h1
    words = (h1, h2)
  }

  init(_ bytes: [UInt8]) { self = bytes.withUnsafeBytes { Digest($0) } }

  /// 32 hexadecimal digits.
  var text: String {
    [words.0, words.1].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }
  func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }
}
