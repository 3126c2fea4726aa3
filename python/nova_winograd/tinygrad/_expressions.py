# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""How many operations a transform is after tinygrad's simplifier.

It makes -(a + b) to -a + -b, so that sums which are added in one place and subtracted in another are
made twice; constant factors are merged, and what is written down twice is made once.
"""

from . import _codelets


class _Value:
    """A leaf, a sum of two or a value times a constant; equal ones are the same object of a store."""

    def __init__(self, store, kind, *operands):
        self.store, self.kind, self.operands = store, kind, operands

    def _make(self, *key):
        if key not in self.store:
            self.store[key] = _Value(self.store, *key)
        return self.store[key]

    def __add__(self, other):
        return self._make("sum", self, other)

    def __mul__(self, factor):
        if self.kind == "product":
            value, other = self.operands
            return value if other * factor == 1 else self._make("product", value, other * factor)
        if factor == -1 and self.kind == "sum":
            a, b = self.operands
            return -a + -b
        return self if factor == 1 else self._make("product", self, factor)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    @property
    def is_negative(self):
        return self.kind == "product" and self.operands[1] == -1


def _count(values):
    """Operations that make the values: a difference is one."""
    found, todo, operations = set(), list(values), 0
    while todo:
        value = todo.pop()
        if value in found or value.kind == "leaf":
            continue
        found.add(value)
        operations += 1
        if value.kind == "product":
            todo.append(value.operands[0])
            continue
        a, b = value.operands
        if not a.is_negative:
            a, b = b, a
        # -a + b is b - a; of -a - b one is negated.
        todo += [b.operands[0] if b.is_negative else b, a.operands[0] if a.is_negative else a]
        if a.is_negative and b.is_negative and a not in found:
            found.add(a)
            operations += 1
    return operations


def operations(matrix_h, matrix_w):
    """Of a separable transform of one tile of one channel."""
    store = {}
    tile = [[_Value(store, "leaf", i, j) for j in range(len(matrix_w[0]))]
            for i in range(len(matrix_h[0]))]
    columns = [_codelets.apply(matrix_h, column) for column in zip(*tile)]
    return _count(value for row in zip(*columns) for value in _codelets.apply(matrix_w, row))
