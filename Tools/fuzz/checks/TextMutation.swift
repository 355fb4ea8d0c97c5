// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Program texts with a few things wrong.
enum TextMutation {
  /// What the language is made of, and what it is not.
  private static let snippets = [
    "%0", "%1#0", "%99", "@v1", "{", "}", "[", "]", "(", ")", "=", ":", ",", "#", "->", "\"", "//", "\n", " ",
    "x",
    "module", "param", "var", "result", "update", "yield", "end", "splat", "f32", "i64[2]", "f32[?0]",
    "f32[?0*3]",
    "bool[]", "string[1]", "f16[2]", "0", "-1", "1e9", "9223372036854775807", "-9223372036854775808",
    "99999999999999999999", "4611686018427387904", "nan", "inf", "0x7fc00001", "?0", "?4294967296", "é",
    "\u{0}",
    "\u{301}", "{axes = [0]}", "{shape = [2, 3]}", "true",
  ]

  /// A canonical text with up to eight mutations.
  static func text(seed: Int) -> String {
    var random = RandomSource(seed: ~seed)
    let base = seed / 16
    let module = try? RandomModule.make(
      seed: base, nodeCount: 4 + base % 12, isSymbolic: base % 2 == 0, textOnly: true
    ).module
    var bytes = Array((module?.canonicalText ?? "").utf8)
    for _ in 0..<random.pick([1, 1, 1, 2, 3, 8]) { mutate(&bytes, &random) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func mutate(_ bytes: inout [UInt8], _ random: inout RandomSource) {
    let position = random.below(bytes.count + 1)
    let length = min(random.below(12), bytes.count - position)
    let range = position..<position + length
    switch random.below(12) {
    case 8...11: changeDigit(&bytes, &random)
    case 0: bytes.removeSubrange(range)
    case 1: bytes.insert(contentsOf: bytes[range], at: position)
    case 2: bytes.insert(contentsOf: Array(random.pick(snippets).utf8), at: position)
    case 3: bytes.replaceSubrange(range, with: Array(random.pick(snippets).utf8))
    case 4 where position < bytes.count: bytes[position] = UInt8(random.below(256))
    case 5: swapLines(&bytes, &random)
    case 6 where position < bytes.count: bytes.removeSubrange(position...)
    default:
      let repeated = Array(random.pick(snippets).utf8)
      let count = random.isOne(in: 16) ? 400 : 3
      bytes.insert(contentsOf: (0..<count).flatMap { _ in repeated }, at: position)
    }
  }

  /// The mildest: the text stays one of the language.
  private static func changeDigit(_ bytes: inout [UInt8], _ random: inout RandomSource) {
    let digits = bytes.indices.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[$0]) }
    if !digits.isEmpty { bytes[random.pick(digits)] = UInt8(ascii: "0") + UInt8(random.below(10)) }
  }

  private static func swapLines(_ bytes: inout [UInt8], _ random: inout RandomSource) {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.count > 1 { lines.swapAt(random.below(lines.count), random.below(lines.count)) }
    bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }
}
