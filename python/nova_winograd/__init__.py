# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Winograd convolution with large tiles, usable in half precision, for PyTorch and tinygrad.

    import nova_winograd
    count = nova_winograd.replace_conv2d_with_nova(model)   # in place; the model works as before
    print(nova_winograd.report(model, example_inputs=x))    # what each layer does, and why

docs/pytorch.md has the rest. nova_winograd.tinygrad is for tinygrad (docs/tinygrad.md) and does not
need PyTorch; where PyTorch is not installed it is all that there is.
"""

from importlib.util import find_spec

if find_spec("torch") is not None:
    from ._library import HAS_CUDA, VERSION, plan, release, statistics
    from ._options import Options
    from .chain import Chain, ChainLayer
    from .functional import nova_forward
    from .modules import (NovaWinogradConv2d, NovaWinogradConv2dCompilable,
                          NovaWinogradConv2dTrainable, why_not)
    from .replace import replace_conv2d_with_nova, restore_conv2d
    from .report import report

    __version__ = VERSION
    __all__ = ["Chain", "ChainLayer", "HAS_CUDA", "NovaWinogradConv2d",
               "NovaWinogradConv2dCompilable", "NovaWinogradConv2dTrainable", "Options",
               "nova_forward", "plan", "release", "replace_conv2d_with_nova", "report",
               "restore_conv2d", "statistics", "why_not"]
else:
    def __getattr__(name):
        """Says what is missing, to those who ask for what needs it."""
        if name.startswith("_"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        raise AttributeError(f"nova_winograd.{name} needs PyTorch, which is not installed "
                             "(nova_winograd.tinygrad does not)")
