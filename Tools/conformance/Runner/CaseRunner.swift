// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// What became of a case in one mode.
struct CaseResult: Sendable {
  enum Verdict: Sendable, Equatable {
    case passed
    /// What went wrong first.
    case failed(String)
    case notCovered(String)

    var isPassed: Bool { self == .passed }
  }

  /// The values themselves, their gradients, and the gradients of these; only those that the case has.
  var verdicts: [Check.Kind: Verdict] = [:]
  var relativeError = 0.0
  var absoluteError = 0.0

  /// Of the whole case.
  var verdict: Verdict {
    for kind in Check.Kind.allCases { if let verdict = verdicts[kind], !verdict.isPassed { return verdict } }
    return .passed
  }

  func isPassed(_ kind: Check.Kind) -> Bool { verdicts[kind]?.isPassed ?? false }
}

/// Runs the cases of a suite, each in every mode.
struct CaseRunner {
  let suite: any ConformanceSuite
  let modes: [Mode]
  let skips: SkipList

  func run(_ info: CaseInfo) -> [Mode: CaseResult] {
    var results: [Mode: CaseResult] = [:]
    let kinds = CaseRunner.kinds(of: info)
    let open = modes.filter { mode in
      guard let reason = skips.reason(suite: suite.name, name: info.name, mode: mode) else { return true }
      results[mode] = CaseResult(all: kinds, .notCovered(reason))
      return false
    }
    if open.isEmpty { return results }
    do {
      let built = try suite.build(info)
      for (mode, result) in run(built, kinds, open) { results[mode] = result }
    } catch let reason as NotCovered {
      for mode in open { results[mode] = CaseResult(all: kinds, .notCovered(reason.description)) }
    } catch {
      for mode in open {
        results[mode] = CaseResult(all: kinds, .failed("building: \(CaseRunner.line(error))"))
      }
    }
    return results
  }

  private static func kinds(of info: CaseInfo) -> [Check.Kind] {
    [.forward] + (info.hasGradient ? [.gradient] : []) + (info.hasSecondGradient ? [.secondGradient] : [])
  }

  private func run(_ built: BuiltCase, _ kinds: [Check.Kind], _ modes: [Mode]) -> [Mode: CaseResult] {
    var results: [Mode: CaseResult] = [:]
    var references: [(mode: Mode, values: [Int: NDArray])] = []
    let contracts = built.contracts
    for mode in modes {
      var result = CaseResult(all: kinds, .passed)
      let (values, problems) = compute(built, mode)
      for (index, check) in built.checks.enumerated() {
        guard let value = values[index] else {
          result.fail(check.kind, "\(check.name): \(problems[check.kind] ?? "was not computed")")
          continue
        }
        let comparison = Comparison(value, check.expected, within: check.tolerance)
        result.relativeError = max(result.relativeError, comparison.relativeError)
        result.absoluteError = max(result.absoluteError, comparison.absoluteError)
        if let failure = comparison.failure { result.fail(check.kind, "\(check.name): \(failure)") }
        for reference in references {
          guard let other = reference.values[index] else { continue }
          let isThreading = mode == .nativeTwoThreads && reference.mode == .native
          let isLoose = contracts && !isThreading
          let agrees =
            isLoose
            ? Comparison(value, other, within: check.tolerance).failure == nil : value.isIdentical(to: other)
          if !agrees {
            let difference = Comparison(value, other, within: Tolerance(relative: 0, absolute: 0)).failure
            result.fail(
              check.kind,
              "\(check.name): differs from \(reference.mode.rawValue): \(difference ?? "in a sign")")
          }
        }
      }
      references.append((mode, values))
      results[mode] = result
    }
    return results
  }

  /// The values of a case's checks, by their places. All at once where that works; otherwise kind by kind, so that a
  /// gradient which cannot be had does not hide the values.
  private func compute(_ built: BuiltCase, _ mode: Mode) -> (
    values: [Int: NDArray], problems: [Check.Kind: String]
  ) {
    var values: [Int: NDArray] = [:]
    var problems: [Check.Kind: String] = [:]
    let session: Session
    do {
      session = try mode.session(of: built.graph)
    } catch {
      for kind in Check.Kind.allCases { problems[kind] = CaseRunner.line(error) }
      return (values, problems)
    }
    let compute = { (indices: [Int]) throws in
      let arrays = try session.run(indices.flatMap { built.checks[$0].fetches }, feeding: built.feeds)
      var start = 0
      for index in indices {
        let check = built.checks[index]
        values[index] = try check.finish(Array(arrays[start..<start + check.fetches.count]))
        start += check.fetches.count
      }
    }
    if (try? compute(Array(built.checks.indices))) != nil { return (values, problems) }
    values = [:]
    for kind in Check.Kind.allCases {
      do {
        try compute(built.checks.indices.filter { built.checks[$0].kind == kind })
      } catch {
        problems[kind] = CaseRunner.line(error)
      }
    }
    return (values, problems)
  }

  /// An error in one line.
  private static func line(_ error: any Error) -> String {
    "\(error)".split(separator: "\n").prefix(2).map { $0.trimmingPrefix { $0 == " " } }.joined(separator: " ")
  }
}

extension CaseResult {
  init(all kinds: [Check.Kind], _ verdict: Verdict) {
    for kind in kinds { verdicts[kind] = verdict }
  }

  /// The first failure of a kind stays.
  fileprivate mutating func fail(_ kind: Check.Kind, _ message: String) {
    if verdicts[kind]?.isPassed ?? true { verdicts[kind] = .failed(message) }
  }
}

extension BuiltCase {
  /// Whether sums of products are part of it, or what LAPACK does: these may be rounded differently in each mode, and
  /// nothing else may.
  fileprivate var contracts: Bool {
    let contractions: Set = ["dot", "lu", "cholesky", "triangularSolve", "solve", "qr", "svd", "eigh"]
    guard
      let names = try? Session(graph, engine: .interpreter)
        .operationNames(checks.flatMap(\.fetches), feeding: feeds)
    else { return true }
    return !contractions.isDisjoint(with: names)
  }
}

extension NDArray {
  /// Whether both have the same bits, NaNs apart.
  fileprivate func isIdentical(to other: NDArray) -> Bool {
    if self == other { return true }
    guard dtype == other.dtype, shape == other.shape, dtype.isFloatingPoint else { return false }
    return (0..<count).allSatisfy { index in
      bits(at: index) == other.bits(at: index) || (number(at: index).isNaN && other.number(at: index).isNaN)
    }
  }
}
