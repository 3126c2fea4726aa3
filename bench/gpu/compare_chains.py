#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Chains of layers as nova runs them, planned together, beside cuDNN's through PyTorch.

Every time is that of a CUDA graph of five whole chains, the median of 21 replays, which take turns:
nova, nova as one chain for each layer (without residuals), cuDNN (benchmark mode) as conv2d with a
bias and ReLU in place, and cuDNN with bias and ReLU (and residual) fused where PyTorch has that. f16.
Errors are relative rms against binary32 convolution
of the same operands, layer after layer.

    compare_chains.py LIBRARY [--chains denoiser,vgg16] [--layout nchw] [--size 1024] [--json FILE]

--chains: the demo's denoiser on a square picture (`denoiser`); the layers of VGG-16 between two
poolings (`vgg16`), also of 16 images (`vgg16x16`); basic blocks of two layers with a residual
(`basic`, `basicx32`); eight residual blocks of 256 channels without norms, as super-resolution
networks have them (`edsr`); four layers of 256 to 640 channels (`wide`).
"""
import argparse
import ctypes
import json
import math
import pathlib

import torch

import tables
from nova_cuda import ROOT, check, describe, name_of, options_of, structures
from replays import FORMATS, capture, relative_error, replay, set_up

NONE, X = -2, -1
RELU = 1
CALLS, REPLAYS = 5, 21
HEADING = ("chain", "plans", "us", "predicted us", "layers apart us", "cuDNN us", "cuDNN with ReLU us",
           "best cuDNN / nova", "error", "cuDNN error", "workspace MB")


class Layer:
    """(c, k) channels, weights on the host, what follows the sums."""

    def __init__(self, c, k, relu=True, residual=NONE, weights=None, bias=None):
        self.c, self.k, self.relu, self.residual = c, k, relu, residual
        gain = math.sqrt(2 / (9 * c)) * (0.3 if residual != NONE else 1)
        self.weights = torch.randn(k, c, 3, 3) * gain if weights is None else weights
        self.bias = torch.randn(k) * 0.1 if bias is None else bias


class NovaChain:
    def __init__(self, library, shape, layers, layout):
        self.library = library
        library.nova_cuda_chain_plan.restype = ctypes.c_void_p
        n, _, h, w = shape
        options = options_of(library, "auto")
        descs, made = [], (structures.ChainLayer * len(layers))()
        for layer, own in zip(layers, made):
            descs.append(describe(library, (n, layer.c, layer.k, h, w), layout))
            descs[-1].activation = RELU if layer.relu else 0
            library.nova_cuda_chain_layer_init(ctypes.byref(own))
            own.desc, own.options = ctypes.pointer(descs[-1]), ctypes.pointer(options)
            own.residual = layer.residual
        self.chain = ctypes.c_void_p()
        self.check(library.nova_cuda_chain_create(made, len(layers), 0,
                                                  ctypes.byref(self.chain)))
        self.info = structures.ChainInfo(struct_size=ctypes.sizeof(structures.ChainInfo))
        self.check(library.nova_cuda_chain_get_info(self.chain, ctypes.byref(self.info)))
        self.filters = (ctypes.c_void_p * len(layers))()
        self.kept = [layer.bias.float().cuda() for layer in layers]
        self.biases = (ctypes.c_void_p * len(layers))(*[bias.data_ptr() for bias in self.kept])
        for i, layer in enumerate(layers):
            weights = layer.weights.float().contiguous()
            made_filter = ctypes.c_void_p()
            self.check(library.nova_cuda_filter_create(
                self.plan(i), ctypes.c_void_p(weights.data_ptr()), 0, ctypes.byref(made_filter)))
            self.filters[i] = made_filter
        self.workspace = torch.empty(max(self.info.workspace_bytes, 1), dtype=torch.uint8,
                                     device="cuda")

    def check(self, status):
        check(self.library, status)

    def plan(self, i):
        return ctypes.c_void_p(self.library.nova_cuda_chain_plan(self.chain, i))

    def names(self):
        """The layers' plans, of equal ones that follow each other how many they are."""
        runs = []
        for i in range(self.info.layers):
            info = structures.PlanInfo(struct_size=ctypes.sizeof(structures.PlanInfo))
            self.check(self.library.nova_cuda_plan_get_info(self.plan(i), ctypes.byref(info)))
            name = name_of(info)
            if runs and runs[-1][0] == name:
                runs[-1][1] += 1
            else:
                runs.append([name, 1])
        return ", ".join(f"{count} {name}" for name, count in runs)

    def run(self, x, y):
        args = structures.ChainArgs()
        self.library.nova_cuda_chain_args_init(ctypes.byref(args))
        args.x, args.y = x.data_ptr(), y.data_ptr()
        args.filters = ctypes.cast(self.filters, ctypes.POINTER(ctypes.c_void_p))
        args.biases = ctypes.cast(self.biases, ctypes.POINTER(ctypes.c_void_p))
        args.workspace = self.workspace.data_ptr()
        args.workspace_bytes = self.info.workspace_bytes
        stream = ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)
        self.check(self.library.nova_cuda_chain_execute(self.chain, ctypes.byref(args), stream))

    def close(self):
        for made in self.filters:
            self.library.nova_cuda_filter_destroy(ctypes.c_void_p(made))
        self.library.nova_cuda_chain_destroy(self.chain)


def torch_chain(layers, dtype, fused, memory_format):
    """A function that runs the layers by PyTorch."""
    weights = [layer.weights.to(dtype).cuda().to(memory_format=memory_format)
               for layer in layers]
    biases = [layer.bias.to(dtype).cuda() for layer in layers]
    ones = [1, 1]

    def run(x):
        outputs = {X: x}
        for i, layer in enumerate(layers):
            own = outputs[i - 1]
            other = outputs.get(layer.residual)
            if fused and layer.relu and other is None:
                own = torch.cudnn_convolution_relu(own, weights[i], biases[i], ones, ones, ones, 1)
            elif fused and layer.relu:
                own = torch.cudnn_convolution_add_relu(own, weights[i], other, 1.0, biases[i], ones,
                                                       ones, ones, 1)
            else:
                own = torch.nn.functional.conv2d(own, weights[i], biases[i], padding=1)
                if other is not None:
                    own += other
                if layer.relu:
                    own.relu_()
            outputs[i] = own
        return own
    return run


def denoiser(size):
    from safetensors.torch import load_file
    tensors = load_file(ROOT / "models" / "denoiser.safetensors")
    count = sum(name.endswith(".weight") for name in tensors)
    layers = [Layer(tensors[f"conv.{i}.weight"].shape[1], tensors[f"conv.{i}.weight"].shape[0],
                    relu=i < count - 1, weights=tensors[f"conv.{i}.weight"].float(),
                    bias=tensors[f"conv.{i}.bias"].float()) for i in range(count)]
    return [(f"denoiser {size}x{size}", (1, 3, size, size), layers)]


def vgg16(batch):
    blocks = ((224, (3, 64, 64)), (112, (64, 128, 128)), (56, (128, 256, 256, 256)),
              (28, (256, 512, 512, 512)), (14, (512, 512, 512, 512)))
    return [(f"VGG-16 {widths[-1]}@{side}" + (f", {batch} images" if batch > 1 else ""),
             (batch, widths[0], side, side),
             [Layer(c, k) for c, k in zip(widths, widths[1:])]) for side, widths in blocks]


def basic(batch):
    return [(f"basic block {c}@{side}" + (f", {batch} images" if batch > 1 else ""),
             (batch, c, side, side), [Layer(c, c), Layer(c, c, residual=X)])
            for c, side in ((64, 56), (128, 28), (256, 14), (512, 7))]


def edsr():
    chains = []
    for side in (128, 256):
        layers = []
        for block in range(8):
            layers += [Layer(256, 256), Layer(256, 256, relu=False, residual=2 * block - 1)]
        chains.append((f"8 residual blocks of 256 channels at {side}x{side}", (1, 256, side, side),
                       layers))
    return chains


def wide():
    return [(f"4 layers of {c} channels at {side}x{side}, batch {n}", (n, c, side, side),
             [Layer(c, c) for _ in range(4)])
            for n, c, side in ((1, 512, 64), (1, 512, 128), (1, 512, 256), (2, 640, 64),
                               (2, 320, 128), (32, 256, 28))]


def layers_apart(library, shape, layers, layout):
    """A function that runs each layer as a chain of its own, and the chains; residuals cannot."""
    n, _, h, w = shape
    chains = [NovaChain(library, (n, layer.c, h, w), [layer], layout) for layer in layers]
    between = [torch.empty(n, layer.k, h, w, device="cuda", dtype=torch.half,
                           memory_format=FORMATS[layout]) for layer in layers]

    def run(x):
        for chain, y in zip(chains, between):
            chain.run(x, y)
            x = y
    return run, chains


def measure(library, layout, name, shape, layers):
    like = {"device": "cuda", "dtype": torch.half, "memory_format": FORMATS[layout]}
    x = torch.empty(shape, **like).copy_(torch.randn(shape))
    y = torch.empty(shape[0], layers[-1].k, *shape[2:], **like).fill_(math.nan)
    with torch.backends.cudnn.flags(benchmark=False, allow_tf32=False):
        exact = torch_chain(layers, torch.float, False, FORMATS[layout])(x.float())
    chain = NovaChain(library, shape, layers, layout)
    alone = all(layer.residual == NONE for layer in layers)
    apart, singles = layers_apart(library, shape, layers, layout) if alone else (None, [])
    peers = [torch_chain(layers, torch.half, fused, FORMATS[layout]) for fused in (False, True)]
    kept = [None]

    def call_peer(peer):
        def call(_):
            kept[0] = peer(x)
        return call

    chain.run(x, y)
    error, peer_error = (relative_error(result, exact) for result in (y, peers[0](x)))
    calls = [lambda _: chain.run(x, y), call_peer(peers[0]), call_peer(peers[1])]
    if alone:
        calls.append(lambda _: apart(x))
    graphs = [capture(call, CALLS) for call in calls]
    ours, plain, with_relu, *one_by_one = replay(graphs, CALLS, REPLAYS)
    row = dict(zip(HEADING, (name, chain.names(), ours, 1e6 * chain.info.cost_seconds,
                             one_by_one[0] if alone else "", plain, with_relu,
                             min(plain, with_relu) / ours, error, peer_error,
                             chain.info.workspace_bytes * 1e-6)))
    print(tables.line(row, HEADING), flush=True)
    for made in (chain, *singles):
        made.close()
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("library")
    parser.add_argument("--chains", default="denoiser,vgg16,basic,basicx32,edsr,wide")
    parser.add_argument("--layout", choices=tuple(FORMATS), default="nhwc", help="of all tensors")
    parser.add_argument("--size", type=int, default=1024, help="side of the denoiser's picture")
    parser.add_argument("--wisdom", metavar="FILE",
                        help="measured plans, of nova bench --tune or tools/tune_cuda")
    parser.add_argument("--json", help="writes the rows to this file")
    options = parser.parse_args()
    known = {"denoiser": lambda: denoiser(options.size), "vgg16": lambda: vgg16(1),
             "vgg16x16": lambda: vgg16(16), "basic": lambda: basic(1),
             "basicx32": lambda: basic(32), "edsr": edsr, "wide": wide}
    names = options.chains.split(",")
    for name in names:
        if name not in known:
            parser.error(f"there is no chain {name!r}: {', '.join(known)}")
    library = set_up(options.library, options.wisdom)
    print(tables.heading(HEADING))
    rows = []
    for name in names:
        for chain in known[name]():
            try:
                rows.append(measure(library, options.layout, *chain))
            except RuntimeError as reason:
                print(f"| {chain[0]}: {reason} |", flush=True)
            torch.cuda.empty_cache()
    mean = tables.geometric_mean([row["best cuDNN / nova"] for row in rows])
    print(f"\nBest cuDNN over nova, geometric mean: {mean:.2f}")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
