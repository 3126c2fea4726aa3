# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""How a layer is to be computed, as the operators take it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Options:
    """Everything that a user may ask of nova; None leaves the choice to the planner.

    tile          outputs per tile: 6, or (6, 4) for height and width; 1 is direct convolution
    points        a named point set: "best", "nova", "classic", "integer", ...
    arith         how transformed data are stored: "f32", "f16", "f16m32", "bf16x3", ...
    max_error     largest predicted error, relative rms; with no value 1e-5, 1e-2 or 5e-2 by the
                  tensors' type
    effort        "estimate": the cost model chooses; "measure": candidates are timed
    scaling       False: without scaling of taps by powers of two
    compensation  False: without error-compensated rounding of filters
    """

    tile: "int | tuple[int, int] | None" = None
    points: "str | None" = None
    arith: "str | None" = None
    max_error: "float | None" = None
    effort: str = "estimate"
    scaling: bool = True
    compensation: bool = True

    #: The options as one string, which torch.compile and torch.export treat as a constant.
    text: str = field(init=False, repr=False)

    def __post_init__(self):
        object.__setattr__(self, "text", self._as_text())

    def _as_text(self):
        items = []
        if isinstance(self.tile, (tuple, list)):
            height, width = self.tile
            items += [f"tile_h={int(height)}", f"tile_w={int(width)}"]
        elif self.tile is not None:
            items.append(f"tile={int(self.tile)}")
        for name in ("points", "arith"):
            if getattr(self, name) is not None:
                items.append(f"{name}={getattr(self, name)}")
        if self.max_error is not None:
            items.append(f"max_error={float(self.max_error)!r}")
        if self.effort != "estimate":
            items.append(f"effort={self.effort}")
        items += [f"{name}=0" for name in ("scaling", "compensation") if not getattr(self, name)]
        return ",".join(items)
