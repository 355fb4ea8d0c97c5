#!/usr/bin/env python3
# Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.
"""The benchmark's workloads in TensorFlow, as far as it is the fastest of the peers in them.

Forms: xla, a tf.function that XLA compiles; v1, a graph and a session, whose results are fetched; onednn, v1 with
oneDNN's kernels switched on. Arrays of v1 are variables of the session, but batches of a training step are fed.
"""

import math
import os

import harness

options = harness.start("tf")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
# The flag is read when the library is loaded, so that one process runs one kind of form.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1" if options.only.endswith(":onednn") else "0"

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(options.threads)
random = np.random.default_rng(0)


def normal(*shape):
    return random.standard_normal(shape, dtype=np.float32)


def uniform(*shape):
    return random.random(shape, dtype=np.float32)


def session():
    threads = options.threads
    return v1.Session(
        config=v1.ConfigProto(intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads)
    )


def compute(form, function, *arrays):
    if form == "xla":
        compiled = tf.function(function, jit_compile=True)
        tensors = [tf.constant(array) for array in arrays]
        return lambda: compiled(*tensors), lambda: None
    with tf.Graph().as_default():
        inputs = [v1.placeholder(tf.float32, array.shape) for array in arrays]
        held = [
            v1.get_variable(f"array{index}", initializer=value, use_resource=True)
            for index, value in enumerate(inputs)
        ]
        results = function(*[variable.read_value() for variable in held])
        running = session()
        running.run(v1.global_variables_initializer(), feed_dict=dict(zip(inputs, arrays)))
        # The tensors themselves are fetched: what only a control edge reaches is not computed.
        call = running.make_callable(list(results) if isinstance(results, tuple) else [results])
    return call, lambda: None


everything = ("xla", "v1", "onednn")


def chain(x):
    return tf.sigmoid(tf.tanh(x * 1.1 + 0.2) * 0.7 + tf.exp(-x * x)) - tf.nn.relu(x)


harness.workload("elementwise_chain", *everything)(lambda form: compute(form, chain, normal(1 << 24)))
harness.workload("elementwise_small", *everything)(lambda form: compute(form, chain, normal(1 << 16)))


@harness.workload("softmax_rows", *everything)
def softmax_rows(form):
    return compute(form, tf.nn.softmax, normal(4096, 1024))


@harness.workload("layernorm_rows", *everything)
def layernorm_rows(form):
    def function(x, scale, offset):
        mean, variance = tf.nn.moments(x, -1, keepdims=True)
        return (x - mean) * tf.math.rsqrt(variance + 1e-5) * scale + offset

    return compute(form, function, normal(4096, 1024), normal(1024), normal(1024))


for axis in (0, 1):
    harness.workload(f"reduce_sum_ax{axis}", *everything)(
        lambda form, axis=axis: compute(form, lambda x: tf.reduce_sum(x, axis), normal(4096, 4096))
    )

for extent in (64, 256, 1024, 2048):
    harness.workload(f"matmul_{extent}", *everything)(
        lambda form, n=extent: compute(form, tf.matmul, normal(n, n), normal(n, n))
    )


@harness.workload("matmul_bias_relu", *everything)
def matmul_bias_relu(form):
    def function(a, w, b):
        return tf.nn.relu(tf.nn.bias_add(tf.matmul(a, w), b))

    return compute(form, function, normal(1024, 1024), normal(1024, 1024), normal(1024))


@harness.workload("conv2d_fwd", *everything)
def conv2d_fwd(form):
    def function(x, w):
        return tf.nn.conv2d(x, w, 1, "SAME")

    return compute(form, function, normal(32, 32, 32, 32), normal(3, 3, 32, 64))


@harness.workload("conv2d_bwd", *everything)
def conv2d_bwd(form):
    def gradients(g, x, w):
        how = {"strides": [1, 1, 1, 1], "padding": "SAME", "out_backprop": g}
        return (
            tf.raw_ops.Conv2DBackpropInput(input_sizes=(32, 32, 32, 32), filter=w, **how),
            tf.raw_ops.Conv2DBackpropFilter(input=x, filter_sizes=(3, 3, 32, 64), **how),
        )

    return compute(form, gradients, normal(32, 32, 32, 64), normal(32, 32, 32, 32), normal(3, 3, 32, 64))


class Classifier:
    """Three convolutions with two poolings between them, and two dense layers."""

    def __init__(self):
        self.count = 0

    def weight(self, *shape, inputs):
        self.count += 1
        drawn = v1.random_normal_initializer(stddev=1 / math.sqrt(inputs))
        return v1.get_variable(f"weight{self.count}", shape, tf.float32, initializer=drawn, use_resource=True)

    def bias(self, count):
        self.count += 1
        return v1.get_variable(
            f"weight{self.count}", (count,), tf.float32, initializer=v1.zeros_initializer(), use_resource=True
        )

    def __call__(self, x):
        for index, (inputs, channels) in enumerate([(3, 32), (32, 64), (64, 64)]):
            kernel = self.weight(3, 3, inputs, channels, inputs=9 * inputs)
            x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "VALID"), self.bias(channels)))
            if index < 2:
                x = tf.nn.max_pool2d(x, 2, 2, "VALID")
        x = tf.reshape(x, (-1, 1024))
        x = tf.nn.relu(tf.nn.bias_add(tf.matmul(x, self.weight(1024, 64, inputs=1024)), self.bias(64)))
        return tf.nn.bias_add(tf.matmul(x, self.weight(64, 10, inputs=64)), self.bias(10))


@harness.workload("cifar_cnn", "v1", "onednn")
def cifar_cnn(form):
    images, digits = uniform(32, 32, 32, 3), random.integers(0, 10, 32).astype(np.int32)
    with tf.Graph().as_default():
        x, y = v1.placeholder(tf.float32, images.shape), v1.placeholder(tf.int32, digits.shape)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=Classifier()(x))
        advance = v1.train.AdamOptimizer(1e-5).minimize(tf.reduce_mean(losses))
        running = session()
        running.run(v1.global_variables_initializer())
    return lambda: running.run(advance, feed_dict={x: images, y: digits}), lambda: None


def cifar_infer(form, batch):
    return compute(form, Classifier(), uniform(batch, 32, 32, 3))


harness.workload("cifar_infer_b1", "v1", "onednn")(lambda form: cifar_infer(form, 1))
harness.workload("cifar_infer_b32", "v1", "onednn")(lambda form: cifar_infer(form, 32))

harness.main(options, tf.__version__)
