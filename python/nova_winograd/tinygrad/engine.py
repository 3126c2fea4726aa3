# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""nova's own engine inside tinygrad's graph, on the CPU.

A kernel of tinygrad may call a function by its address. Here it reads two addresses from a table, that
of nova_tinygrad_conv2d() and that of a layer, and calls the one with the other and with the addresses
of its operands. So it is a kernel like any other: it runs in its turn on tinygrad's thread, TinyJit
captures it, and its source is the same in every process, for which compiled code can be kept.

Addresses are those of this process: a captured TinyJit that holds such kernels cannot be pickled for
another one.
"""

import ctypes
import functools

from tinygrad import Device, Tensor, dtypes
from tinygrad.helpers import NUM_CPU_THREADS
from tinygrad.renderer.cstyle import ClangRenderer
from tinygrad.uop.ops import KernelInfo

from . import _native
from ._problem import NAMES
from .gradients import gradients

#: With check="sample": how many weights are compared.
SAMPLES = 1024


def why_not(device):
    """Why kernels on `device` cannot call the engine, or None if they can."""
    if isinstance(device, tuple) or device.split(":")[0] != "CPU":
        return f"the engine runs on the CPU, not on {device}"
    if not isinstance(Device[device].renderer, ClangRenderer):
        return "kernels call functions only where tinygrad compiles them with clang"
    return None


class Layer:
    """A plan with the filters that were packed for it; kept for the process, as kernels refer to it."""

    def __init__(self, problem, dtype, weights_dtype, samples, options):
        desc, chosen = _native.request(problem, dtype, **dict(options))
        handle = ctypes.c_void_p()
        lib = _native.library()
        _native.check(lib.nova_tinygrad_layer_create(
            ctypes.byref(desc), ctypes.byref(chosen), _native.DTYPES[weights_dtype], samples,
            ctypes.byref(handle)))
        self._handle = handle.value
        self._function = ctypes.cast(lib.nova_tinygrad_conv2d, ctypes.c_void_p).value

    @functools.cache
    def table(self, device):
        """The two addresses, on `device`."""
        return Tensor([self._function, self._handle], dtype=dtypes.uint64, device=device).realize()

    def info(self):
        """What nova says of the plan."""
        return _native.plan_info(_native.library().nova_tinygrad_layer_plan(self._handle))

    def filters_packed(self):
        """How often weights have been transformed and packed."""
        return _native.library().nova_tinygrad_layer_packed(self._handle)

    def release(self):
        """Frees packed filters and the workspace until the next execution."""
        _native.library().nova_tinygrad_layer_release(self._handle)


@functools.cache
def _layer(problem, dtype, weights_dtype, samples, options):
    return Layer(problem, dtype, weights_dtype, samples, options)


def layer(problem, dtype, weights_dtype, check="all", **options):
    """The layer for a request, made if it is not there yet; options as of _native.request()."""
    if check not in ("all", "sample"):
        raise ValueError(f"check={check!r}: must be 'all' or 'sample'")
    options.setdefault("threads", NUM_CPU_THREADS.value)
    return _layer(problem, NAMES[dtype], NAMES[weights_dtype], 0 if check == "all" else SAMPLES,
                  tuple(sorted(options.items())))


def _kernel(y, table, x, weight, *bias):
    """y[0] is stored once more, so that the kernel is known to write y."""
    y = y.flatten()
    called = table[0].load().call(
        table[1].load(), *(operand.flatten()[0] for operand in (y, x, weight)),
        *(b[0] for b in bias) if bias else (table.const_like(0)[0],), ret_dtype=dtypes.float32)
    return y[0].store(called.cast(y.dtype)).sink(arg=KernelInfo("nova_conv2d", opts_to_apply=()))


def conv2d(x, weight, bias, problem, check="all", **options):
    """One convolution by nova's engine."""
    # Contiguous operands are buffers; anything else would be given to the kernel as a view.
    x, weight = x.contiguous(), weight.contiguous()
    chosen = layer(problem, x.dtype, weight.dtype, check, **options)
    y = Tensor.empty(problem.n, problem.k, problem.out_h, problem.out_w, dtype=x.dtype,
                     device=x.device)
    biases = () if bias is None else (bias.float().contiguous(),)

    def gradient(grad, call):
        grad_y = Tensor(grad)
        grad_x, grad_weight = gradients(
            grad_y.cast(x.dtype), Tensor(call.src[3]), Tensor(call.src[4]), problem,
            lambda a, b, swapped: conv2d(a, b, None, swapped, check, **options))
        grad_bias = [grad_y.float().sum((0, 2, 3)).uop for _ in biases]
        return (None, None, grad_x.uop, grad_weight.uop, *grad_bias)

    return Tensor.custom_kernel(y, chosen.table(x.device), x, weight, *biases, fxn=_kernel,
                                grad_fxn=gradient)[0]
