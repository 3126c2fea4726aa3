# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""What the eight schedules cost when a compiler makes the kernels.

    python3 -m nova_winograd.tinygrad.study --out study.json
    python3 -m nova_winograd.tinygrad.study --contest
    DEV=NULL:CUDA:sm_90 python3 -m nova_winograd.tinygrad.study --kernels FOLDER --out study.json
    DEV=CUDA python3 -m nova_winograd.tinygrad.study --kernels FOLDER --out study.json --again

For each layer and tile: Tensor operations with all eight store/inline choices, tinygrad's own Winograd
(WINO=1) and direct convolution, and, on the CPU, nova's engine with the same schedules. DEV chooses the
backend, as ever in tinygrad; CC its C compiler, NUM_CPU_THREADS its threads. The last two lines compile
where there is no GPU and take times where there is one.
"""

import argparse
import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

from . import _tables
from ._schedule import CHOICES

#: n, c, h, w, k, r, s, pads; the published experiment's, and ResNet-50's of 3x3 at stride 1.
LAYERS = {name: (1, c, h, h, c, 3, 3, (1, 1, 1, 1)) for name, c, h in
          (("16@32", 16, 32), ("64@56", 64, 56), ("128@28", 128, 28), ("256@14", 256, 14),
           ("512@7", 512, 7))}
TILES = (2, 4, 6)


def run(request, limit):
    """The last line of a process of its own; {"failure": ...} if it did not get there."""
    # What was compiled before would be found, and compiling it would take no time.
    path = [str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")]
    env = {**os.environ, "CACHELEVEL": "0", "PYTHONPATH": os.pathsep.join(filter(None, path))}
    if not any(way.get("beam") for way in request.get("contest", ())):
        # Processes of the compiler's own, which searches need, do not say what they compile.
        env["PARALLEL"] = "0"
    process = subprocess.Popen([sys.executable, "-m", f"{__package__}._study_case", json.dumps(request)],
                               env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               start_new_session=True)
    try:
        out, err = process.communicate(timeout=limit)
        failure = None if process.returncode == 0 else err.strip().splitlines()[-1:]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # with the compiler that it has started
        out, err = process.communicate()
        failure = [f"not compiled and run in {limit:.0f} s"]
    lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    if failure is None:
        return lines[-1]
    # Kernels that were scheduled, None of what did not get that far; lines of those that were written.
    kernels = next((line["kernels"] for line in lines if "kernels" in line), None)
    return dict(failure=failure[0] if failure else "no reason", limit=limit, kernels=kernels,
                compiling=[line["compiling"] for line in lines if "compiling" in line])


def cases(layers, tiles, dtype, on_cpu, seconds, schedules=CHOICES, **more):
    """Requests in the order in which they are run."""
    for layer in layers:
        common = dict(layer=layer, problem=LAYERS[layer], dtype=dtype, time=seconds, **more)
        yield dict(common, how="direct")
        yield dict(common, how="wino")
        for tile in tiles:
            for places in schedules:
                yield dict(common, how="tensors", tile=(tile, tile), places=places)
            for places in schedules if on_cpu else ():
                yield dict(common, how="engine", tile=(tile, tile), places=places)


def describe(case):
    tile = f"F({case['tile'][0]},3)" if case.get("tile") else ""
    return f"{case['layer']:7} {case['how']:8} {tile:7} {_tables.spell(case.get('places', ())):4}"


def choice(text):
    """The three places of what describe() abbreviates."""
    if len(text) != 3 or set(text) - set("Si"):
        raise argparse.ArgumentTypeError(f"{text}: not three of S and i")
    return tuple("stored" if letter == "S" else "inlined" for letter in text)


def line(case, answer):
    """A row of the table: counted over expected, where there is a formula."""
    if "failure" in answer:
        return (f"{describe(case)} {answer['failure']}; lines of the sources written, of "
                f"{answer['kernels']} kernels: {answer['compiling']}")
    result = {"seconds": math.nan, "error": math.nan, **answer["result"]}
    expected = result.get("expected", {})
    def ratio(name):
        return f"{result[name] / expected[name]:5.2f}x" if expected else "      "
    return (f"{describe(case)} {result['kernels']:3} {result['buffers']:3} "
            f"{result['bytes'] / 1e6:9.3f} {ratio('bytes')} {result['operations'] / 1e6:10.2f} "
            f"{ratio('operations')} {result.get('lines', 0):6} {result['compile_seconds']:6.1f} "
            f"{result['seconds'] * 1e3:9.3f} {result['error']:.1e}")


HEADING = (f"{'layer':7} {'how':8} {'tile':7} {'xgm':4} ker buf {'MB':>9} {'':6} {'MFLOP':>10} {'':6} "
           f"{'lines':>6} {'comp s':>6} {'ms':>9} error")


def identity(case):
    """What a request and its answer in a file have in common, however long it was timed."""
    names = ("problem", "dtype", "how", "tile", "places")
    return json.dumps([case.get(name) for name in names])


def known(path, limit):
    """What an earlier run has written, by identity: all but what failed and is now given more time."""
    answers = json.loads(Path(path).read_text()) if path and os.path.exists(path) else []
    return {identity(answer): answer for answer in answers
            if "result" in answer or answer.get("limit", 0) >= limit}


def save(answers, path):
    with open(path + ".part", "w") as stream:
        json.dump(answers, stream, indent=1)
    os.replace(path + ".part", path)


def study(arguments):
    answers = known(arguments.out, arguments.limit)
    print(HEADING)
    for case in cases(arguments.layers, arguments.tiles, arguments.dtype, arguments.on_cpu,
                      arguments.time, arguments.schedules, kernels=arguments.kernels):
        key = identity(case)
        if key not in answers:
            answers[key] = {**case, **run(case, arguments.limit)}
            if arguments.out:
                save(list(answers.values()), arguments.out)
        print(line(case, answers[key]), flush=True)
    return 0


def again(arguments):
    """Times and errors anew of what a file has the counts of, those of a layer in turns."""
    answers = json.loads(Path(arguments.out).read_text())
    print(HEADING)
    for layer in arguments.layers:
        chosen = [answer for answer in answers if "result" in answer and answer["layer"] == layer
                  and answer["dtype"] == arguments.dtype]
        ways = [{name: value for name, value in answer.items() if name != "result"}
                | dict(kernels=arguments.kernels) for answer in chosen]
        found = run(dict(contest=ways, time=arguments.time * len(ways)), arguments.limit) if ways else {}
        for answer, result in zip(chosen, found.get("contest", [found] * len(chosen))):
            if "failure" in result:
                print(f"{describe(answer)} {result['failure']}", flush=True)
                continue
            answer["result"] |= {name: result[name] for name in ("seconds", "each", "error")}
            print(line(answer, answer), flush=True)
        save(answers, arguments.out)
    return 0


def contest(arguments):
    """Ways that matter, in turns in one process for each layer; the shortest of several processes, whose
    buffers are elsewhere in memory. Last the rows of a table."""
    rows = []
    print(f"{'layer':7} {'how':24} kernels {'ms':>9} error")
    for layer in arguments.layers:
        common = dict(layer=layer, problem=LAYERS[layer], dtype=arguments.dtype,
                      kernels=arguments.kernels)
        ways = [dict(common, how="direct"), dict(common, how="wino")]
        ways += [dict(common, how="tensors", tile=(tile, tile), places=CHOICES[0])
                 for tile in arguments.tiles]
        ways += [dict(way, beam=beam) for beam in arguments.beam for way in ways]
        ways += [dict(common, how="engine")] if arguments.on_cpu else []
        answers = [run(dict(contest=ways, time=arguments.time * len(ways)), arguments.limit)
                   for _ in range(arguments.repeat)]
        failure = next((answer["failure"] for answer in answers if "failure" in answer), None)
        if failure:
            print(f"{layer:7} {failure}", flush=True)
            continue
        results = [min(of_way, key=lambda result: result.get("seconds", math.inf))
                   for of_way in zip(*(answer["contest"] for answer in answers))]
        rows.append(_tables.contest(layer, results))
        for way, result in zip(ways, results):
            name = way["how"] + (f" F({way['tile'][0]},3)" if "tile" in way else "")
            name += f" BEAM={way['beam']}" if "beam" in way else ""
            print(f"{layer:7} {name:24} " + (
                result.get("failure")
                or f"{result['kernels']:7} {result['seconds'] * 1e3:9.3f} {result['error']:.1e}"), flush=True)
    print("\n".join(rows))
    return 0


def table(paths):
    answers = [answer for path in paths for answer in json.loads(Path(path).read_text())]
    for layer in LAYERS:
        if any(answer["layer"] == layer for answer in answers):
            print("\n".join(_tables.of_layer(layer, answers)), end="\n\n")
    return 0


def main():
    parser = argparse.ArgumentParser(prog="python3 -m nova_winograd.tinygrad.study",
                                     description=__doc__.splitlines()[0])
    parser.add_argument("--contest", action="store_true",
                        help="only times, of ways to compute each layer, taken in turns")
    parser.add_argument("--layers", nargs="+", choices=LAYERS, default=list(LAYERS))
    parser.add_argument("--tiles", nargs="+", type=int, choices=(2, 3, 4, 6, 8), default=TILES)
    parser.add_argument("--dtype", choices=("f32", "f16"), default="f32")
    parser.add_argument("--beam", nargs="*", type=int, default=[],
                        help="of the contest: widths of a search for the kernels of each way")
    parser.add_argument("--schedules", nargs="+", type=choice, default=CHOICES, metavar="SSS",
                        help="S or i for XHAT, GHAT and MHAT: stored or inlined")
    parser.add_argument("--kernels", metavar="FOLDER",
                        help="where compiled kernels are kept, and found instead of being compiled again")
    parser.add_argument("--again", action="store_true",
                        help="only times and errors of what --out has already, in turns")
    parser.add_argument("--time", type=float, default=0.2, help="seconds a kernel is timed for")
    parser.add_argument("--limit", type=float, default=120, help="seconds for one process")
    parser.add_argument("--out", help="file for all results, as JSON; what is in it already is not run "
                        "again, but for what failed within a shorter limit")
    parser.add_argument("--repeat", type=int, default=1, help="of the contest: processes for each layer")
    parser.add_argument("--table", nargs="+", metavar="FILE",
                        help="only print what is in files of --out, as tables of Markdown")
    arguments = parser.parse_args()
    if arguments.table:
        return table(arguments.table)
    from tinygrad import Device

    arguments.on_cpu = Device.DEFAULT == "CPU"
    return (again if arguments.again else contest if arguments.contest else study)(arguments)


if __name__ == "__main__":
    sys.exit(main())
