# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""torch.nn.Conv2d computed by nova.

The modules are nn.Conv2d in everything but the kernel: parameters and state_dict keys, hooks,
padding modes, autocast. They hold no packed filters; the operators keep those with the weights'
storage and notice when the weights change, so that loading, copying, pickling and moving a model
need no care.
"""

import torch
import torch.nn.functional as F
from torch import nn

from ._library import ops
from ._options import Options
from .functional import convolve, four_sides


def why_not(conv):
    """Why nova does not compute this nn.Conv2d, in words; None if it does."""
    if not isinstance(conv, nn.Conv2d):
        return f"{type(conv).__name__} is not nn.Conv2d"
    if type(conv) is not nn.Conv2d and not isinstance(conv, NovaWinogradConv2d):
        return f"{type(conv).__name__} may compute something else than nn.Conv2d"
    if isinstance(conv.weight, nn.parameter.UninitializedTensorMixin):
        return "not initialised yet"
    return _why_not_shape(conv) or _why_not_type(conv.weight)


def _why_not_shape(conv):
    for name, value, wanted in (("stride", conv.stride, (1, 1)),
                                ("dilation", conv.dilation, (1, 1))):
        if tuple(value) != wanted:
            return f"{name} {value[0]}x{value[1]}"
    if conv.groups != 1:
        return f"{conv.groups} groups"
    r, s = conv.kernel_size
    if (r, s) == (1, 1):
        return "1x1: nothing to save"
    if not {r, s} <= {1, 3, 5, 7}:
        return f"{r}x{s}: sides must be 1, 3, 5 or 7"
    if any(p < 0 for p in four_sides(conv.padding, conv.kernel_size)):
        return "negative padding"
    return None


def _why_not_type(weight):
    if weight.dtype not in (torch.float32, torch.float16, torch.bfloat16):
        return f"weights are {str(weight.dtype).removeprefix('torch.')}"
    return None


class NovaWinogradConv2d(nn.Conv2d):
    """nn.Conv2d with nova's kernels; arguments of nn.Conv2d, then keywords of Options.

    Stride, dilation and groups must be 1. An input that nova has no engine for (float64, another
    kind of device) is computed by PyTorch.
    """

    #: "nova": the gradient of the input is computed by nova as well.
    data_gradient = "native"

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1,
                 groups=1, bias=True, padding_mode="zeros", device=None, dtype=None, *,
                 data_gradient="native", **options):
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, dilation, groups,
                         bias, padding_mode, device, dtype)
        self._adopt(Options(**options), data_gradient)

    def _adopt(self, options, data_gradient="native"):
        """Makes a complete nn.Conv2d, which this object is already, a layer of nova."""
        reason = _why_not_shape(self) or _why_not_type(self.weight)
        if reason:
            raise ValueError(f"nova does not compute this convolution: {reason}")
        if data_gradient not in ("native", "nova"):
            raise ValueError(f"data_gradient {data_gradient!r}: must be 'native' or 'nova'")
        self.options = options
        self.data_gradient = data_gradient
        #: Why this layer is computed by PyTorch after all; None: it is not.
        self.native_reason = None
        #: What policy="faster" measured: dict, or None.
        self.measured = None
        #: policy="faster", and no input has been seen yet.
        self.undecided = False

    @classmethod
    def from_conv2d(cls, conv, *, data_gradient="native", **options):
        """A layer with the parameters (shared, not copied), hooks and mode of `conv`."""
        reason = why_not(conv)
        if reason:
            raise ValueError(f"nova does not compute this convolution: {reason}")
        layer = cls.__new__(cls)
        for name, value in conv.__dict__.items():
            layer.__dict__[name] = value.copy() if isinstance(value, dict) else value
        layer._adopt(Options(**options), data_gradient)
        return layer

    def _conv_forward(self, input, weight, bias):
        if self.undecided and not torch.compiler.is_compiling():
            from .measure import decide

            decide(self, input)
        if self.native_reason is not None:
            return super()._conv_forward(input, weight, bias)
        if self.padding_mode == "zeros":
            sides = four_sides(self.padding, self.kernel_size)
        else:
            input = F.pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
            sides = [0, 0, 0, 0]
        return convolve(input, weight, bias, sides, self.options.text,
                        self.data_gradient == "nova")

    def _apply(self, fn, recurse=True):
        self._forget_filters()
        return super()._apply(fn, recurse)

    def _forget_filters(self):
        """Frees what is kept of parameters that are about to be replaced or freed."""
        for name in ("weight", "bias"):
            parameter = self._parameters.get(name)
            if parameter is not None and parameter.device.type in ("cpu", "cuda"):
                try:
                    ops.drop(parameter.data_ptr())
                except RuntimeError:  # a tensor without memory, as torch.compile traces with
                    pass

    def __del__(self):
        try:
            self._forget_filters()
        except Exception:  # incomplete objects, and the last moments of the interpreter
            pass

    def extra_repr(self):
        text = super().extra_repr()
        if self.native_reason is not None:
            return f"{text}, native: {self.native_reason}"
        return f"{text}, {self.options.text}" if self.options.text else text


class NovaWinogradConv2dTrainable(NovaWinogradConv2d):
    """NovaWinogradConv2d for training: binary32 gradients by PyTorch, whatever the tensors' type.

    With data_gradient="nova" the gradient of the input is computed by nova, in the tensors' type.
    """


class NovaWinogradConv2dCompilable(NovaWinogradConv2d):
    """The prototype's name of a layer for torch.compile(fullgraph=True); every layer here is one."""
