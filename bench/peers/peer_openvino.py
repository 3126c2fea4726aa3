# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""OpenVINO's CPU plugin: a model of one convolution, channels first or last, its output written
where it is told to. The precision hint is the type's: for f16 the plugin may take another one."""

import numpy as np
import openvino
from openvino import opset13 as operations

from peer import Variant

VERSION = openvino.__version__.split("-")[0]
TYPES = {"f32": openvino.Type.f32, "f16": openvino.Type.f16, "bf16": openvino.Type.bf16}
CORE = openvino.Core()


def build(layer, order):
    x = operations.parameter([1, layer.c, layer.h, layer.w], np.float32)
    weights = operations.constant(np.array(layer.weights))
    y = operations.convolution(x, weights, [1, 1], [1, 1], [1, 1], [1, 1])
    edges = openvino.preprocess.PrePostProcessor(openvino.Model([y], [x]))
    for edge in (edges.input(), edges.output()):
        edge.model().set_layout(openvino.Layout("NCHW"))
        edge.tensor().set_element_type(TYPES[layer.dtype]).set_layout(openvino.Layout(order))
    return edges.build()


def to_tensor(values, dtype):
    """The tensor's own type by way of a model that converts: NumPy has no bfloat16."""
    x = operations.parameter(values.shape, np.float32)
    convert = openvino.Model([operations.convert(x, dtype)], [x])
    request = CORE.compile_model(convert, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    request = request.create_infer_request()
    tensor = openvino.Tensor(TYPES[dtype], openvino.Shape(values.shape))
    request.set_input_tensor(openvino.Tensor(values, shared_memory=True))
    request.set_output_tensor(tensor)
    request.infer()
    return tensor


def to_float(tensor):
    """Bits of bfloat16 are the upper half of a binary32's."""
    if tensor.element_type == openvino.Type.bf16:
        bits = tensor.data.view(np.uint16).astype(np.uint32) << 16
        return bits.view(np.float32)
    return tensor.data.astype(np.float32)


def prepare(layer, order, hint):
    last = order == "NHWC"
    settings = {"INFERENCE_NUM_THREADS": layer.threads, "NUM_STREAMS": 1,
                "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": hint}
    compiled = CORE.compile_model(build(layer, order), "CPU", settings)
    request = compiled.create_infer_request()
    x = layer.x.transpose(1, 2, 0) if last else layer.x
    x = to_tensor(np.ascontiguousarray(x[np.newaxis]), layer.dtype)
    shape = (1, layer.h, layer.w, layer.k) if last else (1, layer.k, layer.h, layer.w)
    y = openvino.Tensor(TYPES[layer.dtype], openvino.Shape(shape))
    request.set_input_tensor(x)
    request.set_output_tensor(y)
    kernels = [node.get_rt_info()["primitiveType"].astype(str)
               for node in compiled.get_runtime_model().get_ordered_ops()
               if node.get_rt_info()["layerType"].astype(str) == "Convolution"]

    def run():
        request.start_async()
        request.wait()

    def read():
        values = to_float(y)[0]
        return values.transpose(2, 0, 1) if last else values

    return Variant(f"{order} {'+'.join(kernels)}", layer.dtype, run, read)


def variants(layer):
    for order in ("NHWC", "NCHW"):
        for hint in dict.fromkeys((layer.dtype, "f32")):
            yield lambda order=order, hint=hint: prepare(layer, order, hint)
