// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@Suite struct ModuleTextTests {
  @Test func readsWhatItPrints() throws {
    let text = """
      module @train_step {
        param %x: f32[?0,784]  "x"
        var @w: f32[784,10]
        %0 = variable @w : f32[784,10]
        %1 = dot %x, %0 {contract = [1] x [0], batch = [] x []} : f32[?0,10]
        %2 = constant {value = 0.5} : f32[]
        %3 = broadcast %2 {shape = [?0, 10], axes = []} : f32[?0,10]
        %4 = multiply %1, %3 : f32[?0,10]
        %5 = slice %4 {starts = [0, 0], limits = [end, 10], strides = [2, 1]} : f32[?1,10]
        %6 = reduce %4 {kind = sum, axes = [0, 1]} : f32[]
        %7:2 = gradient %6, %x, %0 : f32[?0,784], f32[784,10]
        result %6 : f32[]  "loss"
        result %5 : f32[?1,10]
        result %7#0 : f32[?0,784]  "dx"
        update @w = %7#1
      }

      """
    let module = try ModuleParser.parse(text)
    #expect(module.canonicalText == text)
    try Verifier.verify(module)
  }
}
