// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation

/// A number with a fixed count of decimals, `0.9667`.
public func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }

/// Writes a message to standard error and ends the program with status 1.
public func report(_ message: String) -> Never {
  FileHandle.standardError.write(Data((message + "\n").utf8))
  exit(1)
}
