# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Schedules as they are written: "xhat=stored,ghat=inlined,mhat=stored"."""

NAMES = ("xhat", "ghat", "mhat")
PLACES = ("stored", "blocked", "inlined")
#: The eight of the form in Tensor operations, which has no blocks.
CHOICES = tuple(tuple("stored" if bits >> (2 - i) & 1 else "inlined" for i in range(3))
                for bits in reversed(range(8)))


def parse(text, default=None):
    """Three places, for XHAT, GHAT and MHAT; a name that is not mentioned has the default."""
    places = dict.fromkeys(NAMES, default)
    for item in text.split(",") if text else ():
        name, _, place = item.strip().partition("=")
        if name not in places or place not in PLACES:
            raise ValueError(f"schedule {text!r}: {item!r} is not one of {', '.join(NAMES)} with one of "
                             f"{', '.join(PLACES)}")
        places[name] = place
    return tuple(places[name] for name in NAMES)


def spell(places):
    """The text of three places."""
    return ",".join(f"{name}={place}" for name, place in zip(NAMES, places))
