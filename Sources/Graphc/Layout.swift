// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Where tensors of sequences, images and volumes have their channels.
public enum Layout: Hashable, Sendable, CaseIterable {
  /// `[batch, spatial…, channels]`, as Keras and TensorFlow have them.
  case channelsLast
  /// `[batch, channels, spatial…]`, as PyTorch and ONNX have them.
  case channelsFirst
}
