// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A place in the user's program.
public struct SourceLocation: Hashable, Sendable {
  /// As `#fileID` gives it, `MyModule/Model.swift`, or a path.
  public let file: String
  public let line: Int
  /// Counted in Unicode scalars from 1, where it is known: in IR text.
  public let column: Int?

  public init(file: String, line: Int, column: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }
}

extension SourceLocation: CustomStringConvertible {
  /// The file's last path component, the line and, where it is known, the column: `Model.swift:42`, `net.gir:3:8`.
  public var description: String {
    let name = file.lastIndex(of: "/").map { file[file.index(after: $0)...] } ?? file[...]
    return "\(name):\(line)" + (column.map { ":\($0)" } ?? "")
  }
}

/// Where a node comes from. Origins are a side table: they never take part in interning.
public struct Origin: Hashable, Sendable {
  /// The user's line, when the function that made the node could see it.
  public var location: SourceLocation?
  /// The scopes around it, `classifier/dense_2`; empty at the top.
  public var scope: String
  /// The name that the user gave.
  public var name: String?
  /// What a pass derived the node from, in words (`gradient of %7 multiply`).
  public var derivation: String?

  public init(
    location: SourceLocation? = nil, scope: String = "", name: String? = nil, derivation: String? = nil
  ) {
    self.location = location
    self.scope = scope
    self.name = name
    self.derivation = derivation
  }

  public static let unknown = Origin()
}
