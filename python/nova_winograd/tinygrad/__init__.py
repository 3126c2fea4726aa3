# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Winograd convolution by nova for tinygrad.

    from nova_winograd.tinygrad import nova_conv2d, patch
    y = nova_conv2d(x, weight, bias, padding=1)         # one convolution
    patch()                                             # all that are eligible and worth it

docs/tinygrad.md has the rest.
"""

from ._release import check as _check

_check()

from ._native import NovaError  # noqa: E402
from ._problem import Problem, why_not  # noqa: E402
from .convolution import nova_conv2d  # noqa: E402
from .heuristic import advise  # noqa: E402
from .patching import patch, unpatch  # noqa: E402

__all__ = ["NovaError", "Problem", "advise", "nova_conv2d", "patch", "unpatch", "why_not"]
