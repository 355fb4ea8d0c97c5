// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What an expression can be made of: a tensor, a variable, a number or an array.
///
/// A number has no element type of its own: it takes that of the tensor beside it. A fraction beside an integer tensor
/// makes the expression `float32`.
public protocol TensorOperand: Sendable {
  var operand: Operand { get }
}

/// A tensor, or what stands for one where there is no other choice: `Tensor` and `Variable`.
public protocol TensorConvertible: TensorOperand {
  var tensor: Tensor { get }
}

extension TensorConvertible {
  public var operand: Operand { Operand(tensor: tensor, term: .value(tensor.value)) }
}

/// An operand of an expression, whatever it was made from.
public struct Operand: Sendable {
  let tensor: Tensor?
  let term: Term

  fileprivate init(tensor: Tensor?, term: Term) {
    self.tensor = tensor
    self.term = term
  }

  init(_ term: Term) { self.init(tensor: nil, term: term) }
}

/// An operand in the terms of one graph.
enum Term: Sendable {
  case value(Value)
  /// Weakly typed: takes the others' numeric type.
  case integer(Int)
  /// Weakly typed: takes the others' floating-point type, `float32` where there is none.
  case real(Double)
  case array(NDArray)
}

/// An operand that is no tensor: a number, or an array.
public protocol ConstantOperand: TensorOperand {}

extension Int: ConstantOperand { public var operand: Operand { Operand(.integer(self)) } }
extension Double: ConstantOperand { public var operand: Operand { Operand(.real(self)) } }
extension Float: ConstantOperand { public var operand: Operand { Operand(.real(Double(self))) } }
extension Bool: ConstantOperand { public var operand: Operand { Operand(.array(NDArray(scalar: self))) } }
extension NDArray: ConstantOperand { public var operand: Operand { Operand(.array(self)) } }
