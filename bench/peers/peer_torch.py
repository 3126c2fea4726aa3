# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""PyTorch, that is, the oneDNN it carries.

Weights are reordered ahead for the size at hand and the operator is called as the compiler of a
frozen model calls it. Where oneDNN has no kernel for f16 on this processor, the tensors are
converted to f32 and back around that; PyTorch's own kernel, which is many times slower, is tried on
small layers only.
"""

import torch

from peer import THREADS, Variant

torch.set_num_threads(THREADS)
torch.set_grad_enabled(False)

DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}
ONES = [1, 1]
FALLBACK_FLOPS = 1e8
VERSION = torch.__version__


def tensors(layer, dtype, memory_format):
    x = torch.from_numpy(layer.x.copy()).unsqueeze(0).to(DTYPES[dtype], memory_format=memory_format)
    weights = torch.from_numpy(layer.weights.copy()).to(DTYPES[dtype])
    return x, weights


def variant(name, dtype, compute):
    result = [None]

    def run():
        result[0] = compute()

    return Variant(name, dtype, run, lambda: result[0][0].float().contiguous().numpy())


def packed(layer, dtype, memory_format, name):
    x, weights = tensors(layer, dtype, memory_format)
    weights = torch._C._nn.mkldnn_reorder_conv2d_weight(weights.to_mkldnn(), ONES, ONES, ONES, 1,
                                                        list(x.shape))
    convolve = torch.ops.mkldnn._convolution_pointwise
    return variant(f"{name}, packed weights", dtype,
                   lambda: convolve(x, weights, None, ONES, ONES, ONES, 1, "none", [], ""))


def blocked(layer, dtype):
    """Opaque tensors in oneDNN's own layout, as they are between two of its convolutions."""
    x, weights = tensors(layer, dtype, torch.contiguous_format)
    weights = torch._C._nn.mkldnn_reorder_conv2d_weight(weights.to_mkldnn(), ONES, ONES, ONES, 1,
                                                        list(x.shape))
    x = x.to_mkldnn()
    result = [None]

    def run():
        result[0] = torch.mkldnn_convolution(x, weights, None, ONES, ONES, ONES, 1)

    return Variant("opaque tensors, packed weights", dtype, run,
                   lambda: result[0].to_dense()[0].float().numpy())


def plain(layer, dtype, memory_format, name):
    x, weights = tensors(layer, dtype, memory_format)
    weights = weights.contiguous(memory_format=memory_format)
    return variant(name, dtype, lambda: torch.conv2d(x, weights, padding=1))


def converted(layer, memory_format):
    """f16 tensors, f32 convolution."""
    x, weights = tensors(layer, "f16", memory_format)
    weights = torch._C._nn.mkldnn_reorder_conv2d_weight(weights.float().to_mkldnn(), ONES, ONES,
                                                        ONES, 1, list(x.shape))
    convolve = torch.ops.mkldnn._convolution_pointwise
    return variant("channels last, converted to f32 and back", "f16",
                   lambda: convolve(x.float(), weights, None, ONES, ONES, ONES, 1, "none", [],
                                    "").half())


def variants(layer):
    last, first = torch.channels_last, torch.contiguous_format
    if layer.dtype == "f16" and not torch.ops.mkldnn._is_mkldnn_fp16_supported():
        yield lambda: converted(layer, last)
        if 18 * layer.c * layer.k * layer.h * layer.w < FALLBACK_FLOPS:
            yield lambda: plain(layer, "f16", last, "channels last, PyTorch's own")
        return
    yield lambda: packed(layer, layer.dtype, last, "channels last")
    yield lambda: packed(layer, layer.dtype, first, "channels first")
    yield lambda: blocked(layer, layer.dtype)
    yield lambda: plain(layer, layer.dtype, last, "channels last")
