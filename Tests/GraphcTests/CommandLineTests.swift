// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Graphc
import GraphcModels
import Testing

@testable import GraphcCLI

/// y = x·w + b for a batch of unknown size, and the sum of its squares.
let affineProgram = """
  module @affine {
    param %x: f32[?0,2]
    var @w: f32[2,2]
    var @b: f32[2]
    %0 = variable @w : f32[2,2]
    %1 = dot %x, %0 {contract = [1] x [0], batch = [] x []} : f32[?0,2]
    %2 = variable @b : f32[2]
    %3 = broadcast %2 {shape = [?0, 2], axes = [1]} : f32[?0,2]
    %4 = add %1, %3 : f32[?0,2]
    %5 = multiply %4, %4 : f32[?0,2]
    %6 = reduce %5 {kind = sum, axes = [0, 1]} : f32[]
    %7 = add %0, %0 : f32[2,2]
    result %4 : f32[?0,2]  "y"
    result %6 : f32[]  "loss"
    update @w = %7
  }

  """

func graphc(_ arguments: String...) -> Outcome { CommandLineTool.run(arguments) }

/// Calls the function with the path of a file that holds the program, and its directory.
func withProgram<Result>(
  _ text: String = affineProgram, _ body: (_ file: String, _ directory: String) throws -> Result
) throws -> Result {
  try withTemporaryDirectory { directory throws in
    let file = directory + "/net.gir"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return try body(file, directory)
  }
}

private func usage(_ message: String, note: String) -> String { "error[usage.\(message)\n  note: \(note)\n" }

@Suite struct CommandLineTests {
  // MARK: Help

  @Test func overviewListsTheCommands() {
    let overview = """
      graphc compiles graphs of tensors to machine code and shows every stage of that.

      Usage: graphc COMMAND [ARGUMENT…]

      Commands:
        dump         show a program at any stage of its compilation
        run          run a .gir file on .npy arrays
        profile      run a model and tell what each step took
        ops          show the reference of operations
        rules        list the rewrite rules of the optimizer
        conformance  compare results with those of other programs
        version      show the version and the processor that code is made for
        help         show how a command is used

      'graphc help COMMAND' tells more. Exit status: 0 success, 1 the program or its data is wrong,
      2 the command line is wrong, 70 graphc is.

      """
    for arguments in [["help"], ["--help"], ["-h"]] {
      let outcome = CommandLineTool.run(arguments)
      #expect(outcome.status == .success)
      #expect(outcome.output == overview)
      #expect(outcome.errors.isEmpty)
    }
    let outcome = graphc()
    #expect(outcome.status == .usage)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == overview)
  }

  @Test(arguments: ["dump", "run", "profile", "ops", "rules", "conformance", "version", "help"])
  func everyCommandHasHelp(name: String) throws {
    let help = graphc("help", name)
    #expect(help.status == .success)
    #expect(help.errors.isEmpty)
    #expect(help.output.hasPrefix("Usage: graphc \(name)"))
    #expect(help.output.hasSuffix("\n") && !help.output.hasSuffix("\n\n"))
    for line in help.output.split(separator: "\n") where !line.hasPrefix("  graphc") {
      #expect(line.count <= 88, "\(line)")
    }
    let specification = try CommandLineTool.command(named: name).specification
    for option in specification.options { #expect(help.output.contains("--\(option.name)")) }
    for arguments in [[name, "--help"], [name, "-h"], [name, "--nonsense", "a", "b", "--help"]] {
      let outcome = CommandLineTool.run(arguments)
      #expect(outcome.status == .success)
      #expect(outcome.output == help.output)
    }
  }

  @Test func helpOfOneCommandIsExact() {
    #expect(
      graphc("help", "ops").output == """
        Usage: graphc ops [NAME] [OPTION…]

        Without a name, lists all operations of the language, and the pointwise functions among
        them.

        Options:
              --markdown  show all of it in Markdown, the file IR/OPS.md
          -h, --help      show this

        Examples:
          # one operation
          graphc ops dot
          # renew the reference
          graphc ops --markdown > IR/OPS.md

        """)
  }

  @Test func versionNamesTheTarget() {
    for arguments in [["version"], ["--version"]] {
      let outcome = CommandLineTool.run(arguments)
      #expect(outcome.status == .success)
      #expect(outcome.output.hasPrefix("graphc \(Inspection.compilerVersion)\ntarget: "))
    }
  }

  // MARK: Wrong usage

  @Test(arguments: [
    (
      ["dmup"], "command]: there is no command 'dmup'; did you mean 'dump'?",
      "'graphc help' lists the commands"
    ),
    (
      ["--versoin"], "command]: there is no option '--versoin'; did you mean '--version'?",
      "'graphc help' lists the commands"
    ),
    (
      ["help", "rum"], "command]: there is no command 'rum'; did you mean 'run'?",
      "'graphc help' lists the commands"
    ),
    (
      ["version", "now"], "operand]: version: 'now' is one argument too many",
      "'graphc help version' shows what version takes"
    ),
    (
      ["ops", "--markdwon"], "option]: ops: there is no option '--markdwon'; did you mean '--markdown'?",
      "'graphc help ops' shows what ops takes"
    ),
    (
      ["ops", "--markdown=yes"], "option]: ops: '--markdown' takes no value",
      "'graphc help ops' shows what ops takes"
    ),
    (
      ["ops", "tanhh"], "operand]: there is no operation 'tanhh'; did you mean 'tanh'?",
      "'graphc ops' lists the operations"
    ),
    (["run"], "operand]: run: FILE.gir is missing", "'graphc help run' shows what run takes"),
    (
      ["run", "a.gir", "--feed"], "value]: run: '--feed' needs a value, NAME=FILE.npy",
      "'graphc help run' shows what run takes"
    ),
    (
      ["run", "a.gir", "--feed", "x"], "value]: run: '--feed x': is not of the form NAME=FILE.npy",
      "'graphc help run' shows what run takes"
    ),
    (
      ["run", "a.gir", "--feed", "x=a", "--feed", "x=b"], "value]: run: '--feed x=b': 'x' is given twice",
      "'graphc help run' shows what run takes"
    ),
    (
      ["run", "a.gir", "--fetch", "y", "--fetch", "y"], "value]: run: '--fetch y': is given twice",
      "'graphc help run' shows what run takes"
    ),
    (
      ["run", "a.gir", "--engine", "natvie"],
      "value]: run: '--engine' cannot be 'natvie'; there are native, interpreter; did you mean 'native'?",
      "'graphc help run' shows what run takes"
    ),
  ]) func wrongUsage(arguments: [String], message: String, note: String) {
    let outcome = CommandLineTool.run(arguments)
    #expect(outcome.status == .usage)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == usage(message, note: note))
  }

  @Test(arguments: [
    (["dump"], "operand]: dump: FILE.gir|MODEL is missing"),
    (
      ["dump", "xor"],
      "option]: dump: '--emit STAGE' is missing; there are graph, gradients, optimized, kernels, plan, llvm, asm"
    ),
    (
      ["dump", "xor", "--emit", "grpah"],
      "value]: dump: '--emit' cannot be 'grpah'; there are graph, gradients, optimized, kernels, plan, llvm, asm; did you mean 'graph'?"
    ),
    (["dump", "xor", "--emit"], "value]: dump: '--emit' needs a value, STAGE"),
    (["dump", "xor", "--emit", "--bind", "0=1"], "value]: dump: '--emit' needs a value, STAGE"),
    (["dump", "xor", "-e", "graph", "--emit=graph"], "option]: dump: '--emit' stands twice"),
    (["dump", "xor", "iris", "--emit", "graph"], "operand]: dump: 'iris' is one argument too many"),
    (
      ["dump", "xro", "--emit", "graph"],
      "operand]: dump: there is no model and no file 'xro'; the models are \(BuiltInModel.all.map(\.name).joined(separator: ", ")); did you mean 'xor'?"
    ),
    (
      ["dump", "xor", "--emit", "llvm", "--format", "dot"],
      "value]: dump: '--format dot': the stage 'llvm' is shown as text only"
    ),
    (
      ["dump", "xor", "--emit", "plan", "--cpu", "x86-64"],
      "value]: dump: '--cpu x86-64': makes a difference to the stages llvm and asm only"
    ),
    (
      ["dump", "xor", "--emit", "plan", "--only", "0"],
      "value]: dump: '--only 0': makes a difference to the stages kernels, llvm and asm only"
    ),
    (
      ["dump", "xor", "--emit", "graph", "--after", "simplify"],
      "value]: dump: '--after simplify': makes a difference to the stage optimized only"
    ),
    (
      ["dump", "xor", "--emit", "graph", "--bind", "?0"],
      "value]: dump: '--bind ?0': is not of the form ?0=32,?1=8"
    ),
    (
      ["dump", "xor", "--emit", "graph", "--bind", "0=-1"],
      "value]: dump: '--bind 0=-1': is not of the form ?0=32,?1=8"
    ),
    (
      ["dump", "xor", "--emit", "graph", "--bind", "0=1,?0=2"],
      "value]: dump: '--bind 0=1,?0=2': ?0 is given twice"
    ),
    (
      ["dump", "xor", "--emit", "graph", "--grad", "loss"],
      "value]: dump: '--grad loss': is not of the form LOSS:W,B"
    ),
    (
      ["dump", "xor", "--emit", "graph", "--grad", "loss:w,"],
      "value]: dump: '--grad loss:w,': is not of the form LOSS:W,B"
    ),
  ]) func wrongUsageOfDump(arguments: [String], message: String) {
    let outcome = CommandLineTool.run(arguments)
    #expect(outcome.status == .usage)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == usage(message, note: "'graphc help dump' shows what dump takes"))
  }

  @Test func mistypedPassesAreNamed() {
    let outcome = graphc("dump", "xor", "--emit", "optimized", "--after", "simplfy")
    #expect(outcome.status == .usage)
    let names = "stabilize, gradients, merge-loops, simplify,"
    #expect(outcome.errors.contains("there is no such pass; there are \(names)"))
    #expect(outcome.errors.contains("; did you mean 'simplify'?\n"))
  }

  // MARK: ops

  @Test func opsShowsTheReference() throws {
    let list = graphc("ops")
    #expect(list.status == .success)
    let names = list.output.split(separator: "\n").map { $0.prefix { $0 != " " } }
    #expect(Set(["dot", "reduce", "tanh", "gradient"]).isSubset(of: names))
    #expect(list.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    for name in names {
      let page = graphc("ops", String(name))
      #expect(page.status == .success)
      #expect(page.output.contains("SEMANTICS\n"))
    }
    let markdown = graphc("ops", "--markdown")
    #expect(markdown.output.hasPrefix("# "))
    #expect(names.allSatisfy { markdown.output.contains($0) })
    let both = graphc("ops", "dot", "--markdown")
    #expect(both.status == .usage)
    #expect(
      both.errors.hasPrefix("error[usage.operand]: ops: --markdown shows all operations, not 'dot' alone\n"))
  }

  // MARK: dump

  @Test func dumpReadsBackAsItself() throws {
    try withProgram { file, directory throws in
      let first = graphc("dump", file, "--emit", "graph")
      #expect(first.status == .success)
      #expect(first.errors.isEmpty)
      let copy = directory + "/copy.gir"
      let second = graphc("dump", "-e", "graph", "-o", copy, "--", file)
      #expect(second.status == .success)
      #expect(second.output.isEmpty)
      #expect(try String(contentsOfFile: copy, encoding: .utf8) == first.output)
    }
  }

  @Test(arguments: ["graph", "gradients", "optimized"]) func dumpDraws(stage: String) throws {
    let dot = graphc("dump", "xor", "--emit", stage, "--format", "dot")
    #expect(dot.status == .success)
    #expect(dot.output.hasPrefix("digraph \"xor\" {\n") && dot.output.hasSuffix("}\n"))
    let json = graphc("dump", "xor", "--emit", stage, "--format=json")
    #expect(json.status == .success)
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(object?["module"] as? String == "xor")
  }

  @Test func dumpBinds() throws {
    try withProgram { file, _ throws in
      for binding in ["?0=3", "0=3"] {
        let outcome = graphc("dump", file, "--emit=plan", "--bind", binding)
        #expect(outcome.status == .success)
        #expect(outcome.output.contains("f32[3,2]"))
      }
      let open = graphc("dump", file, "--emit", "plan")
      #expect(open.status == .failure)
      #expect(
        open.errors == """
          error[dump.symbols]: the stage 'plan' needs a number for every extent; bind them, as in --bind '?0=32'
            note: ?0 is axis 0 of %x

          """)
      let stray = graphc("dump", file, "--emit", "graph", "--bind", "0=1,7=2")
      #expect(stray.status == .failure)
      #expect(stray.errors == "error[bind.symbol]: the program has no extent ?7; it has ?0\n")
    }
  }

  @Test func dumpAddsGradients() throws {
    try withProgram { file, _ throws in
      let outcome = graphc("dump", file, "--emit", "graph", "--grad", "loss:w,b", "--grad", "loss:x")
      #expect(outcome.status == .success)
      #expect(outcome.output.contains("%8:2 = gradient %6, %0, %2 : f32[2,2], f32[2]\n"))
      #expect(outcome.output.contains("result %8#1 : f32[2]  \"gradient/b\"\n"))
      #expect(outcome.output.contains("result %9 : f32[?0,2]  \"gradient/x\"\n"))
      let unknown = graphc("dump", file, "--emit", "graph", "--grad", "los:w")
      #expect(unknown.status == .failure)
      #expect(
        unknown.errors == "error[name.unknown]: the program has no value named 'los'; did you mean 'loss'?\n")
      let apart = graphc("dump", file, "--emit", "graph", "--grad", "y:loss")
      #expect(apart.status == .failure)
      #expect(apart.errors == "error[gradients.path]: 'y' does not depend on 'loss'\n")
    }
  }

  @Test func dumpTimesPasses() throws {
    try withProgram { file, _ throws in
      let plain = graphc("dump", file, "--emit", "optimized", "--bind", "0=2")
      let timed = graphc("dump", file, "--emit", "optimized", "--bind", "0=2", "--time-passes")
      #expect(timed.output == plain.output)
      let lines = timed.errors.split(separator: "\n")
      let passCount = Inspection.passNames.count
      #expect(lines.count > passCount)
      #expect(lines[0].hasPrefix("stabilize "))
      #expect(lines[passCount...].allSatisfy { $0.hasPrefix("kernel ") && $0.contains(" ms  ") })
    }
  }

  @Test func dumpPrintsBehindPasses() throws {
    try withProgram { file, _ throws in
      let plain = graphc("dump", file, "--emit", "optimized", "--bind", "0=2")
      let all = graphc("dump", file, "--emit", "optimized", "--bind", "0=2", "--print-after", "all")
      for pass in Inspection.passNames { #expect(all.output.contains("// behind \(pass)\n")) }
      #expect(all.output.contains("// behind merge-loops\n(unchanged)\n"))
      #expect(all.output.hasSuffix("// optimized\n" + plain.output))
      let one = graphc("dump", file, "--emit", "optimized", "--bind", "0=2", "--print-after", "gradients")
      #expect(one.output.components(separatedBy: "// behind ").count == 2)
      let none = graphc("dump", file, "--emit", "optimized", "--bind", "0=2", "--print-after", "gradient")
      #expect(none.status == .usage)
      #expect(none.errors.contains("did you mean 'gradients'?"))
    }
  }

  @Test func dumpCountsRulesAndChecks() throws {
    try withTemporaryDirectory { directory in
      let file = directory + "/m.gir"
      try Data(
        """
        module @m {
          param %x: f32[4]
          %0 = negate %x
          %1 = negate %0
          %2 = exp %1
          %3 = log %2
          %4 = sigmoid %3
          result %4 "y"
        }
        """.utf8
      ).write(to: URL(fileURLWithPath: file))
      let free = graphc("dump", file, "--emit", "optimized", "--stats", "--check")
      #expect(free.status == .success)
      #expect(free.errors == "stabilize  1 ×  log exp x = x\nsimplify   1 ×  −(−x) = x\n")
      #expect(!free.output.contains("exp"))
      let strict = graphc("dump", file, "--emit", "optimized", "--stats", "--strict-order")
      #expect(strict.errors == "simplify  1 ×  −(−x) = x\n")
      #expect(strict.output.contains("= exp"))
      let misplaced = graphc("dump", file, "--emit", "graph", "--check")
      #expect(misplaced.status == .usage)
    }
  }

  @Test func rulesAreListed() {
    let all = graphc("rules").output.split(separator: "\n")
    #expect(all.contains { $0.hasPrefix("simplify") && $0.contains(" exact ") && $0.hasSuffix("x · 1 = x") })
    let rounding = graphc("rules", "--rounding").output.split(separator: "\n")
    #expect(rounding.count > 10 && rounding.count < all.count / 3)
    #expect(rounding.allSatisfy { $0.contains(" rounding ") })
    #expect(rounding.contains { $0.hasPrefix("reassociate") })
  }

  @Test func dumpShowsOneKernel() throws {
    try withProgram { file, _ throws in
      let all = graphc("dump", file, "--emit", "kernels", "--bind", "0=2")
      let first = graphc("dump", file, "--emit", "kernels", "--bind", "0=2", "--only", "0")
      #expect(all.output.hasPrefix(first.output) && all.output.count > first.output.count)
      let sum = graphc("dump", file, "--emit", "kernels", "--bind", "0=2", "--only", "reduce sum")
      #expect(sum.output.hasPrefix("// kernel "))
      #expect(sum.output.contains("reduce sum v") && !sum.output.contains(first.output))
      let none = graphc("dump", file, "--emit", "asm", "--bind", "0=2", "--only", "9")
      #expect(none.status == .failure)
      #expect(none.errors.hasPrefix("error[dump.kernel]: the program has no kernel '9'; it has "))
    }
  }

  @Test func dumpMakesCodeForOtherProcessors() throws {
    try withProgram { file, _ throws in
      let wide = graphc("dump", file, "--emit", "llvm", "--bind", "0=64", "--cpu", "x86-64-v3")
      #expect(wide.status == .success)
      #expect(wide.output.contains("<8 x float>"))
      let arm = graphc("dump", file, "--emit", "asm", "--bind", "0=64", "--cpu", "neoverse-n1")
      #expect(arm.status == .success)
      #expect(arm.output.contains("fadd\tv"))
      let unknown = graphc("dump", file, "--emit", "asm", "--bind", "0=64", "--cpu", "z80")
      #expect(unknown.status == .failure)
      #expect(unknown.errors.hasPrefix("error[cpu.unknown]"))
    }
  }

  @Test func diagnosticsShowThePlace() throws {
    try withProgram("module @m {\n  param %x: f32[2]\n  %0 = tanhh %x : f32[2]\n  result %0\n}\n") {
      file, _ throws in
      let outcome = graphc("dump", file, "--emit", "graph")
      #expect(outcome.status == .failure)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors.hasPrefix("error["))
      #expect(outcome.errors.contains("--> net.gir:3:8\n"))
      #expect(outcome.errors.contains("tanh"))
    }
  }

  @Test func unreadableProgramsAreErrors() throws {
    try withTemporaryDirectory { directory throws in
      let missing = graphc("dump", directory + "/none.gir", "--emit", "graph")
      #expect(missing.status == .failure)
      #expect(
        missing.errors == "error[file.read]: cannot read '\(directory)/none.gir': No such file or directory\n"
      )
      let binary = directory + "/binary.gir"
      try Data([0xFF, 0xFE, 0]).write(to: URL(fileURLWithPath: binary))
      let outcome = graphc("dump", binary, "--emit", "graph")
      #expect(outcome.status == .failure)
      #expect(outcome.errors == "error[file.text]: '\(binary)' is no UTF-8 text\n")
    }
  }
}
