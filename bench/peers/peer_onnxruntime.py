# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""onnxruntime's CPU provider: the graph of one convolution, and that convolution alone in the
blocked layout which the optimizer gives it, without the reorders around it."""

import os
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from peer import Variant

VERSION = onnxruntime.__version__
TYPES = {"f32": (TensorProto.FLOAT, np.float32), "f16": (TensorProto.FLOAT16, np.float16)}
BLOCKED = "com.microsoft.nchwc"


def session(model, layer, optimized=None):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = layer.threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if optimized is not None:
        options.optimized_model_filepath = optimized
    return onnxruntime.InferenceSession(model.SerializeToString(), options,
                                        providers=["CPUExecutionProvider"])


def graph(node, sizes, dtype, constants, opsets):
    """A model of one node; sizes are those of its input and output."""
    values = [helper.make_tensor_value_info(name, TYPES[dtype][0], shape)
              for name, shape in zip((node.input[0], node.output[0]), sizes)]
    return helper.make_model(helper.make_graph([node], "layer", values[:1], values[1:], constants),
                             opset_imports=opsets, ir_version=9)


def plain_model(layer, dtype):
    node = helper.make_node("Conv", ["x", "w"], ["y"], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    weights = numpy_helper.from_array(layer.weights.astype(TYPES[dtype][1]), "w")
    sizes = (1, layer.c, layer.h, layer.w), (1, layer.k, layer.h, layer.w)
    return graph(node, sizes, dtype, [weights], [helper.make_opsetid("", 17)])


def bound(name, made, dtype, node, x, y, unpack):
    binding = made.io_binding()
    binding.bind_cpu_input(node[0], x)
    binding.bind_output(node[1], "cpu", 0, TYPES[dtype][1], y.shape, y.ctypes.data)

    def run():
        made.run_with_iobinding(binding)

    def read(keep=(x, y)):  # the binding only points to them
        return unpack(keep[1])

    return Variant(name, dtype, run, read)


def plain(layer, dtype):
    made = session(plain_model(layer, dtype), layer)
    x = layer.x.astype(TYPES[dtype][1])[np.newaxis]
    y = np.empty((1, layer.k, layer.h, layer.w), TYPES[dtype][1])
    return bound("graph", made, dtype, ("x", "y"), x, y, lambda y: y[0].astype(np.float32))


def optimized_convolution(layer):
    """The blocked convolution of the optimized graph, and the graph."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "optimized.onnx")
        session(plain_model(layer, "f32"), layer, path)
        model = onnx.load(path)
    nodes = [node for node in model.graph.node if (node.domain, node.op_type) == (BLOCKED, "Conv")]
    if len(nodes) != 1:
        raise RuntimeError("the optimizer makes no blocked convolution of it")
    return nodes[0], model


def block_size(layer, node, model):
    """Channels are padded to full blocks: seen in the packed weights, [k][c][3][3]."""
    weights = next(constant for constant in model.graph.initializer
                   if constant.name == node.input[1])
    padded = weights.dims[0]
    return next((size for size in (16, 8) if padded == -(-layer.k // size) * size), None)


def blocked(layer):
    node, model = optimized_convolution(layer)
    block = block_size(layer, node, model)
    if block is None:
        raise RuntimeError("blocks of an unknown size")
    h, w, k = layer.h, layer.w, -(-layer.k // block) * block
    x = layer.x.copy()
    if node.input[0] != "x":  # else it reads few channels as they are
        c = -(-layer.c // block) * block
        x = np.zeros((c, h, w), np.float32)
        x[:layer.c] = layer.x
        x = np.ascontiguousarray(x.reshape(c // block, block, h, w).transpose(0, 2, 3, 1))
        x = x.reshape(c, h, w)
    sizes = (1, *x.shape), (1, k, h, w)
    made = session(graph(node, sizes, "f32", list(model.graph.initializer), model.opset_import),
                   layer)

    def unpack(y):
        y = y.reshape(k // block, h, w, block).transpose(0, 3, 1, 2).reshape(k, h, w)
        return y[:layer.k]

    return bound("blocked", made, "f32", (node.input[0], node.output[0]), x[np.newaxis],
                 np.empty((1, k, h, w), np.float32), unpack)


def variants(layer):
    if layer.dtype == "f16":
        yield lambda: plain(layer, "f16")  # with casts to f32 around it
    else:
        yield lambda: blocked(layer)
        yield lambda: plain(layer, "f32")
