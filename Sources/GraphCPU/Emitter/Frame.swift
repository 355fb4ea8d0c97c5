// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphKernels

/// The index of one axis while a body is emitted.
enum LaneIndex {
  /// The same in every lane.
  case uniform(IRValue)
  /// The first lane's; each further lane is one ahead.
  case consecutive(IRValue)
  /// A vector with an index for each lane.
  case perLane(IRValue)
}

/// An element position: `constant + base + stride · lane + lanes[lane]`.
struct LaneOffset {
  var constant: Int
  /// A scalar `i64`; nil for 0.
  var base: IRValue?
  var stride = 0
  /// A vector of `i64`; nil for 0.
  var lanes: IRValue?
}

/// What is known of a stage at one place of the code. A copy goes into each loop, so that what is computed inside
/// is unknown outside.
struct Frame {
  /// The lanes of what varies.
  var lanes = 1
  /// The value of each instruction of the stage's program, once computed: a vector if it varies, else a scalar.
  var values: [IRValue?]
  /// Those that do not vary, in every lane.
  var splats: [IRValue?]
  /// One for each access map, with the indices known so far.
  var offsets: [LaneOffset]

  init(_ stage: StageProgram) {
    values = [IRValue?](repeating: nil, count: stage.instructions.count)
    splats = values
    offsets = stage.maps.map { LaneOffset(constant: $0.offset, base: nil) }
  }
}
