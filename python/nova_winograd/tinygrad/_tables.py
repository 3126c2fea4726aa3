# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""The study's results as tables of Markdown, as docs/schedules.md has them."""


def spell(places):
    """ "Sii": XHAT stored, GHAT and MHAT inlined."""
    return "".join("S" if place == "stored" else "i" for place in places)


def _number(value):
    """Three digits, and all before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _milliseconds(result):
    return _number(result["seconds"] * 1e3)


def cell(answer):
    """MB, MFLOP (over the formula's), lines of source, seconds to compile, milliseconds."""
    if answer is None:
        return ""
    if "failure" in answer:
        written = ", ".join(f"{lines:,}" for lines in answer["compiling"])
        return f"{answer['failure']}; lines written: {written or 'none'}"
    result = answer["result"]
    if answer["how"] == "engine":
        return _milliseconds(result)
    expected = result.get("expected")
    ratio = f" ({result['operations'] / expected['operations']:.2f})" if expected else ""
    return (f"{_number(result['bytes'] / 1e6)}, {_number(result['operations'] / 1e6)}{ratio}, "
            f"{result['lines']:,}, {result['compile_seconds']:.0f}, {_milliseconds(result)}")


def of_layer(layer, answers):
    """Lines of a table with a row for each schedule and a column for each tile."""
    answers = [answer for answer in answers if answer["layer"] == layer]
    tiles = sorted({answer["tile"][0] for answer in answers if answer.get("tile")})
    found = {(answer["how"], *(answer.get("tile") or [0])[:1], spell(answer.get("places", ()))): answer
             for answer in answers}
    places = list(dict.fromkeys(key[2] for key in found if key[2]))
    yield (f"{layer.replace('@', ' @ ')}: direct {cell(found.get(('direct', 0, '')))}; "
           f"WINO=1 {cell(found.get(('wino', 0, '')))}")
    yield ""
    yield ("| | " + " | ".join(f"F({tile},3)" for tile in tiles)
           + " | engine, " + ", ".join(f"F({tile},3)" for tile in tiles) + " |")
    yield "|---|" + "---:|" * (len(tiles) + 1)
    for name in places:
        engine = ", ".join(cell(found.get(("engine", tile, name))) for tile in tiles)
        yield f"| {name} | " + " | ".join(
            cell(found.get(("tensors", tile, name))) for tile in tiles) + f" | {engine} |"
    yield ""
    results = [answer["result"] for answer in answers if "result" in answer]
    yield (f"Largest error {max(result['error'] for result in results):.1e}; bytes over the formula's "
           + " to ".join(f"{pick(_ratios(results)):.3f}" for pick in (min, max)))


def _ratios(results):
    return [result["bytes"] / result["expected"]["bytes"] for result in results
            if "expected" in result] or [1]


def contest(layer, results):
    """A row of milliseconds."""
    times = [result.get("failure") or _milliseconds(result) for result in results]
    return f"| {layer.replace('@', ' @ ')} | " + " | ".join(times) + " |"
