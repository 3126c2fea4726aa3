# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""ncnn: a net of one convolution, input and output in ncnn's packed layout, with each of its
Winograd tiles, without Winograd, and as ncnn itself decides."""

import os
import tempfile

import ncnn
import numpy as np

from peer import Variant

VERSION = ncnn.__version__
TILES = ("23", "43", "63")


def settings(net, layer, dtype, tile):
    options = net.opt
    options.num_threads = layer.threads
    options.use_vulkan_compute = False
    options.use_fp16_storage = options.use_fp16_packed = options.use_fp16_arithmetic = False
    options.use_bf16_storage = options.use_bf16_packed = dtype == "bf16"
    if tile is not None:
        options.use_winograd_convolution = tile != ""
        for other in TILES:
            setattr(options, f"use_winograd{other}_convolution", other == tile)


def load(net, layer):
    with tempfile.TemporaryDirectory() as folder:
        param, weights = os.path.join(folder, "param"), os.path.join(folder, "bin")
        with open(param, "w", encoding="ascii") as file:
            file.write("7767517\n2 2\nInput x 0 1 x\n"
                       f"Convolution y 1 1 x y 0={layer.k} 1=3 4=1 5=0 6={layer.weights.size}\n")
        with open(weights, "wb") as file:
            file.write(bytes(4))  # a tag: binary32 follows
            layer.weights.tofile(file)
        if net.load_param(param) != 0 or net.load_model(weights) != 0:
            raise RuntimeError("the net cannot be loaded")


def pack(x, dtype):
    mat = ncnn.Mat(np.ascontiguousarray(x)).clone()
    if dtype == "bf16":
        mat = ncnn.cast_float32_to_bfloat16(mat)
    for lanes in (16, 8, 4):  # the widest that the channels fill
        if x.shape[0] % lanes == 0:
            return ncnn.convert_packing(mat, lanes)
    return mat


def unpack(mat, dtype):
    if mat.elempack > 1:
        mat = ncnn.convert_packing(mat, 1)
    if mat.elembits() == 16:
        mat = ncnn.cast_bfloat16_to_float32(mat)
    return np.array(mat)


def prepare(layer, dtype, tile):
    net = ncnn.Net()
    settings(net, layer, dtype, tile)
    load(net, layer)
    x = pack(layer.x, dtype)
    result = [None]

    def run():
        extractor = net.create_extractor()
        extractor.input("x", x)
        status, result[0] = extractor.extract("y", 1)  # 1: as it is, not unpacked
        if status != 0:
            raise RuntimeError(f"extract fails with status {status}")

    name = {None: "its own choice", "": "no Winograd"}.get(tile, f"Winograd {tile}")
    return Variant(name, dtype, run, lambda: unpack(result[0], dtype))


def variants(layer):
    dtype = "bf16" if layer.dtype == "bf16" else "f32"
    for tile in (None, *TILES, ""):
        yield lambda tile=tile: prepare(layer, dtype, tile)
