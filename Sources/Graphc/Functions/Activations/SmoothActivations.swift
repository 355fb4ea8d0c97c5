// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

// Activations with smooth tails. Formulas are arranged so that neither tail overflows or cancels.

/// x above 0, `alpha` · (exp(x) − 1) up to 0 (Clevert and others, 2015).
public func elu(
  _ x: some TensorConvertible, alpha: Double = 1, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("elu", fileID, line).composing { exponentialUnit(floating(x), alpha, rate: 1) }
}

/// `elu` scaled so that activations keep mean 0 and variance 1 (Klambauer and others, Self-Normalizing Neural Networks,
/// 2017).
public func selu(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  CallSite("selu", fileID, line).composing {
    1.050_700_987_355_480_5 * exponentialUnit(floating(x), 1.673_263_242_354_377_2, rate: 1)
  }
}

/// x above 0, `alpha` · (exp(x / `alpha`) − 1) up to 0, whose slope is continuous (Barron, 2017).
public func celu(
  _ x: some TensorConvertible, alpha: Double = 1, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("celu", fileID, line).composing {
    exponentialUnit(requireNonzero(alpha, "alpha", floating(x)), alpha, rate: 1 / alpha)
  }
}

/// x · Φ(x), where Φ is the normal distribution (Hendrycks and Gimpel, 2016).
///
/// - Parameter approximate: x · σ(2·√(2/π)·(x + 0.044715·x³)) instead, the formula with tanh.
public func gelu(
  _ x: some TensorConvertible, approximate: Bool = false, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("gelu", fileID, line).composing {
    let x = floating(x)
    if approximate {
      // (1 + tanh u) / 2 is σ(2u), which does not cancel far below 0. √(8/π)
      return x * sigmoid(1.595_769_121_605_730_7 * (x + 0.044_715 * x * x * x))
    }
    // 1 + erf would cancel far below 0.
    return 0.5 * x * erfc(x * -0.5.squareRoot())
  }
}

/// x · σ(`beta` · x), the swish (Ramachandran and others, 2017).
public func silu(
  _ x: some TensorConvertible, beta: Double = 1, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("silu", fileID, line).composing {
    let x = floating(x)
    return x * sigmoid(beta == 1 ? x : beta * x)
  }
}

/// x · tanh(log(1 + exp(x))) (Misra, 2019).
public func mish(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  CallSite("mish", fileID, line).composing {
    let x = floating(x)
    return x * tanh(smoothRamp(x))
  }
}

/// log(1 + exp(`beta` · x)) / `beta`.
///
/// - Parameter threshold: where `beta` · x is above it, the result is x itself (PyTorch's default is 20). Without one the
///   function is exact everywhere.
public func softplus(
  _ x: some TensorConvertible, beta: Double = 1, threshold: Double? = nil, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("softplus", fileID, line).composing {
    let x = requireNonzero(beta, "beta", floating(x))
    let scaled = beta == 1 ? x : beta * x
    let ramp = beta == 1 ? smoothRamp(x) : smoothRamp(scaled) / beta
    return threshold.map { select(scaled .> $0, x, ramp) } ?? ramp
  }
}

/// (x + √(x² + b)) / 2.
public func squareplus(
  _ x: some TensorConvertible, b: Double = 4, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("squareplus", fileID, line).composing {
    let x = floating(x)
    return 0.5 * (x + sqrt(x * x + b))
  }
}

/// x / (1 + |x|).
public func softsign(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  CallSite("softsign", fileID, line).composing {
    let x = floating(x)
    return x / (1 + abs(x))
  }
}

/// log σ(x) = −log(1 + exp(−x)).
public func logSigmoid(
  _ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("logSigmoid", fileID, line).composing { -smoothRamp(-floating(x)) }
}

/// x − tanh(x).
public func tanhShrink(
  _ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("tanhShrink", fileID, line).composing {
    let x = floating(x)
    return x - tanh(x)
  }
}

/// The first half along an axis times the sigmoid of the second half (Dauphin and others, 2016).
public func glu(
  _ x: some TensorConvertible, axis: Int = -1, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("glu", fileID, line).composing {
    let halves = split(floating(x), into: 2, axis: axis)
    return halves[0] * sigmoid(halves[1])
  }
}

/// x above 0, scale · (exp(rate · x) − 1) up to 0. The exponent is held at 0 where it is not wanted, so that it does not
/// overflow there.
private func exponentialUnit(_ x: Tensor, _ scale: Double, rate: Double) -> Tensor {
  let isCurved = x .<= 0
  let exponent = select(isCurved, x, 0)
  let curve = expm1(rate == 1 ? exponent : rate * exponent)
  return select(isCurved, scale == 1 ? curve : scale * curve, x)
}

private func requireNonzero(_ number: Double, _ name: String, _ x: Tensor) -> Tensor {
  checked([x]) { _, _ throws(BuildError) in
    if number == 0 { throw BuildError("activation.\(name)", "\(name) must not be 0") }
  }
}
