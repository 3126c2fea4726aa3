# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Loads the library with the engines and registers what PyTorch must know of its operators."""

import json
import os
from pathlib import Path

import torch

LIBRARY = "libnova_torch.so"


def _library_path(folders):
    """The library beside this package; an editable install has it in another folder."""
    chosen = os.environ.get("NOVA_TORCH_LIBRARY")
    candidates = [Path(chosen)] if chosen else [Path(folder) / LIBRARY for folder in folders]
    for path in candidates:
        if path.is_file():
            return str(path)
    raise ImportError(f"{LIBRARY} is not in any of {[str(path) for path in candidates]}; "
                      "build it with `pip install .` in nova's folder")


def _package_folders():
    from importlib import metadata

    import nova_winograd

    folders = list(nova_winograd.__path__)
    try:
        folders.append(metadata.distribution("nova_winograd").locate_file("nova_winograd"))
    except metadata.PackageNotFoundError:
        pass
    return folders


PATH = _library_path(_package_folders())
torch.ops.load_library(PATH)
ops = torch.ops.nova_winograd

VERSION, *_engines = ops.version().split()
#: True if the library has the engine for CUDA devices, or that for AMD's.
HAS_CUDA = "cuda" in _engines
HAS_HIP = "hip" in _engines

#: Element types that each kind of device computes; anything else goes to PyTorch's own operator.
ENGINES = {"cpu": frozenset({torch.float32, torch.float16, torch.bfloat16}),
           "meta": frozenset({torch.float32, torch.float16, torch.bfloat16})}
# PyTorch's builds for ROCm call AMD's devices "cuda" as well.
if HAS_HIP if torch.version.hip is not None else HAS_CUDA and torch.version.cuda is not None:
    ENGINES["cuda"] = frozenset({torch.float16, torch.bfloat16})
#: Those of devices that compute a Chain in one call: CUDA's, the engine for AMD's has no chains.
CHAINS = frozenset() if torch.version.hip is not None else ENGINES.get("cuda", frozenset())


def plan(sizes, padding, dtype, channels_last, device, options):
    """What nova would do: a dict with algorithm, tile, set, arith, predicted_error, ..., and chosen_by:
    "wisdom" if measurements say that nothing is faster, "model" if the cost model does.

    sizes is [n, c, h, w, k, r, s]; padding [top, bottom, left, right]; dtype a torch.dtype; device
    -1 for the CPU, otherwise the number of a CUDA device; options as for the operators.
    """
    name = {torch.float32: "f32", torch.float16: "f16", torch.bfloat16: "bf16"}[dtype]
    return json.loads(ops.plan(list(sizes), list(padding), name, channels_last, device, options))


def statistics():
    """Plans and filters made since the process began, and how many are kept now."""
    return json.loads(ops.counts())


def release():
    """Forgets all plans, packed filters and workspaces; they are made again when needed."""
    ops.drop(0)


def _output(input, weight, padding):
    top, bottom, left, right = padding
    channels_last = torch.channels_last in (_memory_format(input), _memory_format(weight))
    return torch.empty(
        (input.shape[0], weight.shape[0], input.shape[2] + top + bottom - weight.shape[2] + 1,
         input.shape[3] + left + right - weight.shape[3] + 1),
        dtype=input.dtype, device=input.device,
        memory_format=torch.channels_last if channels_last else torch.contiguous_format)


def _memory_format(tensor):
    return torch._prims_common.suggest_memory_format(tensor)


@torch.library.register_fake("nova_winograd::conv2d")
def _conv2d_fake(input, weight, bias, padding, options, nova_gradient=False):
    return _output(input, weight, padding)


@torch.library.register_fake("nova_winograd::conv2d_inference")
def _conv2d_inference_fake(input, weight, bias, padding, options):
    return _output(input, weight, padding)


def _setup_context(ctx, inputs, output):
    input, weight, bias, padding, options, nova_gradient = inputs
    ctx.save_for_backward(input, weight)
    ctx.padding, ctx.options, ctx.nova_gradient = padding, options, nova_gradient
    ctx.bias_dtype = None if bias is None else bias.dtype


def _backward(ctx, grad):
    """Gradients of a cross-correlation in binary32, by PyTorch's own kernels.

    The data gradient is one more convolution, of `grad` with the filter turned by 180 degrees and
    its channels swapped; with nova_gradient it is computed by nova, under the same options.
    """
    input, weight = ctx.saved_tensors
    by_nova = (ctx.nova_gradient and ctx.needs_input_grad[0]
               and _can_turn(ctx.padding, weight.shape))
    mask = [ctx.needs_input_grad[0] and not by_nova, ctx.needs_input_grad[1], False]
    grad_input = grad_weight = grad_bias = None
    if by_nova:
        grad_input = _nova_data_gradient(grad, weight, ctx.padding, ctx.options)
    if mask[0] or mask[1]:
        native_input, grad_weight = _native_gradients(grad.float(), input, weight, ctx.padding, mask)
        grad_input = native_input if mask[0] else grad_input
    if ctx.bias_dtype is not None and ctx.needs_input_grad[2]:
        grad_bias = grad.float().sum((0, 2, 3)).to(ctx.bias_dtype)
    return grad_input, grad_weight, grad_bias, None, None, None


def _can_turn(padding, shape):
    taps = (shape[2], shape[2], shape[3], shape[3])
    return all(p <= r - 1 for p, r in zip(padding, taps))


def _nova_data_gradient(grad, weight, padding, options):
    top, bottom, left, right = padding
    r, s = weight.shape[2], weight.shape[3]
    turned = weight.flip(2, 3).transpose(0, 1).contiguous()
    # The turned filter lives for this one call only.
    once = f"{options},keep=0" if options else "keep=0"
    return ops.conv2d(grad, turned, None, [r - 1 - top, r - 1 - bottom, s - 1 - left, s - 1 - right],
                      once, True)


def _native_gradients(grad, input, weight, padding, mask):
    top, bottom, left, right = padding
    x = input.float()
    symmetric = top == bottom and left == right
    if not symmetric:
        x = torch.nn.functional.pad(x, (left, right, top, bottom))
    pads = [top, left] if symmetric else [0, 0]
    grad_x, grad_w, _ = torch.ops.aten.convolution_backward(
        grad, x, weight.float(), None, [1, 1], pads, [1, 1], False, [0, 0], 1, mask)
    if mask[0]:
        if not symmetric:
            grad_x = grad_x[:, :, top:top + input.shape[2], left:left + input.shape[3]]
        grad_x = grad_x.to(input.dtype)
    return grad_x, grad_w.to(weight.dtype) if mask[1] else None


torch.library.register_autograd("nova_winograd::conv2d", _backward, setup_context=_setup_context)


class Convolution(torch.autograd.Function):
    """conv2d with its derivative for eager mode: the dispatch of a registered derivative is written
    in Python and takes several times as long as this."""

    @staticmethod
    def forward(ctx, *inputs):
        _setup_context(ctx, inputs, None)
        return ops.conv2d_inference.default(*inputs[:5])

    backward = staticmethod(_backward)


# Convolution.apply without what Function.apply does first in Python, a quarter of the cost of a
# call: it looks for transforms of torch.func, as differentiable() has done already, and for tensors
# left over from transforms that have ended, which the operator takes as they are.
_apply = super(torch.autograd.Function, Convolution).apply


class TransformableConvolution(torch.autograd.Function):
    """The same in the form that the transforms of torch.func ask for, which is slower."""

    @staticmethod
    def forward(input, weight, bias, padding, options, nova_gradient):
        return ops.conv2d_inference.default(input, weight, bias, padding, options)

    setup_context = staticmethod(_setup_context)
    backward = staticmethod(_backward)


def differentiable(*inputs):
    """conv2d for operands that need gradients. Compilers see the operator."""
    if torch.compiler.is_compiling():
        return ops.conv2d.default(*inputs)
    if torch._C._are_functorch_transforms_active():
        return TransformableConvolution.apply(*inputs)
    return _apply(*inputs)
