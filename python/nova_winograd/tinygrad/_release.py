# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Which tinygrad this is written for.

tinygrad's interfaces change from release to release (custom kernels are called alpha there), and a
change may give wrong numbers instead of an error. So the release is checked when the package is
imported, and no other is accepted.
"""

from importlib import metadata

#: The release that everything here was tested with.
RELEASE = "0.14.0"


def check(version=None):
    """Raises ImportError unless tinygrad is there, in RELEASE (or `version` is RELEASE)."""
    if version is None:
        try:
            version = metadata.version("tinygrad")
        except metadata.PackageNotFoundError:
            raise ImportError("nova_winograd.tinygrad needs tinygrad, which is not installed: "
                              f"pip install tinygrad=={RELEASE}") from None
    if version != RELEASE:
        raise ImportError(f"nova_winograd.tinygrad works with tinygrad {RELEASE}, not with {version}, "
                          f"which is installed: pip install tinygrad=={RELEASE}")
