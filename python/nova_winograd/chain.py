# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Layers that follow each other, computed as one: nova_cuda_chain of the C interface.

On a CUDA device biases, activations and residuals are part of the kernels, tensors between layers
are channel-last and share one workspace, and Python is asked once. Anywhere else, and where
gradients are wanted, the layers run one by one.
"""

import collections
import ctypes

import torch
from torch import nn
from torch.nn import functional as F

from ._library import CHAINS, PATH, _memory_format
from ._options import Options
from ._structures import ChainArgs, ChainInfo, Desc, PlanOptions
from ._structures import ChainLayer as LayerStructure
from .functional import convolve, four_sides
from .modules import why_not

_ACTIVATIONS = {None: (0, lambda y: y), "relu": (1, F.relu), "silu": (2, F.silu)}
_TYPES = {torch.float32: 0, torch.float16: 1, torch.bfloat16: 2}
_NONE, _X = -2, -1


class ChainLayer:
    """A convolution of a Chain.

    conv        an nn.Conv2d that nova computes: stride 1, no groups, zeros as padding
    activation  None, "relu" or "silu"
    residual    whose output is added before the activation: None, "x" (the chain's input) or the
                number of an earlier layer
    """

    def __init__(self, conv, activation=None, residual=None):
        reason = why_not(conv)
        if reason is None and conv.padding_mode != "zeros":
            reason = f"padding mode {conv.padding_mode}"
        if reason:
            raise ValueError(f"nova does not compute this convolution: {reason}")
        if activation not in _ACTIVATIONS:
            raise ValueError(f"activation {activation!r}: must be None, 'relu' or 'silu'")
        self.conv, self.activation = conv, activation
        self.residual = {None: _NONE, "x": _X}.get(residual, residual)
        if not isinstance(self.residual, int):
            raise ValueError(f"residual {residual!r}: must be None, 'x' or a layer's number")


class Chain(nn.Module):
    """Layers of which each reads what the one before it wrote.

        chain = Chain([ChainLayer(conv1, "relu"), ChainLayer(conv2, "relu", residual="x")])
        chain = Chain.from_sequential(nn.Sequential(conv1, nn.ReLU(), conv2))
        y = chain(x)

    The parameters are the modules' own; keywords are those of Options. The output has the input's
    memory format. The first call for a shape plans it, and the first one after a parameter has
    changed transforms weights: neither can be captured in a CUDA graph.
    """

    PLANS_KEPT = 8

    def __init__(self, layers, **options):
        super().__init__()
        self.links = list(layers)
        for number, link in enumerate(self.links):
            if not _NONE <= link.residual < number:
                raise ValueError(f"layer {number}: the residual must be an earlier layer's")
        self.convs = nn.ModuleList(link.conv for link in self.links)
        self.options = Options(**options)
        self._plans = collections.OrderedDict()

    @classmethod
    def from_sequential(cls, modules, **keywords):
        """Of convolutions, each with nn.ReLU or nn.SiLU behind it or nothing."""
        layers = []
        for module in modules:
            name = {nn.ReLU: "relu", nn.SiLU: "silu"}.get(type(module))
            if name is None:
                layers.append(ChainLayer(module))
            elif layers and layers[-1].activation is None:
                layers[-1].activation = name
            else:
                raise ValueError(f"{type(module).__name__} does not follow a convolution")
        return cls(layers, **keywords)

    def forward(self, x):
        if self._runs_as_one(x):
            return self._plan_for(x).run(x)
        outputs = {_X: x}
        for number, link in enumerate(self.links):
            conv = link.conv
            y = convolve(outputs[number - 1], conv.weight, conv.bias,
                         four_sides(conv.padding, conv.kernel_size), self.options.text)
            if link.residual != _NONE:
                y = y + outputs[link.residual]
            outputs[number] = _ACTIVATIONS[link.activation][1](y)
        return outputs[len(self.links) - 1]

    def _runs_as_one(self, x):
        wants_gradients = torch.is_grad_enabled() and (
            x.requires_grad or any(p.requires_grad for p in self.parameters()))
        return (x.device.type == "cuda" and x.dtype in CHAINS and x.dim() == 4
                and len(x) > 0 and not wants_gradients and not torch.compiler.is_compiling())

    def _plan_for(self, x):
        key = (tuple(x.shape), x.dtype, x.device.index, _is_channels_last(x))
        plan = self._plans.pop(key, None) or _Plan(self, x)
        self._plans[key] = plan
        while len(self._plans) > self.PLANS_KEPT:
            self._plans.popitem(last=False)
        return plan

    def plan(self, x):
        """Predicted microseconds and bytes of workspace for an input like x, on a CUDA device."""
        if x.device.type != "cuda" or x.dtype not in CHAINS:
            raise ValueError("planned as a chain are float16 and bfloat16 inputs on a CUDA device, "
                             "where the library has the engine for it")
        info = self._plan_for(x).info
        return {"predicted_us": 1e6 * info.cost_seconds, "workspace_bytes": info.workspace_bytes}

    def __getstate__(self):
        return {**self.__dict__, "_plans": collections.OrderedDict()}


def _is_channels_last(x):
    return _memory_format(x) == torch.channels_last


def _find_library():
    library = ctypes.CDLL(PATH)
    library.nova_last_error.restype = ctypes.c_char_p
    library.nova_arith_name.restype = ctypes.c_char_p
    library.nova_cuda_chain_plan.restype = ctypes.c_void_p
    library.nova_cuda_chain_destroy.argtypes = [ctypes.c_void_p]
    library.nova_cuda_filter_destroy.argtypes = [ctypes.c_void_p]
    return library


def _fill_options(library, wanted):
    """The structure of the C interface for Options."""
    options = PlanOptions()
    library.nova_plan_options_init(ctypes.byref(options))
    options.threads = 0  # all processors transform weights
    if wanted.tile is not None:
        pair = isinstance(wanted.tile, (tuple, list))
        options.tile_h, options.tile_w = wanted.tile if pair else (wanted.tile, wanted.tile)
    if wanted.points is not None:
        options.set = wanted.points.encode()
    if wanted.arith is not None:
        numbers = {library.nova_arith_name(i): i for i in range(16)}
        if wanted.arith.encode() not in numbers:
            raise ValueError(f"arith {wanted.arith!r} is not known")
        options.arith = numbers[wanted.arith.encode()]
    options.max_error = wanted.max_error or 0
    options.flags = (not wanted.scaling) + 2 * (not wanted.compensation)
    return options


class _Plan:
    """A chain of the C interface for one shape, with its filters."""

    def __init__(self, owner, x):
        self.library, self.links = _find_library(), owner.links
        self.chain, self.filters, self.versions = ctypes.c_void_p(), [], None
        layers = (LayerStructure * len(self.links))()
        options = _fill_options(self.library, owner.options)
        n, c, h, w = x.shape
        self.format = torch.channels_last if _is_channels_last(x) else torch.contiguous_format
        for link, layer in zip(self.links, layers):
            desc = Desc()
            self.library.nova_conv_desc_init(ctypes.byref(desc))
            k, own_c, r, s = link.conv.weight.shape
            if own_c != c:
                raise ValueError(f"a layer for {own_c} channels reads {c}")
            sides = four_sides(link.conv.padding, (r, s))
            desc.n, desc.c, desc.h, desc.w, desc.k, desc.r, desc.s = n, c, h, w, k, r, s
            desc.pad_top, desc.pad_bottom, desc.pad_left, desc.pad_right = sides
            desc.dtype = _TYPES[x.dtype]
            desc.layout = int(self.format == torch.channels_last)
            desc.activation = _ACTIVATIONS[link.activation][0]
            self.library.nova_cuda_chain_layer_init(ctypes.byref(layer))
            layer.desc, layer.options = ctypes.pointer(desc), ctypes.pointer(options)
            layer.residual = link.residual
            c, h, w = k, h + sides[0] + sides[1] - r + 1, w + sides[2] + sides[3] - s + 1
        self.out = (n, c, h, w)
        self._check(self.library.nova_cuda_chain_create(layers, len(layers), x.device.index,
                                                        ctypes.byref(self.chain)))
        self.info = ChainInfo(struct_size=ctypes.sizeof(ChainInfo))
        self._check(self.library.nova_cuda_chain_get_info(self.chain, ctypes.byref(self.info)))

    def _check(self, status):
        if status != 0:
            raise RuntimeError(f"nova_winograd: {self.library.nova_last_error().decode()}")

    def _drop_filters(self):
        for made in self.filters:
            self.library.nova_cuda_filter_destroy(made)
        self.filters = []

    def __del__(self):
        self._drop_filters()
        self.library.nova_cuda_chain_destroy(self.chain)

    def _transform_weights(self):
        """Filters and widened biases are made again when a parameter has changed."""
        parameters = [p for link in self.links for p in (link.conv.weight, link.conv.bias)]
        versions = [p is not None and (p.data_ptr(), p._version) for p in parameters]
        if versions == self.versions:
            return
        torch.cuda.current_stream().synchronize()  # nobody reads the old ones any more
        self._drop_filters()
        self.biases = [None if link.conv.bias is None else link.conv.bias.detach().float()
                       for link in self.links]
        for number, link in enumerate(self.links):
            weights = link.conv.weight.detach().float().cpu().contiguous()
            plan = ctypes.c_void_p(self.library.nova_cuda_chain_plan(self.chain, number))
            made = ctypes.c_void_p()
            self._check(self.library.nova_cuda_filter_create(
                plan, ctypes.c_void_p(weights.data_ptr()), _TYPES[torch.float32],
                ctypes.byref(made)))
            self.filters.append(made)
        self.versions = versions

    def run(self, x):
        with torch.cuda.device(x.device):
            self._transform_weights()
            x = x.contiguous(memory_format=self.format)
            if x.data_ptr() % 16 != 0:  # part of another tensor
                x = x.clone(memory_format=self.format)
            y = torch.empty(self.out, dtype=x.dtype, device=x.device, memory_format=self.format)
            workspace = torch.empty(self.info.workspace_bytes, dtype=torch.uint8, device=x.device)
            count = len(self.links)
            args = ChainArgs()
            self.library.nova_cuda_chain_args_init(ctypes.byref(args))
            args.x, args.y = x.data_ptr(), y.data_ptr()
            args.filters = (ctypes.c_void_p * count)(*[made.value for made in self.filters])
            args.biases = (ctypes.c_void_p * count)(
                *[None if bias is None else bias.data_ptr() for bias in self.biases])
            args.workspace = workspace.data_ptr()
            args.workspace_bytes = self.info.workspace_bytes
            stream = ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)
            self._check(self.library.nova_cuda_chain_execute(self.chain, ctypes.byref(args),
                                                             stream))
        return y
