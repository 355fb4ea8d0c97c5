#!/usr/bin/env python3
# Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.
"""The benchmark's workloads in JAX: one jitted function a step, whose state is donated."""

import math
import os

import harness

options = harness.start("jax")
os.environ["JAX_PLATFORMS"] = "cpu"
if options.threads == 1:
    serial = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {serial}"

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

random = np.random.default_rng(0)


def normal(*shape):
    return random.standard_normal(shape, dtype=np.float32)


def uniform(*shape):
    return random.random(shape, dtype=np.float32)


def labels(classes, *shape):
    return random.integers(0, classes, shape).astype(np.int32)


# Optimizers: a start value for a tree of parameters, and a step.


class GradientDescent:
    def __init__(self, rate):
        self.rate = rate

    def start(self, parameters):
        return ()

    def step(self, parameters, gradients, state):
        return jax.tree.map(lambda p, g: p - self.rate * g, parameters, gradients), ()


class RMSProp:
    def __init__(self, rate, decay=0.9, epsilon=1e-7):
        self.rate, self.decay, self.epsilon = rate, decay, epsilon

    def start(self, parameters):
        return jax.tree.map(jnp.zeros_like, parameters)

    def step(self, parameters, gradients, squares):
        squares = jax.tree.map(lambda v, g: self.decay * v + (1 - self.decay) * g * g, squares, gradients)
        moved = jax.tree.map(
            lambda p, g, v: p - self.rate * g / (jnp.sqrt(v) + self.epsilon), parameters, gradients, squares
        )
        return moved, squares


class Adam:
    def __init__(self, rate=1e-5, beta1=0.9, beta2=0.999, epsilon=1e-7):
        self.rate, self.beta1, self.beta2, self.epsilon = rate, beta1, beta2, epsilon

    def start(self, parameters):
        return jax.tree.map(jnp.zeros_like, parameters), jax.tree.map(jnp.zeros_like, parameters), jnp.float32(0)

    def step(self, parameters, gradients, state):
        means, squares, time = state
        time = time + 1
        means = jax.tree.map(lambda m, g: self.beta1 * m + (1 - self.beta1) * g, means, gradients)
        squares = jax.tree.map(lambda v, g: self.beta2 * v + (1 - self.beta2) * g * g, squares, gradients)
        rate = self.rate * jnp.sqrt(1 - self.beta2**time) / (1 - self.beta1**time)
        moved = jax.tree.map(
            lambda p, m, v: p - rate * m / (jnp.sqrt(v) + self.epsilon), parameters, means, squares
        )
        return moved, (means, squares, time)


# Layers


def dense(*widths):
    """Parameters of dense layers from one width to the next."""
    return [
        (jnp.asarray(normal(a, b) / math.sqrt(a)), jnp.zeros(b, jnp.float32)) for a, b in zip(widths, widths[1:])
    ]


def network(layers, x, activation=jax.nn.relu):
    for kernel, bias in layers[:-1]:
        x = activation(x @ kernel + bias)
    kernel, bias = layers[-1]
    return x @ kernel + bias


def squared_error(output, target):
    return jnp.mean((output - target) ** 2)


def softmax_cross_entropy(logits, target):
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), target[:, None], axis=1))


def sigmoid_cross_entropy(logits, target):
    return jnp.mean(jnp.maximum(logits, 0) - logits * target + jnp.log1p(jnp.exp(-jnp.abs(logits))))


# Steps


def train(parameters, loss, optimizer, x, y):
    """One training step on a fixed batch."""
    x, y = jnp.asarray(x), jnp.asarray(y)

    def advance(state, x, y):
        parameters, memory = state
        return optimizer.step(parameters, jax.grad(loss)(parameters, x, y), memory)

    advance = jax.jit(advance, donate_argnums=0)
    state = (parameters, optimizer.start(parameters))

    def step():
        nonlocal state
        state = advance(state, x, y)

    return step, lambda: jax.block_until_ready(state)


def compute(function, *arrays):
    """An expression of arrays that are there; each step waits for its result."""
    function = jax.jit(function)
    arrays = [jnp.asarray(array) for array in arrays]
    return lambda: jax.block_until_ready(function(*arrays)), lambda: None


@harness.workload("scalar_graph", "jit")
def scalar_graph(form):
    three = jnp.float32(3)
    function = jax.jit(lambda a, b: a * a * b + b + three)
    return lambda: float(function(1.5, 2.5)), lambda: None


@harness.workload("xor_mlp", "jit")
def xor_mlp(form):
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    y = np.array([[0], [1], [1], [0]], np.float32)

    def loss(layers, x, y):
        return squared_error(jax.nn.sigmoid(network(layers, x, jax.nn.sigmoid)), y)

    return train(dense(2, 2, 1), loss, GradientDescent(0.25), x, y)


@harness.workload("iris_mlp", "jit")
def iris_mlp(form):
    def loss(layers, x, y):
        return softmax_cross_entropy(network(layers, x), y)

    return train(dense(4, 8, 3), loss, Adam(), normal(16, 4), labels(3, 16))


def house_loss(layers, x, y):
    return squared_error(network(layers, x), y)


@harness.workload("house_mlp", "jit")
def house_mlp(form):
    return train(dense(4, 64, 64, 1), house_loss, RMSProp(1e-3), normal(32, 4), normal(32, 1))


@harness.workload("house_epoch", "jit", "scan")
def house_epoch(form):
    rows, batch = 21_650, 32
    batches = -(-rows // batch)
    features, targets = normal(rows, 4), normal(rows, 1)
    optimizer = RMSProp(1e-3)
    layers = dense(4, 64, 64, 1)
    state = (layers, optimizer.start(layers))

    def advance(state, x, y):
        return optimizer.step(state[0], jax.grad(house_loss)(state[0], x, y), state[1])

    def order():
        permutation = np.random.permutation(rows)
        filled = np.concatenate([permutation, permutation[: batches * batch - rows]])
        return filled.reshape(batches, batch)

    if form == "jit":
        one = jax.jit(advance, donate_argnums=0)

        def step():
            nonlocal state
            for chosen in order():
                state = one(state, features[chosen], targets[chosen])

    else:
        x, y = jnp.asarray(features), jnp.asarray(targets)

        def epoch(state, order):
            return lax.scan(lambda state, chosen: (advance(state, x[chosen], y[chosen]), None), state, order)[0]

        epoch = jax.jit(epoch, donate_argnums=0)

        def step():
            nonlocal state
            state = epoch(state, order())

    return step, lambda: jax.block_until_ready(state)


def fashion(batch):
    def loss(layers, x, y):
        return softmax_cross_entropy(network(layers, x), y)

    return train(dense(784, 512, 10), loss, Adam(), uniform(batch, 784), labels(10, batch))


harness.workload("fashion_mlp_b32", "jit")(lambda form: fashion(32))
harness.workload("fashion_mlp_b128", "jit")(lambda form: fashion(128))


@harness.workload("autoencoder", "jit")
def autoencoder(form):
    x = uniform(128, 784)

    def loss(layers, x, y):
        return sigmoid_cross_entropy(network(layers, x), y)

    return train(dense(784, 128, 32, 128, 784), loss, Adam(), x, x)


@harness.workload("bn_dropout_mlp", "jit")
def bn_dropout_mlp(form):
    layers = dense(784, 256, 256, 10)
    scales = [(jnp.ones(256), jnp.zeros(256)) for _ in range(2)]
    moving = [(jnp.zeros(256), jnp.ones(256)) for _ in range(2)]
    x, y = jnp.asarray(uniform(128, 784)), jnp.asarray(labels(10, 128))
    optimizer = Adam()

    def loss(parameters, moving, key, x, y):
        layers, scales = parameters
        kept = []
        for (kernel, bias), (scale, offset), (mean, variance) in zip(layers, scales, moving):
            key, draw = jax.random.split(key)
            x = x @ kernel + bias
            m, v = jnp.mean(x, 0), jnp.var(x, 0)
            kept.append((0.9 * mean + 0.1 * m, 0.9 * variance + 0.1 * v))
            x = jax.nn.relu((x - m) * lax.rsqrt(v + 1e-3) * scale + offset)
            x = jnp.where(jax.random.bernoulli(draw, 0.5, x.shape), 2 * x, 0)
        kernel, bias = layers[-1]
        return softmax_cross_entropy(x @ kernel + bias, y), kept

    def advance(state, x, y):
        parameters, memory, moving, key = state
        key, draw = jax.random.split(key)
        gradients, moving = jax.grad(loss, has_aux=True)(parameters, moving, draw, x, y)
        return (*optimizer.step(parameters, gradients, memory), moving, key)

    advance = jax.jit(advance, donate_argnums=0)
    parameters = (layers, scales)
    state = (parameters, optimizer.start(parameters), moving, jax.random.key(0))

    def step():
        nonlocal state
        state = advance(state, x, y)

    return step, lambda: jax.block_until_ready(state[0])


# Recurrent networks: scans over [time, batch, …] whose input projections are taken for all steps at once.


def recurrent(inputs, units, gates):
    return (
        jnp.asarray(normal(inputs, gates * units) / math.sqrt(inputs)),
        jnp.asarray(normal(units, gates * units) / math.sqrt(units)),
        jnp.zeros(gates * units, jnp.float32),
    )


def run_lstm(cell, x, backwards=False):
    kernel, recurrence, bias = cell
    units = recurrence.shape[0]

    def advance(carry, projected):
        state, memory = carry
        enter, keep, new, leave = jnp.split(projected + state @ recurrence, 4, axis=-1)
        memory = jax.nn.sigmoid(keep) * memory + jax.nn.sigmoid(enter) * jnp.tanh(new)
        state = jax.nn.sigmoid(leave) * jnp.tanh(memory)
        return (state, memory), state

    zeros = jnp.zeros((x.shape[1], units), x.dtype)
    (last, _), states = lax.scan(advance, (zeros, zeros), x @ kernel + bias, reverse=backwards)
    return last, states


def run_gru(cell, x):
    kernel, recurrence, bias = cell
    units = recurrence.shape[0]

    def advance(state, projected):
        own = state @ recurrence
        reset = jax.nn.sigmoid(projected[:, :units] + own[:, :units])
        update = jax.nn.sigmoid(projected[:, units : 2 * units] + own[:, units : 2 * units])
        candidate = jnp.tanh(projected[:, 2 * units :] + reset * own[:, 2 * units :])
        return (1 - update) * candidate + update * state, None

    return lax.scan(advance, jnp.zeros((x.shape[1], units), x.dtype), x @ kernel + bias)[0]


@harness.workload("sine_rnn", "jit")
def sine_rnn(form):
    parameters = (recurrent(4, 32, 1), dense(32, 8, 1))

    def loss(parameters, x, y):
        (kernel, recurrence, bias), layers = parameters

        def advance(state, x):
            return jax.nn.relu(x @ kernel + state @ recurrence + bias), None

        state, _ = lax.scan(advance, jnp.zeros((x.shape[0], 32)), x.swapaxes(0, 1))
        return squared_error(network(layers, state), y)

    return train(parameters, loss, RMSProp(1e-5), normal(16, 1, 4), normal(16, 1))


def reviews():
    return labels(10_000, 32, 120), labels(2, 32, 1).astype(np.float32)


@harness.workload("imdb_lstm", "jit")
def imdb_lstm(form):
    parameters = (jnp.asarray(0.05 * normal(10_000, 32)), recurrent(32, 64, 4), dense(64, 64, 1))

    def loss(parameters, x, y):
        table, cell, layers = parameters
        state, _ = run_lstm(cell, table[x].swapaxes(0, 1))
        return sigmoid_cross_entropy(network(layers, state), y)

    return train(parameters, loss, Adam(), *reviews())


@harness.workload("imdb_bilstm2", "jit")
def imdb_bilstm2(form):
    cells = [recurrent(inputs, 64, 4) for inputs in (32, 32, 128, 128)]
    parameters = (jnp.asarray(0.05 * normal(10_000, 32)), cells, dense(128, 64, 1))

    def loss(parameters, x, y):
        table, cells, layers = parameters
        words = table[x].swapaxes(0, 1)
        both = [run_lstm(cells[0], words)[1], run_lstm(cells[1], words, True)[1]]
        states = jnp.concatenate(both, axis=-1)
        last = [run_lstm(cells[2], states)[0], run_lstm(cells[3], states, True)[0]]
        return sigmoid_cross_entropy(network(layers, jnp.concatenate(last, axis=-1)), y)

    return train(parameters, loss, Adam(), *reviews())


@harness.workload("gru_seq", "jit")
def gru_seq(form):
    parameters = (recurrent(16, 64, 3), dense(64, 1))

    def loss(parameters, x, y):
        return squared_error(network(parameters[1], run_gru(parameters[0], x.swapaxes(0, 1))), y)

    return train(parameters, loss, Adam(), normal(32, 50, 16), normal(32, 1))


# Images, channels last


def convolve(x, kernel, padding):
    return lax.conv_general_dilated(x, kernel, (1, 1), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))


def classifier():
    channels = [3, 32, 64, 64]
    kernels = [
        (jnp.asarray(normal(3, 3, a, b) / math.sqrt(9 * a)), jnp.zeros(b, jnp.float32))
        for a, b in zip(channels, channels[1:])
    ]
    return kernels, dense(1024, 64, 10)


def classify(parameters, x):
    kernels, layers = parameters
    for index, (kernel, bias) in enumerate(kernels):
        x = jax.nn.relu(convolve(x, kernel, "VALID") + bias)
        if index < 2:
            x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    return network(layers, x.reshape(x.shape[0], -1))


@harness.workload("cifar_cnn", "jit")
def cifar_cnn(form):
    def loss(parameters, x, y):
        return softmax_cross_entropy(classify(parameters, x), y)

    return train(classifier(), loss, Adam(), uniform(32, 32, 32, 3), labels(10, 32))


def cifar_infer(batch):
    parameters, x = classifier(), jnp.asarray(uniform(batch, 32, 32, 3))
    function = jax.jit(classify)
    return lambda: function(parameters, x).block_until_ready(), lambda: None


harness.workload("cifar_infer_b1", "jit")(lambda form: cifar_infer(1))
harness.workload("cifar_infer_b32", "jit")(lambda form: cifar_infer(32))


@harness.workload("conv2d_fwd", "jit")
def conv2d_fwd(form):
    return compute(lambda x, w: convolve(x, w, "SAME"), normal(32, 32, 32, 32), normal(3, 3, 32, 64))


@harness.workload("conv2d_bwd", "jit")
def conv2d_bwd(form):
    def gradients(g, x, w):
        return jax.vjp(lambda x, w: convolve(x, w, "SAME"), x, w)[1](g)

    return compute(gradients, normal(32, 32, 32, 64), normal(32, 32, 32, 32), normal(3, 3, 32, 64))


def layer_norm(x, scale, offset):
    mean = x.mean(-1, keepdims=True)
    return (x - mean) * lax.rsqrt(x.var(-1, keepdims=True) + 1e-5) * scale + offset


@harness.workload("transformer_block", "jit")
def transformer_block(form):
    layers = dense(128, 384) + dense(128, 128) + dense(128, 512) + dense(512, 128)
    norms = [(jnp.ones(128), jnp.zeros(128)) for _ in range(2)]

    def loss(parameters, x, y):
        (project, combine, widen, narrow), norms = parameters
        batch, steps, width = x.shape

        def apply(layer, x):
            return x @ layer[0] + layer[1]

        heads = apply(project, layer_norm(x, *norms[0])).reshape(batch, steps, 3, 4, 32)
        query, key, value = heads.transpose(2, 0, 3, 1, 4)
        scores = jnp.einsum("bhqd,bhkd->bhqk", query, key) / math.sqrt(32)
        mixed = jnp.einsum("bhqk,bhkd->bhqd", jax.nn.softmax(scores, axis=-1), value)
        x = x + apply(combine, mixed.transpose(0, 2, 1, 3).reshape(batch, steps, width))
        wide = jax.nn.gelu(apply(widen, layer_norm(x, *norms[1])), approximate=False)
        return squared_error(x + apply(narrow, wide), y)

    return train((layers, norms), loss, Adam(), normal(8, 128, 128), normal(8, 128, 128))


# Arrays


def chain(x):
    return jax.nn.sigmoid(jnp.tanh(x * 1.1 + 0.2) * 0.7 + jnp.exp(-x * x)) - jax.nn.relu(x)


harness.workload("elementwise_chain", "jit")(lambda form: compute(chain, normal(1 << 24)))
harness.workload("elementwise_small", "jit")(lambda form: compute(chain, normal(1 << 16)))


@harness.workload("softmax_rows", "jit")
def softmax_rows(form):
    return compute(lambda x: jax.nn.softmax(x, axis=-1), normal(4096, 1024))


@harness.workload("layernorm_rows", "jit")
def layernorm_rows(form):
    return compute(layer_norm, normal(4096, 1024), normal(1024), normal(1024))


harness.workload("reduce_sum_ax0", "jit")(lambda form: compute(lambda x: x.sum(0), normal(4096, 4096)))
harness.workload("reduce_sum_ax1", "jit")(lambda form: compute(lambda x: x.sum(1), normal(4096, 4096)))


def product(n):
    return compute(lambda a, b: a @ b, normal(n, n), normal(n, n))


for extent in (64, 256, 1024, 2048):
    harness.workload(f"matmul_{extent}", "jit")(lambda form, extent=extent: product(extent))


@harness.workload("matmul_bias_relu", "jit")
def matmul_bias_relu(form):
    n = 1024
    return compute(lambda a, w, b: jax.nn.relu(a @ w + b), normal(n, n), normal(n, n), normal(n))


@harness.workload("adam_4m", "jit")
def adam_4m(form):
    shapes = [(2048, 1024), (1024, 1024), (1024, 1022), (1024,), (1024,)]
    parameters = [jnp.ones(shape, jnp.float32) for shape in shapes]
    gradients = [jnp.asarray(normal(*shape)) for shape in shapes]
    optimizer = Adam()

    def advance(state, gradients):
        return optimizer.step(state[0], gradients, state[1])

    advance = jax.jit(advance, donate_argnums=0)
    state = (parameters, optimizer.start(parameters))
    del parameters

    def step():
        nonlocal state
        state = advance(state, gradients)

    return step, lambda: jax.block_until_ready(state)


harness.main(options, jax.__version__)
