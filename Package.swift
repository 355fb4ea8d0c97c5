// swift-tools-version: 6.0
// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import PackageDescription

let package = Package(
  name: "graphc",
  products: [
    .library(name: "Graphc", targets: ["Graphc"]),
    .executable(name: "graphc", targets: ["GraphcCLI"]),
    .executable(name: "bench", targets: ["GraphcBench"]),
    .executable(name: "iris", targets: ["GraphcIris"]),
    .executable(name: "fuzz", targets: ["GraphcFuzzProgram"]),
  ],
  targets: [
    // MARK: - Public API
    .target(
      name: "Graphc",
      dependencies: [
        "GraphIR", "GraphAutodiff", "GraphTransforms", "GraphKernels", "GraphCPU", "GraphRuntime",
      ]),

    // MARK: - Implementation
    .systemLibrary(
      name: "CLLVM", path: "Sources/CLLVM", pkgConfig: "graphc-llvm",
      providers: [.apt(["llvm-19-dev"])]),
    .systemLibrary(
      name: "COpenBLAS", path: "Sources/COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
    // libm: square roots and roundings in Swift become calls of it in a debug build.
    .target(name: "GraphIR", linkerSettings: [.linkedLibrary("m")]),
    .target(name: "GraphAutodiff", dependencies: ["GraphIR"]),
    .target(name: "GraphTransforms", dependencies: ["GraphIR", "GraphAutodiff"]),
    .target(name: "GraphKernels", dependencies: ["GraphIR"]),
    .target(name: "GraphCPU", dependencies: ["GraphKernels", "CLLVM", "COpenBLAS"]),
    .target(name: "GraphRuntime", dependencies: ["GraphKernels"]),

    // MARK: - Tools
    .target(name: "GraphcModels", dependencies: ["Graphc"], path: "Tools/models"),
    .target(
      name: "GraphcConformance", dependencies: ["Graphc"], path: "Tools/conformance",
      exclude: ["skips.txt", "passing"]),
    .executableTarget(
      name: "GraphcCLI", dependencies: ["Graphc", "GraphcModels", "GraphcConformance"],
      path: "Tools/graphc"),
    .executableTarget(
      name: "GraphcBench",
      dependencies: [
        "Graphc", "GraphcModels", "GraphIR", "GraphTransforms", "GraphKernels", "GraphCPU", "GraphRuntime",
      ],
      path: "Tools/bench", exclude: ["peers", "compare", "count"]),
    .executableTarget(
      name: "GraphcIris", dependencies: ["Graphc", "GraphcModels"], path: "Tools/examples/iris"),

    .target(
      name: "GraphcFuzz",
      dependencies: [
        "GraphIR", "GraphAutodiff", "GraphTransforms", "GraphKernels", "GraphCPU", "GraphRuntime",
      ], path: "Tools/fuzz/checks"),
    .executableTarget(
      name: "GraphcFuzzProgram", dependencies: ["GraphcFuzz"], path: "Tools/fuzz/program"),

    // MARK: - Tests
    .target(name: "TestSupport", dependencies: ["GraphIR", "GraphKernels"], path: "Tests/TestSupport"),
    .testTarget(name: "GraphIRTests", dependencies: ["GraphIR", "GraphcFuzz", "TestSupport"]),
    .testTarget(name: "GraphAutodiffTests", dependencies: ["GraphAutodiff", "TestSupport"]),
    .testTarget(name: "GraphTransformsTests", dependencies: ["GraphTransforms", "TestSupport"]),
    .testTarget(name: "GraphKernelsTests", dependencies: ["GraphKernels", "TestSupport"]),
    .testTarget(name: "GraphCPUTests", dependencies: ["GraphCPU", "TestSupport"]),
    .testTarget(
      name: "GraphRuntimeTests", dependencies: ["GraphRuntime", "GraphAutodiff", "GraphCPU", "TestSupport"]),
    .testTarget(
      name: "GraphcTests",
      dependencies: ["Graphc", "GraphcModels", "GraphcCLI", "GraphcBench", "TestSupport"]),
    .testTarget(
      name: "GraphcConformanceTests", dependencies: ["Graphc", "GraphcConformance"],
      exclude: ["Fixtures"]),
    .testTarget(name: "GraphcFuzzTests", dependencies: ["GraphcFuzz"]),
  ]
)
