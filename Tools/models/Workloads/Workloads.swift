// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// The programs of the benchmark, as models.
enum Workloads {
  static let all: [(name: String, make: @Sendable () -> BuiltInModel)] =
    [
      ("scalar_graph", { scalarGraph() }),
      ("xor_mlp", { xor() }),
      ("iris_mlp", { iris() }),
      ("house_mlp", { house() }),
      ("house_epoch", { houseEpoch() }),
      ("fashion_mlp_b32", { fashion(batch: 32) }),
      ("fashion_mlp_b128", { fashion(batch: 128) }),
      ("autoencoder", { autoencoder() }),
      ("bn_dropout_mlp", { normalized() }),
      ("sine_rnn", { sine() }),
      ("imdb_lstm", { imdb() }),
      ("imdb_bilstm2", { imdbBidirectional() }),
      ("gru_seq", { gru() }),
      ("cifar_cnn", { cifar() }),
      ("cifar_infer_b1", { cifarInference(batch: 1) }),
      ("cifar_infer_b32", { cifarInference(batch: 32) }),
      ("transformer_block", { transformer() }),
      ("elementwise_chain", { elementwise("elementwise_chain", count: 1 << 24) }),
      ("elementwise_small", { elementwise("elementwise_small", count: 1 << 16) }),
      ("softmax_rows", { softmaxRows() }),
      ("layernorm_rows", { layerNormRows() }),
      ("reduce_sum_ax0", { reduceSum(axis: 0) }),
      ("reduce_sum_ax1", { reduceSum(axis: 1) }),
      ("matmul_64", { product(64) }),
      ("matmul_256", { product(256) }),
      ("matmul_1024", { product(1024) }),
      ("matmul_2048", { product(2048) }),
      ("matmul_bias_relu", { productBiasRelu() }),
      ("conv2d_fwd", { convolutionForward() }),
      ("conv2d_bwd", { convolutionBackward() }),
      ("adam_4m", { adamStep() }),
    ]
}
