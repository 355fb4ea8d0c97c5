// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The processors that LLVM 19 knows, by the width of the vectors that kernels use on them.
///
/// LLVM only warns of a name that it does not know, and its C interface does not tell what a processor can do.
enum Processors {
  /// The architecture and the vector width in bits of a processor, or nil if LLVM does not know the name.
  static func find(_ name: String) -> (architecture: String, vectorBits: Int)? {
    for (architecture, vectorBits, names) in table where names.split(separator: " ").contains(Substring(name))
    {
      return (architecture, vectorBits)
    }
    return nil
  }

  private static let table: [(String, Int, String)] = [
    // AVX-512 F, DQ and VL.
    (
      "x86_64", 512,
      """
      cannonlake cascadelake cooperlake emeraldrapids graniterapids graniterapids-d icelake-client icelake-server \
      rocketlake sapphirerapids skx skylake-avx512 tigerlake x86-64-v4 znver4 znver5
      """
    ),
    // AVX2 and FMA.
    (
      "x86_64", 256,
      """
      alderlake arrowlake arrowlake-s bdver4 broadwell clearwaterforest core-avx2 gracemont grandridge haswell knl \
      knm lunarlake meteorlake pantherlake raptorlake sierraforest skylake x86-64-v3 znver1 znver2 znver3
      """
    ),
    (
      "x86_64", 128,
      """
      amdfam10 athlon-fx athlon64 athlon64-sse3 atom barcelona bdver1 bdver2 bdver3 bonnell btver1 btver2 \
      core-avx-i core2 corei7 corei7-avx goldmont goldmont-plus ivybridge k8 k8-sse3 nehalem nocona opteron \
      opteron-sse3 penryn sandybridge silvermont slm tremont westmere x86-64 x86-64-v2
      """
    ),
    // Advanced SIMD.
    (
      "aarch64", 128,
      """
      a64fx ampere1 ampere1a ampere1b apple-a10 apple-a11 apple-a12 apple-a13 apple-a14 apple-a15 apple-a16 \
      apple-a17 apple-a7 apple-m4 carmel cortex-a34 cortex-a35 cortex-a510 cortex-a520 cortex-a520ae cortex-a53 \
      cortex-a55 cortex-a57 cortex-a65 cortex-a65ae cortex-a710 cortex-a715 cortex-a72 cortex-a720 cortex-a720ae \
      cortex-a725 cortex-a73 cortex-a75 cortex-a76 cortex-a76ae cortex-a77 cortex-a78 cortex-a78ae cortex-a78c \
      cortex-x1 cortex-x1c cortex-x2 cortex-x3 cortex-x4 cortex-x925 exynos-m3 exynos-m4 exynos-m5 falkor kryo \
      neoverse-512tvb neoverse-e1 neoverse-n1 neoverse-n2 neoverse-n3 neoverse-v1 neoverse-v2 neoverse-v3 \
      neoverse-v3ae oryon-1 saphira thunderx thunderx2t99 thunderx3t110 thunderxt81 thunderxt83 thunderxt88 tsv110
      """
    ),
  ]
}
