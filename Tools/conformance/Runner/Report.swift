// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Counts of one suite, op and mode.
struct ReportRow: Sendable {
  let suite: String
  let op: String
  let mode: Mode
  var cases = 0
  var passed = 0
  var failed = 0
  var notCovered = 0
  var forwardPassed = 0
  var gradientCases = 0
  var gradientPassed = 0
  var secondCases = 0
  var secondPassed = 0
  /// Over the passed cases.
  var relativeError = 0.0
  var absoluteError = 0.0

  init(suite: String, op: String, mode: Mode) {
    self.suite = suite
    self.op = op
    self.mode = mode
  }

  mutating func add(_ info: CaseInfo, _ result: CaseResult) {
    cases += 1
    switch result.verdict {
    case .passed:
      passed += 1
      relativeError = max(relativeError, result.relativeError)
      absoluteError = max(absoluteError, result.absoluteError)
    case .failed: failed += 1
    case .notCovered: notCovered += 1
    }
    if result.isPassed(.forward) { forwardPassed += 1 }
    if info.hasGradient { gradientCases += 1 }
    if result.isPassed(.gradient) { gradientPassed += 1 }
    if info.hasSecondGradient { secondCases += 1 }
    if result.isPassed(.secondGradient) { secondPassed += 1 }
  }

  /// One object on a line.
  var json: String {
    let members: [(String, String)] = [
      ("suite", "\"\(suite)\""), ("op", "\"\(op)\""), ("mode", "\"\(mode.rawValue)\""), ("cases", "\(cases)"),
      ("passed", "\(passed)"), ("failed", "\(failed)"), ("notCovered", "\(notCovered)"),
      ("forwardPassed", "\(forwardPassed)"), ("gradientCases", "\(gradientCases)"),
      ("gradientPassed", "\(gradientPassed)"), ("secondCases", "\(secondCases)"),
      ("secondPassed", "\(secondPassed)"), ("maxRelErr", "\(relativeError)"),
      ("maxAbsErr", "\(absoluteError)"),
    ]
    return "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
  }
}

/// What became of all cases of a suite.
struct SuiteReport: Sendable {
  let suite: String
  let modes: [Mode]
  private(set) var results: [(info: CaseInfo, results: [Mode: CaseResult])] = []

  init(suite: String, modes: [Mode]) {
    self.suite = suite
    self.modes = modes
  }

  mutating func add(_ info: CaseInfo, _ results: [Mode: CaseResult]) {
    self.results.append((info, results))
  }

  /// Names of the cases that passed in each mode that was run.
  var passing: [String] {
    results.filter { entry in modes.allSatisfy { entry.results[$0]?.verdict == .passed } }.map(\.info.name)
  }

  /// A row for each op, and the total last.
  func rows(_ mode: Mode) -> [ReportRow] {
    var rows: [String: ReportRow] = [:]
    var total = ReportRow(suite: suite, op: "total", mode: mode)
    for (info, results) in results {
      guard let result = results[mode] else { continue }
      rows[info.op, default: ReportRow(suite: suite, op: info.op, mode: mode)].add(info, result)
      total.add(info, result)
    }
    return rows.values.sorted { $0.op < $1.op } + [total]
  }

  var json: String { modes.flatMap { rows($0) }.map { $0.json + "\n" }.joined() }

  // MARK: For people

  var text: String { tables + problems }

  /// Modes whose rows are the same but for the errors share a table.
  private var tables: String {
    var groups: [(modes: [Mode], rows: [ReportRow])] = []
    for mode in modes {
      let rows = rows(mode)
      if let index = groups.firstIndex(where: { SuiteReport.sameCounts($0.rows, rows) }) {
        groups[index].modes.append(mode)
        for row in rows.indices {
          let worst = max(groups[index].rows[row].relativeError, rows[row].relativeError)
          groups[index].rows[row].relativeError = worst
        }
      } else {
        groups.append(([mode], rows))
      }
    }
    return groups.map { group in
      "\(suite) (\(group.modes.map(\.rawValue).joined(separator: ", ")))\n" + SuiteReport.table(group.rows)
    }.joined(separator: "\n")
  }

  private static func sameCounts(_ lhs: [ReportRow], _ rhs: [ReportRow]) -> Bool {
    lhs.count == rhs.count
      && zip(lhs, rhs).allSatisfy {
        $0.op == $1.op && $0.passed == $1.passed && $0.failed == $1.failed && $0.notCovered == $1.notCovered
          && $0.forwardPassed == $1.forwardPassed && $0.gradientPassed == $1.gradientPassed
          && $0.secondPassed == $1.secondPassed
      }
  }

  private static func table(_ rows: [ReportRow]) -> String {
    let hasGradients = rows.contains { $0.gradientCases > 0 }
    var lines = [
      ["op", "cases", "passed", "failed", "not covered"]
        + (hasGradients ? ["forward", "gradients", "second"] : []) + ["largest relative error"]
    ]
    for row in rows {
      var line = [row.op, "\(row.cases)", "\(row.passed)", "\(row.failed)", "\(row.notCovered)"]
      if hasGradients {
        line += [
          "\(row.forwardPassed)", "\(row.gradientPassed)/\(row.gradientCases)",
          "\(row.secondPassed)/\(row.secondCases)",
        ]
      }
      lines.append(line + [SuiteReport.short(row.relativeError)])
    }
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      let cells = line.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }
      return "  " + cells.joined(separator: "  ") + "\n"
    }.joined()
  }

  /// With two digits.
  private static func short(_ number: Double) -> String {
    if number == 0 { return "0" }
    let exponent = Int(number.magnitude.exponent) * 30103 / 100000 - 2
    var digits = number
    var power = exponent
    // Into 1 ..< 10.
    for _ in 0..<Swift.abs(power) { digits = power < 0 ? digits * 10 : digits / 10 }
    while digits.magnitude >= 10 {
      digits /= 10
      power += 1
    }
    while digits.magnitude < 1 {
      digits *= 10
      power -= 1
    }
    let rounded = (digits * 10).rounded() / 10
    return power == 0 ? "\(rounded)" : "\(rounded)e\(power)"
  }

  /// Failures by case, and what is not covered by reason.
  private var problems: String {
    var failures = ""
    var reasons: [String: [String]] = [:]
    for (info, results) in results {
      var messages: [(message: String, modes: [Mode])] = []
      var reason: String?
      for mode in modes {
        switch results[mode]?.verdict {
        case .failed(let message):
          if let index = messages.firstIndex(where: { $0.message == message }) {
            messages[index].modes.append(mode)
          } else {
            messages.append((message, [mode]))
          }
        case .notCovered(let text): reason = reason ?? text
        case .passed, nil: break
        }
      }
      for (message, failed) in messages {
        let place = failed.count == modes.count ? "" : " [\(failed.map(\.rawValue).joined(separator: ", "))]"
        failures += "  \(info.name)\(place): \(message)\n"
      }
      if let reason { reasons[reason, default: []].append(info.name) }
    }
    var text = failures.isEmpty ? "" : "\nfailed\n" + failures
    if !reasons.isEmpty {
      text += "\nnot covered\n"
      for (reason, names) in reasons.sorted(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) }) {
        text += "  \(names.count) \(names.count == 1 ? "case" : "cases"): \(reason) (\(names[0])"
        text += names.count > 1 ? ", …)\n" : ")\n"
      }
    }
    return text
  }
}
