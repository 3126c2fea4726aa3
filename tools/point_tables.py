#!/usr/bin/env python3
"""Recomputes the point sets `best`, `best+...` and `dyadic` of src/transforms/points.def.

For every F(m,r), and every product of quadratic moduli that has a name, this finds
  - the real optimum of alpha^2 among the sets of pairs +-p, with 0 where their number is odd;
  - the best of those sets with points that are rationals of denominators up to 7 (magnitudes up
    to 4), and of those with points k/4.
The real optimum is a gradient-free descent from random starts. The others start from the points
nearest to it, and from random ones, and exchange one or two pairs at a time for any others until
no exchange improves; tests/algebra/test_best.c checks that end state by other means.

  point_tables.py             the tables as Markdown (docs/points.md)
  point_tables.py --sets      the lines of points.def
  point_tables.py --only 8,3  one F(m,r)

alpha^2 = (1/(m r)) sum_ji A_ji^2 |G_i|^2 |B_i|^2 is computed in binary64 from the polynomials
(see src/algebra/build.c for the rows); the sets are proven by nova-generate, not here.

Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""

import argparse
import itertools
from fractions import Fraction

import numpy as np

QUADRATICS = {"x2+1": (0, 1), "x2+x+1": (1, 1), "x2-x+1": (-1, 1)}
PLUS_X2_1 = ("x2+1",)
PLUS_X2_X_1 = ("x2+x+1", "x2-x+1")
PLUS_ALL = PLUS_X2_1 + PLUS_X2_X_1
NAMES = {
    (): "best",
    PLUS_X2_1: "best+x2+1",
    PLUS_X2_X_1: "best+x2+x+1",
    PLUS_ALL: "best+x2+1+x2+x+1",
}
LINEAR = (
    [(m, 3) for m in range(2, 17)] + [(m, 5) for m in range(2, 9)] + [(m, 7) for m in range(2, 7)]
)
WITH_QUADRATICS = (
    [(m, 3, PLUS_X2_1) for m in (4, 6, 8, 10, 12)]
    + [(m, 3, PLUS_X2_X_1) for m in (6, 8, 10, 12)]
    + [(12, 3, PLUS_ALL)]
)


def rationals(denominators, magnitude):
    """All positive k/d up to `magnitude`, ascending."""
    return sorted({Fraction(k, d) for d in denominators for k in range(1, magnitude * d + 1)})


FEW_POINTS = 9  # finite points up to which the coarser candidates do
SMALL, FINER = rationals(range(1, 8), 4), rationals(range(1, 9), 4)
NOT_CLOSED = [(10, 3, PLUS_X2_1)]  # closure under x -> 1/x costs 1.7 % here and saves nothing
QUARTERS, EIGHTHS = rationals((1, 2, 4), 4), rationals((1, 2, 4, 8), 4)


# ------------------------------------------------------------------ alpha^2, a batch at a time


def times_linear(poly, p):
    """poly * (x - p); polynomials are [batch, coefficient], lowest first."""
    product = np.zeros((poly.shape[0], poly.shape[1] + 1))
    product[:, 1:] = poly
    product[:, :-1] -= p[:, None] * poly
    return product


def times(poly, factor):
    """poly * factor, the factor's coefficients being numbers or columns of the batch."""
    product = np.zeros((poly.shape[0], poly.shape[1] + len(factor) - 1))
    for k, coefficient in enumerate(factor):
        product[:, k : k + poly.shape[1]] += np.reshape(coefficient, (-1, 1)) * poly
    return product


def divided(poly, p):
    """(poly / (x - p), for a root p, by synthetic division)"""
    quotient = np.empty((poly.shape[0], poly.shape[1] - 1))
    quotient[:, -1] = poly[:, -1]
    for j in range(poly.shape[1] - 2, 0, -1):
        quotient[:, j - 1] = poly[:, j] + p * quotient[:, j]
    return quotient


def evaluate(poly, p):
    value = np.zeros(poly.shape[0])
    for j in range(poly.shape[1] - 1, -1, -1):
        value = value * p + poly[:, j]
    return value


def square(poly):
    return np.sum(poly * poly, axis=1)


def power_norm(p, count):
    """1 + p^2 + ... + p^(2 (count-1))"""
    return sum(p ** (2 * k) for k in range(count))


def residues(b, c, count):
    """lower[j], upper[j] with x^j = lower + upper x mod x^2 + b x + c."""
    lower, upper = np.zeros(count), np.zeros(count)
    lower[0] = 1
    for j in range(1, count):
        lower[j] = -c * upper[j - 1]
        upper[j] = lower[j - 1] - b * upper[j - 1]
    return lower, upper


def quadratic_terms(m, r, rest, b, c):
    """Sum over the three Karatsuba products of x^2 + b x + c, `rest` being the other moduli."""
    lower, upper = residues(b, c, max(rest.shape[1], m, r))
    u, v = rest @ lower[: rest.shape[1]], rest @ upper[: rest.shape[1]]
    norm = u * u - b * u * v + c * v * v
    w, z = (u - b * v) / norm, -v / norm  # 1 / (u + v x)
    t = -b if b else 1
    total = 0
    for node, (low, high) in zip(
        ((1, 0), (0, 1), (1, t)), ((1, -1 / t), (-c, -(t + b)), (0, 1 / t))
    ):
        evaluation = node[0] * lower + node[1] * upper
        row = times(rest, (low * w - c * high * z, low * z + high * w - b * high * z))
        gain = np.sum(evaluation[:m] ** 2) * np.sum(evaluation[:r] ** 2)
        total = total + gain * square(row)
    return total


def alpha2(m, r, pairs, quadratics):
    """alpha^2 of each set of the batch pairs[batch, pair], 0 added where n-1 asks for it."""
    pairs = np.atleast_2d(np.asarray(pairs, dtype=float))
    points = np.concatenate([pairs, -pairs], axis=1)
    if (m + r - 2 - 2 * len(quadratics)) % 2:
        points = np.concatenate([np.zeros((len(pairs), 1)), points], axis=1)
    linear = np.ones((len(pairs), 1))
    for i in range(points.shape[1]):
        linear = times_linear(linear, points[:, i])
    moduli = [QUADRATICS[q] for q in quadratics]
    whole = linear
    for b, c in moduli:
        whole = times(whole, (c, b, 1))
    total = square(whole)  # infinity
    with np.errstate(all="ignore"):
        for i in range(points.shape[1]):
            p = points[:, i]
            rest = divided(whole, p)
            gain = power_norm(p, m) * power_norm(p, r) / evaluate(rest, p) ** 2
            total = total + gain * square(rest)
        for i, (b, c) in enumerate(moduli):
            rest = linear
            for j, (other_b, other_c) in enumerate(moduli):
                if j != i:
                    rest = times(rest, (other_c, other_b, 1))
            total = total + quadratic_terms(m, r, rest, b, c)
    total = np.where(np.isfinite(total), total, np.inf)
    return total / (m * r)


# ------------------------------------------------------------------ real optimum


def derivatives(objective, x, h):
    """Value, gradient and Hessian by central differences, from one batch."""
    size = len(x)
    steps = h * np.eye(size)
    rows, columns = np.triu_indices(size, 1)
    both = steps[rows] + steps[columns]
    values = objective(x + np.concatenate([np.zeros((1, size)), steps, -steps, both, -both]))
    centre, plus, minus = values[0], values[1 : size + 1], values[size + 1 : 2 * size + 1]
    mixed_plus, mixed_minus = np.split(values[2 * size + 1 :], 2)
    gradient = (plus - minus) / (2 * h)
    hessian = np.diag((plus - 2 * centre + minus) / h**2)
    mixed = mixed_plus + mixed_minus + 2 * centre
    mixed = mixed - plus[rows] - minus[rows] - plus[columns] - minus[columns]
    hessian[rows, columns] = hessian[columns, rows] = mixed / (2 * h**2)
    return centre, gradient, hessian


def descend(objective, x):
    """Newton's method; of many dampings of each step the best is taken."""
    for _ in range(200):
        value, gradient, hessian = derivatives(objective, x, 1e-4)
        eigenvalues, vectors = np.linalg.eigh(hessian)
        size = np.maximum(np.abs(eigenvalues), 1e-9 * np.abs(eigenvalues).max() + 1e-300)
        damped = size[None, :] + size.max() * np.concatenate([[0], 10.0 ** np.arange(-8, 4)])[:, None]
        moved = x - ((vectors.T @ gradient) / damped) @ vectors.T
        values = objective(moved)
        index = int(np.argmin(values))
        if not values[index] < value * (1 - 1e-13):
            return x, value
        x = moved[index]
    return x, value


def real_optimum(m, r, quadratics, count, random):
    """Pairs of the real optimum; the variables are logarithms."""
    if count == 0:
        return np.zeros(0)

    def objective(logs):
        return np.log(alpha2(m, r, np.exp(logs), quadratics))

    starts = np.sort(random.uniform(-1.8, 1.4, (4000, count)), axis=1)
    starts = starts[np.argsort(objective(starts))[:8]]
    found = [descend(objective, start) for start in starts]
    return np.sort(np.exp(min(found, key=lambda item: item[1])[0]))


# ------------------------------------------------------------------ small candidates


def exchange(objective, candidate_count, chosen, width):
    """Exchanges up to `width` members of `chosen` until no exchange improves."""
    moves = np.array(list(itertools.product(range(candidate_count), repeat=width)))
    least = objective(np.array([chosen]))[0]
    improved = True
    while improved:
        improved = False
        for places in itertools.combinations(range(len(chosen)), width):
            batch = np.tile(chosen, (len(moves), 1))
            batch[:, places] = moves
            found = objective(batch)
            index = int(np.argmin(found))
            if found[index] < least * (1 - 1e-12):
                chosen, least, improved = [int(c) for c in batch[index]], found[index], True
    return sorted(chosen), least


def nearest(values, real):
    """Distinct candidates that are near the real points."""
    chosen = []
    for p in real:
        order = np.argsort(np.abs(np.log(values / p)), kind="stable")
        chosen.append(next(int(i) for i in order if int(i) not in chosen))
    return chosen


def best_by_exchange(m, r, quadratics, candidates, real, random):
    """The best set of pairs of candidates, from the real optimum's neighbours and at random."""
    values = np.array([float(c) for c in candidates])

    def objective(indices):
        return alpha2(m, r, values[indices], quadratics)

    starts = [nearest(values, real)] + [
        random.choice(len(candidates), len(real), replace=False) for _ in range(2)
    ]
    found = []
    for start in starts:
        chosen, _ = exchange(objective, len(candidates), [int(i) for i in start], 1)
        found.append(exchange(objective, len(candidates), chosen, min(2, len(chosen))))
    return [candidates[i] for i in min(found, key=lambda item: (item[1], item[0]))[0]]


def best_closed(m, r, quadratics, candidates, count):
    """The best set of pairs that is closed under x -> 1/x: all are tried."""
    below = [c for c in candidates if c < 1 and 1 / c in candidates]
    sets = [
        sorted(part + tuple(1 / c for c in part) + (Fraction(1),) * (count % 2))
        for part in itertools.combinations(below, count // 2)
    ]
    values = alpha2(m, r, [[float(c) for c in each] for each in sets], quadratics)
    return sets[int(np.argmin(values))]


def small_rationals(m, r, quadratics, real, random):
    """
    What points.def calls `best`: closed under x -> 1/x where 0 is there, because the real optimum
    is and because such sets need fewer operations; for many points without that, and with larger
    denominators, since the real optimum is sharper there.
    """
    count = m + r - 2 - 2 * len(quadratics)
    if count <= FEW_POINTS or quadratics:
        if count % 2 and (m, r, quadratics) not in NOT_CLOSED:
            return best_closed(m, r, quadratics, SMALL, count // 2)
        return best_by_exchange(m, r, quadratics, SMALL, real, random)
    return best_by_exchange(m, r, quadratics, FINER, real, random)


def dyadics(m, r, quadratics, real, random):
    few = m + r - 2 - 2 * len(quadratics) <= FEW_POINTS
    return best_by_exchange(m, r, quadratics, QUARTERS if few else EIGHTHS, real, random)


# ------------------------------------------------------------------ output


def spelled(pairs, zero):
    return ",".join((["0"] if zero else []) + [f"{p},-{p}" for p in pairs])


def search(m, r, quadratics):
    random = np.random.default_rng([m, r, len(quadratics)])
    count = m + r - 2 - 2 * len(quadratics)
    real = real_optimum(m, r, quadratics, count // 2, random)
    return {
        "m": m,
        "r": r,
        "quadratics": quadratics,
        "zero": count % 2 == 1,
        "real": real,
        "small": small_rationals(m, r, quadratics, real, random),
        "dyadic": dyadics(m, r, quadratics, real, random),
    }


def alpha2_of(found, pairs):
    values = np.array([float(p) for p in pairs])
    return alpha2(found["m"], found["r"], values[None, :], found["quadratics"])[0]


def points_text(found, pairs):
    return ",".join(filter(None, [spelled(pairs, found["zero"]), *found["quadratics"]]))


def print_sets(found):
    m, r, quadratics = found["m"], found["r"], found["quadratics"]
    kinds = [("small", NAMES[quadratics])] + ([] if quadratics else [("dyadic", "dyadic")])
    for kind, name in kinds:
        value = alpha2_of(found, found[kind])
        print(f'SET("{name}", {m}, {r}, "{points_text(found, found[kind])}", {value:.8g})', flush=True)


def with_signs(found, pairs):
    return ", ".join((["0"] if found["zero"] else []) + [f"±{p}" for p in pairs])


def print_row(found):
    m, r, quadratics = found["m"], found["r"], found["quadratics"]
    cells = [f"F({m},{r})"]
    if quadratics:
        cells.append(f"`{NAMES[quadratics]}`")
    decimals = [f"{p:.6f}" for p in found["real"]]
    for pairs, kind in ((decimals, "real"), (found["small"], "small"), (found["dyadic"], "dyadic")):
        cells += [with_signs(found, pairs), f"{alpha2_of(found, found[kind]):.6g}"]
    print("| " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sets", action="store_true", help="print the lines of points.def")
    parser.add_argument("--only", metavar="M,R", help="one F(m,r), as 8,3")
    arguments = parser.parse_args()
    wanted = tuple(int(part) for part in arguments.only.split(",")) if arguments.only else None
    columns = "real optimum | alpha² | small rationals | alpha² | dyadic | alpha² |"
    for title, rows, head in (
        ("Linear moduli", [(m, r, ()) for m, r in LINEAR], "| tile | "),
        ("With quadratic moduli", WITH_QUADRATICS, "| tile | set | "),
    ):
        if not arguments.sets:
            print(f"\n## {title}\n\n{head}{columns}\n|{'---|' * (head + columns).count(' | ')}---|")
        for m, r, quadratics in rows:
            if wanted in (None, (m, r)):
                (print_sets if arguments.sets else print_row)(search(m, r, quadratics))


if __name__ == "__main__":
    main()
