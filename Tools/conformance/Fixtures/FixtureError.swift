// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Something is wrong with the files of a suite.
struct FixtureError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
