// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// The draws in the shape of another tensor, or of an array of numbers.

extension Graph {
  @_disfavoredOverload
  public func randomUniform(
    _ shape: some ShapeConvertible, in range: Range<Double> = 0..<1, dtype: DType = .float32,
    fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    randomUniform(shape.extentList, in: range, dtype: dtype, fileID: fileID, line: line)
  }

  @_disfavoredOverload
  public func randomInteger(
    _ shape: some ShapeConvertible, in range: ClosedRange<Int>, dtype: DType = .int32,
    fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    randomInteger(shape.extentList, in: range, dtype: dtype, fileID: fileID, line: line)
  }

  @_disfavoredOverload
  public func randomInteger(
    _ shape: some ShapeConvertible, in range: Range<Int>, dtype: DType = .int32, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    randomInteger(shape.extentList, in: range, dtype: dtype, fileID: fileID, line: line)
  }

  @_disfavoredOverload
  public func randomBernoulli(
    _ shape: some ShapeConvertible, probability: Double = 0.5, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    randomBernoulli(shape.extentList, probability: probability, fileID: fileID, line: line)
  }

  @_disfavoredOverload
  public func randomExponential(
    _ shape: some ShapeConvertible, rate: Double = 1, dtype: DType = .float32, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    randomExponential(shape.extentList, rate: rate, dtype: dtype, fileID: fileID, line: line)
  }

  @_disfavoredOverload
  public func randomGumbel(
    _ shape: some ShapeConvertible, dtype: DType = .float32, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    randomGumbel(shape.extentList, dtype: dtype, fileID: fileID, line: line)
  }
}
