# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Winograd convolution with large tiles, usable in half precision, for PyTorch and tinygrad.

    import nova_winograd
    count = nova_winograd.replace_conv2d_with_nova(model)   # in place; the model works as before
    print(nova_winograd.report(model, example_inputs=x))    # what each layer does, and why

docs/pytorch.md has the rest. nova_winograd.tinygrad is for tinygrad (docs/tinygrad.md) and needs nothing
of what is for PyTorch; where that cannot be loaded, asking for it gives the reason.
"""

__all__ = ["Chain", "ChainLayer", "HAS_CUDA", "NovaWinogradConv2d", "NovaWinogradConv2dCompilable",
           "NovaWinogradConv2dTrainable", "Options", "nova_forward", "plan", "release",
           "replace_conv2d_with_nova", "report", "restore_conv2d", "statistics", "why_not"]

try:
    from ._library import HAS_CUDA, VERSION, plan, release, statistics
    from ._options import Options
    from .chain import Chain, ChainLayer
    from .functional import nova_forward
    from .modules import (NovaWinogradConv2d, NovaWinogradConv2dCompilable,
                          NovaWinogradConv2dTrainable, why_not)
    from .replace import replace_conv2d_with_nova, restore_conv2d
    from .report import report

    __version__ = VERSION
except ImportError as _error:
    _reason = str(_error)

    def __getattr__(name):
        if name in __all__:
            raise ImportError(f"nova_winograd.{name} is for PyTorch, which it cannot be loaded with: "
                              f"{_reason}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
