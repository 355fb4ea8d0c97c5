// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// What went wrong, in the terms of whoever can mend it.
public struct Diagnostic: Error, Hashable, Sendable {
  /// Whose fault it is.
  public enum Kind: Hashable, Sendable {
    /// The program that builds the graph.
    case graph
    /// One run: a feed, a fetch, a value.
    case run
    /// This compiler.
    case bug
  }

  public struct Note: Hashable, Sendable {
    public var message: String
    public var location: SourceLocation?

    public init(_ message: String, at location: SourceLocation? = nil) {
      self.message = message
      self.location = location
    }
  }

  public var kind: Kind
  /// A numbered constraint of the specification (`dot.C2`) or a short name (`feed.missing`).
  public var code: String
  public var message: String
  public var location: SourceLocation?
  public var scope: String
  /// Lines of program text around the place, with a mark; empty where there is none to show.
  public var excerpt: String
  public var notes: [Note]

  public init(
    _ kind: Kind, code: String, _ message: String, at location: SourceLocation? = nil, scope: String = "",
    excerpt: String = "", notes: [Note] = []
  ) {
    self.kind = kind
    self.code = code
    self.message = message
    self.location = location
    self.scope = scope
    self.excerpt = excerpt
    self.notes = notes
  }
}

extension Diagnostic: CustomStringConvertible {
  public var description: String {
    let word = kind == .bug ? "internal error" : "error"
    var text = "\(word)[\(code)]: \(message)"
    switch (location, scope.isEmpty) {
    case (let location?, true): text += "\n  --> \(location)"
    case (let location?, false): text += "\n  --> \(location) in scope \"\(scope)\""
    case (nil, false): text += "\n  --> in scope \"\(scope)\""
    case (nil, true): break
    }
    if !excerpt.isEmpty { text += "\n" + excerpt }
    for note in notes {
      text += "\n  note: \(note.message)"
      if let location = note.location { text += ", created at \(location)" }
    }
    return text
  }
}

/// Several diagnostics, reported together as a compiler does.
public struct DiagnosticList: Error, Sendable, CustomStringConvertible {
  public let diagnostics: [Diagnostic]
  /// How many more the program holds that this run does not reach.
  public let unreachedCount: Int

  public init(_ diagnostics: [Diagnostic], unreachedCount: Int = 0) {
    self.diagnostics = diagnostics
    self.unreachedCount = unreachedCount
  }

  public var description: String {
    var text = diagnostics.map(\.description).joined(separator: "\n")
    if unreachedCount > 0 {
      let noun = unreachedCount == 1 ? "error" : "errors"
      text += "\n(\(unreachedCount) more \(noun) in parts of the graph that this run does not reach)"
    }
    return text
  }
}

/// A violated constraint of an op: the number it has in the op's documentation, and what is wrong.
public struct ConstraintViolation: Error, Hashable, Sendable {
  /// `C1`, `C2`, … as numbered in the op's doc, or `V1`, `V2`, … for a constraint on every op of a module.
  public let constraint: String
  public let message: String

  public init(_ constraint: String, _ message: String) {
    self.constraint = constraint
    self.message = message
  }

  init(_ constraint: ModuleConstraint, _ message: String) {
    self.init(constraint.number, message)
  }

  /// The code of the diagnostic for an op of this mnemonic: `dot.C2`, `module.V4`.
  public func code(for mnemonic: String) -> String {
    (constraint.hasPrefix("V") ? "module" : mnemonic) + "." + constraint
  }

  /// The diagnostic for an op of this mnemonic, `error[dot.C2]: dot: …`, or for what is no op: `error[module.V2]: …`.
  public func diagnostic(
    for mnemonic: String?, at location: SourceLocation? = nil, scope: String = "", excerpt: String = "",
    notes: [Diagnostic.Note] = []
  ) -> Diagnostic {
    Diagnostic(
      .graph, code: code(for: mnemonic ?? "module"), (mnemonic.map { $0 + ": " } ?? "") + message,
      at: location,
      scope: scope,
      excerpt: excerpt, notes: notes)
  }
}
