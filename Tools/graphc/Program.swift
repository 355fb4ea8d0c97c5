// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc

@main
struct Program {
  static func main() {
    // A reader that has seen enough (`graphc dump … | head`) is no error.
    signal(SIGPIPE, SIG_IGN)
    let outcome = CommandLineTool.run(Array(CommandLine.arguments.dropFirst()))
    var status = outcome.status
    if let problem = StandardStream.output.write(outcome.output) {
      StandardStream.error.write("error[file.write]: cannot write the output: \(problem)\n")
      status = .failure
    }
    StandardStream.error.write(outcome.errors)
    exit(status.rawValue)
  }
}

/// Standard output or error.
enum StandardStream: Int32 {
  case output = 1
  case error = 2

  /// Writes a whole text. What nobody reads any more is dropped in silence.
  /// - Returns: the system's words for what went wrong, or nil.
  @discardableResult
  func write(_ text: String) -> String? {
    var text = text
    return text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count, let start = bytes.baseAddress {
        let length = Glibc.write(rawValue, start + done, bytes.count - done)
        if length >= 0 {
          done += length
        } else if errno == EPIPE {
          return nil
        } else if errno != EINTR {
          return String(cString: strerror(errno))
        }
      }
      return nil
    }
  }
}
