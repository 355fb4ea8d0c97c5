#!/usr/bin/env python3
# Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.
"""The benchmark's workloads in PyTorch.

Forms: eager; fused, with the fused optimizer; compile, torch.compile with the fused optimizer; freeze, compile with
inductor's freezing; channels_last, eager with images in that order (and the fused optimizer).
"""

import os

import harness

options = harness.start("torch")
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(options.threads)

training = ("eager", "fused", "compile")


def optimizer(kind, parameters, form):
    fused = {"fused": True} if form in ("fused", "compile", "channels_last") else {}
    if kind == "descent":
        return torch.optim.SGD(parameters, lr=0.25, **fused)
    if kind == "adam":
        return torch.optim.Adam(parameters, lr=1e-5, **fused)
    rate = 1e-3 if kind == "rmsprop" else 1e-5
    return torch.optim.RMSprop(parameters, lr=rate, alpha=0.9, eps=1e-7)


def trainer(form, model, loss, kind):
    """A step that learns a batch."""
    rule = optimizer(kind, list(model.parameters()), form)
    advance = rule.step
    if form == "channels_last":
        model.to(memory_format=torch.channels_last)

    def measure(x, y):
        return loss(model(x), y)

    if form == "compile":
        measure = torch.compile(measure)
        if "rmsprop" in kind:
            # It has no fused form.
            advance = torch.compile(rule.step)

    def step(x, y):
        rule.zero_grad(set_to_none=True)
        measure(x, y).backward()
        advance()

    return step


def train(form, model, loss, kind, x, y):
    step = trainer(form, model, loss, kind)
    if form == "channels_last":
        x = x.contiguous(memory_format=torch.channels_last)
    return lambda: step(x, y), lambda: None


def compute(form, function, *arrays):
    if form == "channels_last":
        arrays = [array.contiguous(memory_format=torch.channels_last) for array in arrays]
    if form == "compile":
        function = torch.compile(function)

    def step():
        with torch.no_grad():
            return function(*arrays)

    return step, lambda: None


def dense(*widths, activation=nn.ReLU):
    layers = []
    for a, b in zip(widths, widths[1:]):
        layers += [nn.Linear(a, b), activation()]
    return layers[:-1]


@harness.workload("scalar_graph", "eager", "compile")
def scalar_graph(form):
    three = torch.tensor(3.0)

    def function(a, b):
        return a * a * b + b + three

    if form == "compile":
        function = torch.compile(function)

    def step():
        with torch.no_grad():
            return function(torch.tensor(1.5), torch.tensor(2.5)).item()

    return step, lambda: None


@harness.workload("xor_mlp", *training)
def xor_mlp(form):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    model = nn.Sequential(*dense(2, 2, 1, activation=nn.Sigmoid), nn.Sigmoid())
    return train(form, model, F.mse_loss, "descent", x, y)


@harness.workload("iris_mlp", *training)
def iris_mlp(form):
    model = nn.Sequential(*dense(4, 8, 3))
    return train(form, model, F.cross_entropy, "adam", torch.randn(16, 4), torch.randint(0, 3, (16,)))


@harness.workload("house_mlp", "eager", "compile")
def house_mlp(form):
    model = nn.Sequential(*dense(4, 64, 64, 1))
    return train(form, model, F.mse_loss, "rmsprop", torch.randn(32, 4), torch.randn(32, 1))


@harness.workload("house_epoch", "eager", "compile")
def house_epoch(form):
    rows, batch = 21_650, 32
    features, targets = torch.randn(rows, 4), torch.randn(rows, 1)
    learn = trainer(form, nn.Sequential(*dense(4, 64, 64, 1)), F.mse_loss, "rmsprop")

    def step():
        order = torch.randperm(rows)
        order = torch.cat([order, order[: -rows % batch]])
        for chosen in order.split(batch):
            learn(features[chosen], targets[chosen])

    return step, lambda: None


def fashion(form, batch):
    model = nn.Sequential(*dense(784, 512, 10))
    return train(form, model, F.cross_entropy, "adam", torch.rand(batch, 784), torch.randint(0, 10, (batch,)))


harness.workload("fashion_mlp_b32", *training)(lambda form: fashion(form, 32))
harness.workload("fashion_mlp_b128", *training)(lambda form: fashion(form, 128))


@harness.workload("autoencoder", *training)
def autoencoder(form):
    x = torch.rand(128, 784)
    model = nn.Sequential(*dense(784, 128, 32, 128, 784))
    return train(form, model, F.binary_cross_entropy_with_logits, "adam", x, x)


@harness.workload("bn_dropout_mlp", *training)
def bn_dropout_mlp(form):
    layers = []
    for inputs in (784, 256):
        layers += [nn.Linear(inputs, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Dropout(0.5)]
    model = nn.Sequential(*layers, nn.Linear(256, 10))
    return train(form, model, F.cross_entropy, "adam", torch.rand(128, 784), torch.randint(0, 10, (128,)))


class Recurrent(nn.Module):
    """A recurrent layer over the sequence that `prepare` makes, and a head on its last state."""

    def __init__(self, layer, head, prepare=None):
        super().__init__()
        self.layer, self.head = layer, head
        self.prepare = prepare or nn.Identity()

    def forward(self, x):
        states = self.layer(self.prepare(x))[0]
        last = states[:, -1]
        if self.layer.bidirectional:
            # The backward direction ends at the first step.
            units = self.layer.hidden_size
            last = torch.cat([states[:, -1, :units], states[:, 0, units:]], dim=-1)
        return self.head(last)


@harness.workload("sine_rnn", "eager", "compile")
def sine_rnn(form):
    layer = nn.RNN(4, 32, nonlinearity="relu", batch_first=True)
    model = Recurrent(layer, nn.Sequential(*dense(32, 8, 1)))
    return train(form, model, F.mse_loss, "slow rmsprop", torch.randn(16, 1, 4), torch.randn(16, 1))


def reviews():
    return torch.randint(0, 10_000, (32, 120)), torch.randint(0, 2, (32, 1)).float()


@harness.workload("imdb_lstm", *training)
def imdb_lstm(form):
    layer = nn.LSTM(32, 64, batch_first=True)
    model = Recurrent(layer, nn.Sequential(*dense(64, 64, 1)), nn.Embedding(10_000, 32))
    return train(form, model, F.binary_cross_entropy_with_logits, "adam", *reviews())


@harness.workload("imdb_bilstm2", *training)
def imdb_bilstm2(form):
    layer = nn.LSTM(32, 64, num_layers=2, bidirectional=True, batch_first=True)
    model = Recurrent(layer, nn.Sequential(*dense(128, 64, 1)), nn.Embedding(10_000, 32))
    return train(form, model, F.binary_cross_entropy_with_logits, "adam", *reviews())


@harness.workload("gru_seq", *training)
def gru_seq(form):
    model = Recurrent(nn.GRU(16, 64, batch_first=True), nn.Linear(64, 1))
    return train(form, model, F.mse_loss, "adam", torch.randn(32, 50, 16), torch.randn(32, 1))


def classifier():
    return nn.Sequential(
        *(nn.Conv2d(3, 32, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(64, 64, 3), nn.ReLU(), nn.Flatten()),
        *dense(1024, 64, 10),
    )


@harness.workload("cifar_cnn", *training, "channels_last")
def cifar_cnn(form):
    x, y = torch.rand(32, 3, 32, 32), torch.randint(0, 10, (32,))
    return train(form, classifier(), F.cross_entropy, "adam", x, y)


def cifar_infer(form, batch):
    model, x = classifier().eval(), torch.rand(batch, 3, 32, 32)
    if form == "channels_last":
        model = model.to(memory_format=torch.channels_last)
    if form == "freeze":
        model = torch.compile(model, options={"freezing": True})
    return compute(form, model, x)


inference = ("eager", "channels_last", "compile", "freeze")
harness.workload("cifar_infer_b1", *inference)(lambda form: cifar_infer(form, 1))
harness.workload("cifar_infer_b32", *inference)(lambda form: cifar_infer(form, 32))


@harness.workload("conv2d_fwd", "eager", "channels_last", "compile")
def conv2d_fwd(form):
    x, w = torch.randn(32, 32, 32, 32), torch.randn(64, 32, 3, 3)
    return compute(form, lambda x, w: F.conv2d(x, w, padding=1), x, w)


@harness.workload("conv2d_bwd", "eager", "channels_last")
def conv2d_bwd(form):
    def gradients(g, x, w):
        one = [1, 1]
        return torch.ops.aten.convolution_backward(
            g, x, w, None, one, one, one, False, [0, 0], 1, [True, True, False]
        )

    arrays = torch.randn(32, 64, 32, 32), torch.randn(32, 32, 32, 32), torch.randn(64, 32, 3, 3)
    return compute(form, gradients, *arrays)


class Block(nn.Module):
    def __init__(self, width=128, heads=4):
        super().__init__()
        self.heads = heads
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.project, self.combine = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, steps, width = x.shape
        heads = self.project(self.norms[0](x)).view(batch, steps, 3, self.heads, width // self.heads)
        query, key, value = heads.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(query, key, value)
        x = x + self.combine(mixed.transpose(1, 2).reshape(batch, steps, width))
        return x + self.narrow(F.gelu(self.widen(self.norms[1](x))))


@harness.workload("transformer_block", *training)
def transformer_block(form):
    return train(form, Block(), F.mse_loss, "adam", torch.randn(8, 128, 128), torch.randn(8, 128, 128))


def chain(x):
    return torch.sigmoid(torch.tanh(x * 1.1 + 0.2) * 0.7 + torch.exp(-x * x)) - torch.relu(x)


arrays = ("eager", "compile")
harness.workload("elementwise_chain", *arrays)(lambda form: compute(form, chain, torch.randn(1 << 24)))
harness.workload("elementwise_small", *arrays)(lambda form: compute(form, chain, torch.randn(1 << 16)))


@harness.workload("softmax_rows", *arrays)
def softmax_rows(form):
    return compute(form, lambda x: torch.softmax(x, -1), torch.randn(4096, 1024))


@harness.workload("layernorm_rows", *arrays)
def layernorm_rows(form):
    def function(x, scale, offset):
        return F.layer_norm(x, (1024,), scale, offset)

    return compute(form, function, torch.randn(4096, 1024), torch.randn(1024), torch.randn(1024))


for axis in (0, 1):
    harness.workload(f"reduce_sum_ax{axis}", *arrays)(
        lambda form, axis=axis: compute(form, lambda x: x.sum(axis), torch.randn(4096, 4096))
    )

for extent in (64, 256, 1024, 2048):
    harness.workload(f"matmul_{extent}", *arrays)(
        lambda form, n=extent: compute(form, lambda a, b: a @ b, torch.randn(n, n), torch.randn(n, n))
    )


@harness.workload("matmul_bias_relu", *arrays)
def matmul_bias_relu(form):
    def function(a, w, b):
        return torch.relu(torch.addmm(b, a, w))

    return compute(form, function, torch.randn(1024, 1024), torch.randn(1024, 1024), torch.randn(1024))


@harness.workload("adam_4m", *training)
def adam_4m(form):
    shapes = [(2048, 1024), (1024, 1024), (1024, 1022), (1024,), (1024,)]
    parameters = [nn.Parameter(torch.ones(shape)) for shape in shapes]
    for parameter in parameters:
        parameter.grad = torch.randn(parameter.shape)
    # As it comes; fused; and as it comes, compiled.
    rule = torch.optim.Adam(parameters, lr=1e-5, **({"fused": True} if form == "fused" else {}))
    return (torch.compile(rule.step) if form == "compile" else rule.step), lambda: None


harness.main(options, torch.__version__)
