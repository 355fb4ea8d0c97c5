// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import GraphRuntime

/// What the runs of a session did, step by step; see `Session.profile`.
public struct Timeline: Sendable {
  /// One step of one run.
  public struct Event: Sendable {
    public enum Kind: String, Sendable {
      case kernel
      /// A matrix product by a library.
      case product
      case copy
      /// A routine on whole arrays.
      case routine
      /// A loop or a branch, with all that it ran.
      case control
    }

    public let kind: Kind
    /// The operations that the step carries out.
    public let label: String
    /// The number of the run, from 0, and of the step in its plan.
    public let run: Int
    public let step: Int
    /// A number for the thread that made the run, from 0.
    public let thread: Int
    /// Seconds since the first event began.
    public let start: Double
    public let seconds: Double
    /// Bytes of the arrays that the step reads and writes, each once.
    public let byteCount: Int
    /// Multiplications and additions of a matrix product; 0 for any other step.
    public let operationCount: Int
    /// The line of the program that the step comes from, as far as it is known.
    public let location: SourceLocation?
    /// The graph's scope there.
    public let scope: String
  }

  /// In the order of the runs, and of their steps.
  public let events: [Event]
  public let runCount: Int

  init(_ recorder: Recorder) {
    let runs = recorder.runs
    let start = runs.compactMap(\.steps.first?.begin).min() ?? 0
    var threads: [UInt64: Int] = [:]
    var events: [Event] = []
    for (number, run) in runs.enumerated() {
      let thread = threads[run.thread] ?? threads.count
      threads[run.thread] = thread
      for (index, times) in run.steps.enumerated() {
        let step = run.plan.steps[index]
        let origin = step.origin
        events.append(
          Event(
            kind: step.kind, label: step.label, run: number, step: index, thread: thread,
            start: Double(times.begin - start) * 1e-9, seconds: Double(times.end - times.begin) * 1e-9,
            byteCount: run.plan.byteCount(of: step), operationCount: step.operationCount,
            location: origin?.location, scope: origin?.scope ?? ""))
      }
    }
    self.events = events
    runCount = runs.count
  }
}

extension Timeline: CustomStringConvertible {
  /// A table of the steps, those that took longest first: how often, how long in all and on average, the share of all
  /// steps, bytes and operations a second, and the lines.
  public var description: String {
    struct Place: Hashable {
      let step: Int
      let kind: Event.Kind
      let label: String
    }
    var groups: [Place: [Event]] = [:]
    for event in events {
      groups[Place(step: event.step, kind: event.kind, label: event.label), default: []].append(event)
    }
    let total = events.reduce(0) { $0 + $1.seconds }
    let sorted = groups.sorted { a, b in
      let (left, right) = (a.value.reduce(0) { $0 + $1.seconds }, b.value.reduce(0) { $0 + $1.seconds })
      return (right, a.key.step, a.key.label) < (left, b.key.step, b.key.label)
    }
    var rows = [["step", "kind", "runs", "total ms", "mean µs", "share", "GB/s", "GFLOP/s", "what", "line"]]
    for (place, events) in sorted {
      let seconds = events.reduce(0) { $0 + $1.seconds }
      let rate = { (count: Int) in
        count == 0 || seconds == 0 ? "" : decimal(Double(count * events.count) / seconds * 1e-9, 1)
      }
      let event = events[0]
      let line = event.location.map { "\($0)" } ?? (event.scope.isEmpty ? "" : "in \"\(event.scope)\"")
      rows.append([
        "\(place.step)", place.kind.rawValue, "\(events.count)", decimal(seconds * 1e3, 3),
        decimal(seconds * 1e6 / Double(events.count), 2),
        decimal(total > 0 ? seconds / total * 100 : 0, 1) + "%", rate(event.byteCount),
        rate(event.operationCount), place.label, line,
      ])
    }
    let runs = "\(runCount) \(runCount == 1 ? "run" : "runs")"
    return "\(runs), \(decimal(total * 1e3, 3)) ms in steps\n"
      + TextTable(rows, rightAligned: [0, 2, 3, 4, 5, 6, 7]).text
  }

  private func decimal(_ value: Double, _ digits: Int) -> String {
    let scale = (0..<digits).reduce(1) { product, _ in product * 10 }
    let scaled = Int((value * Double(scale)).rounded())
    if digits == 0 { return "\(scaled)" }
    let fraction = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  /// The events in the format of Chrome's `about:tracing` and of Perfetto.
  public var chromeTrace: String {
    let lines = events.map { event in
      var details = ["\"run\": \(event.run)", "\"step\": \(event.step)", "\"bytes\": \(event.byteCount)"]
      if event.seconds > 0 {
        details.append("\"GB/s\": \(decimal(Double(event.byteCount) / event.seconds * 1e-9, 3))")
        if event.operationCount > 0 {
          details.append("\"GFLOP/s\": \(decimal(Double(event.operationCount) / event.seconds * 1e-9, 3))")
        }
      }
      if let location = event.location { details.append("\"line\": \(json("\(location)"))") }
      if !event.scope.isEmpty { details.append("\"scope\": \(json(event.scope))") }
      return "{\"name\": \(json(event.label)), \"cat\": \"\(event.kind.rawValue)\", \"ph\": \"X\", "
        + "\"ts\": \(decimal(event.start * 1e6, 3)), \"dur\": \(decimal(event.seconds * 1e6, 3)), "
        + "\"pid\": 1, \"tid\": \(event.thread), \"args\": {\(details.joined(separator: ", "))}}"
    }
    return "{\"displayTimeUnit\": \"ns\", \"traceEvents\": [\n\(lines.joined(separator: ",\n"))\n]}\n"
  }

  /// A text as JSON writes it.
  private func json(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension Plan {
  fileprivate func byteCount(of step: Step) -> Int {
    let uses = step.uses
    return Set(uses.reads + uses.writes).reduce(0) { $0 + buffers[$1].byteCount }
  }
}

extension Plan.Step {
  fileprivate var kind: Timeline.Event.Kind {
    switch self {
    case .kernel: .kernel
    case .matrixProduct: .product
    case .copy: .copy
    case .host: .routine
    case .control: .control
    }
  }

  fileprivate var label: String {
    switch self {
    case .kernel(let step): step.label
    case .matrixProduct: PlanText.libraryCall(self) ?? "dot"
    case .copy: "copy"
    case .host(let step): step.call.op.mnemonic
    case .control(let step):
      switch step.kind {
      case .cond: "cond"
      case .loop: "while"
      case .scan(let scan): "scan of \(scan.length) steps"
      case .call: "call"
      }
    }
  }

  fileprivate var origin: Origin? {
    switch self {
    case .kernel(let step): step.origin
    case .matrixProduct(_, _, _, _, let origin): origin
    case .copy, .control: nil
    case .host(let step): step.origin
    }
  }

  fileprivate var operationCount: Int {
    guard case .matrixProduct(let product, _, _, _, _) = self else { return 0 }
    return [product.batch, product.m, product.n, product.k].reduce(2) { count, extent in
      count.multipliedReportingOverflow(by: extent).partialValue
    }
  }
}
