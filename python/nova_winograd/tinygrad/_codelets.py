# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""One-dimensional transforms as sums of tensors.

A matrix of points in pairs +p, -p has rows in pairs whose even entries agree and whose odd ones are
opposite, or the same with columns: half the multiplications serve both.
"""


def apply(matrix, terms):
    """The rows of matrix @ terms; `terms` are as many tensors as the matrix has columns."""
    columns = _pair_columns(matrix)
    return _by_columns(matrix, terms, columns) if columns else _by_rows(matrix, terms)


def _sum(row, terms):
    """sum of row[i] * terms[i], or None of nothing but zeros."""
    total = None
    for factor, term in zip(row, terms):
        if factor == 0:
            continue
        product = term if factor == 1 else -term if factor == -1 else term * factor
        total = product if total is None else total + product
    return total


def _by_rows(matrix, terms):
    rows, i = [], 0
    while i < len(matrix):
        sign = _mirror(matrix[i], matrix[i + 1]) if i + 1 < len(matrix) else 0
        if sign == 0:
            rows.append(_sum(matrix[i], terms))
            i += 1
            continue
        even = _sum([v if j % 2 == 0 else 0 for j, v in enumerate(matrix[i])], terms)
        odd = _sum([v if j % 2 else 0 for j, v in enumerate(matrix[i])], terms)
        rows += [even + odd, even - odd if sign > 0 else odd - even]
        i += 2
    return rows


def _mirror(a, b):
    """1 if b has a's even entries and the opposite of its odd ones, -1 if the other way round, 0 if
    neither, or if one half is empty and there is nothing to share."""
    if not any(a[0::2]) or not any(a[1::2]):
        return 0
    for sign in (1, -1):
        if all(y == (x if j % 2 == 0 else -x) * sign for j, (x, y) in enumerate(zip(a, b))):
            return sign
    return 0


def _pair_columns(matrix):
    """Indices i of columns i, i+1 that agree in even rows and are opposite in odd ones."""
    columns = list(zip(*matrix))
    pairs, i = [], 0
    while i + 1 < len(columns):
        if _mirror(columns[i], columns[i + 1]) == 1:
            pairs.append(i)
            i += 1
        i += 1
    return pairs


def _by_columns(matrix, terms, pairs):
    """Sums of the terms of each pair serve even rows, differences odd ones."""
    even, odd = list(terms), list(terms)
    for i in pairs:
        even[i], odd[i] = terms[i] + terms[i + 1], terms[i] - terms[i + 1]
    seconds = {i + 1 for i in pairs}
    return [_sum([0 if i in seconds else v for i, v in enumerate(row)], odd if j % 2 else even)
            for j, row in enumerate(matrix)]
