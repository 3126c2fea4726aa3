# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""nova conv on NumPy files, against direct convolution in float64."""

import functools
import itertools
import os
from fractions import Fraction

import numpy
import pytest

from conftest import document, refused, run

UNIT_ROUNDOFF = {"f32": 2.0 ** -24, "f16": 2.0 ** -11, "bf16": 2.0 ** -8}


def round_to(array, dtype):
    """The values that the type has, as float32."""
    array = numpy.asarray(array, numpy.float32)
    if dtype == "f16":
        return array.astype(numpy.float16).astype(numpy.float32)
    if dtype == "bf16":
        bits = array.view(numpy.uint32).astype(numpy.uint64)
        bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
        return bits.astype(numpy.uint32).view(numpy.float32).reshape(array.shape)
    return array


def direct(x, w, pads):
    """x N,C,H,W and w K,C,R,S; pads top, bottom, left, right."""
    top, bottom, left, right = pads
    x = numpy.pad(x.astype(numpy.float64), ((0, 0), (0, 0), (top, bottom), (left, right)))
    windows = numpy.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return numpy.einsum("nchwrs,kcrs->nkhw", windows, w.astype(numpy.float64), optimize=True)


def activate(y, name):
    if name == "relu":
        return numpy.maximum(y, 0)
    if name == "silu":
        return y / (1 + numpy.exp(-y))
    return y


@functools.lru_cache(maxsize=None)
def spread(set_name, m, r):
    """The positions of a tile are not equally accurate: the rms error of the worst one over that
    of all."""
    if m == 1:
        return 1
    shown = document("points", "show", m, r, "--set", set_name)
    a, g, b = (numpy.array([[float(Fraction(x)) for x in row] for row in shown[key]])
               for key in ("AT", "G", "BT"))
    variance = a ** 2 @ ((g ** 2).sum(1) * (b ** 2).sum(1))
    return numpy.sqrt(variance.max() / variance.mean())


class Case:
    """One call of nova conv, with what it should give."""

    def __init__(self, folder, shape, filters, kernel=(3, 3), seed=0):
        random = numpy.random.default_rng(seed)
        n, c, h, w = shape
        self.folder = folder
        self.x = random.standard_normal(shape)
        self.w = random.standard_normal((filters, c, *kernel))
        self.w /= numpy.sqrt(c * kernel[0] * kernel[1])
        self.bias = random.standard_normal(filters).astype(numpy.float32)
        self.random = random

    def save(self, name, array, file_type=numpy.float32):
        path = self.folder / f"{name}.npy"
        numpy.save(path, numpy.ascontiguousarray(array, file_type))
        return path

    def run(self, *options, dtype="f32", layout="nchw", pads=(0, 0, 0, 0), bias=False,
            residual=False, activation="none", file_type=numpy.float32):
        x, w = round_to(self.x, dtype), round_to(self.w, dtype)
        exact = direct(x, w, pads)
        if bias:
            exact += self.bias[None, :, None, None]
            options += ("--bias", self.save("bias", self.bias))
        if residual:
            addend = round_to(self.random.standard_normal(exact.shape), dtype)
            exact += addend
            addend = self.save("residual", self.arrange(addend, layout), file_type)
            options += ("--residual", addend)
        report = document("conv", self.save("x", self.arrange(x, layout), file_type),
                          self.save("w", w, file_type), "-o", self.folder / "y.npy",
                          "--dtype", dtype, "--layout", layout, "--pad", ",".join(map(str, pads)),
                          "--activation", activation, *options)
        y = numpy.load(self.folder / "y.npy")
        assert y.dtype == (numpy.float16 if dtype == "f16" else numpy.float32)
        assert list(y.shape) == report["shape"]
        if layout == "nhwc":
            y = y.transpose(0, 3, 1, 2)
        self.check(y, exact, activation, dtype, report)
        return report

    @staticmethod
    def arrange(array, layout):
        return array.transpose(0, 2, 3, 1) if layout == "nhwc" else array

    def check(self, y, exact, activation, dtype, report):
        """Within the plan's own prediction, in norm and element by element. The prediction is
        relative to an output of full sums, whose rms is that of x: zeros around a small map make
        outputs smaller, not errors larger. Rounding to the tensors' type acts on what is stored,
        bias and residual included; silu's slope reaches 1.1."""
        assert y.shape == exact.shape
        expected = activate(exact, activation)
        assert numpy.isfinite(y).all()
        error = numpy.abs(y.astype(numpy.float64) - expected)
        allowed = 1.1 * report["predicted_error"] + UNIT_ROUNDOFF[dtype] * numpy.abs(expected)
        slack = 1.2 + 4 / numpy.sqrt(error.size)
        assert numpy.sqrt(numpy.mean(error ** 2)) <= slack * numpy.sqrt(numpy.mean(allowed ** 2))
        worst = 1
        if report["algorithm"] == "winograd":
            worst = (spread(report["set"], report["tile_h"], self.w.shape[2])
                     * spread(report["set"], report["tile_w"], self.w.shape[3]))
        assert (error <= 7 * worst * allowed).all(), (error / allowed).max() / worst
        if dtype == "bf16":
            assert (round_to(y, "bf16") == y).all()


@pytest.fixture
def case(tmp_path):
    def make(*arguments, **keywords):
        return Case(tmp_path, *arguments, **keywords)
    return make


@pytest.mark.parametrize("dtype, layout", itertools.product(("f32", "f16", "bf16"),
                                                            ("nchw", "nhwc")))
def test_types_and_layouts(case, dtype, layout):
    for seed, shape, filters in ((1, (1, 16, 14, 14), 32), (2, (2, 5, 9, 13), 7),
                                 (3, (1, 1, 1, 1), 1), (4, (3, 19, 8, 3), 33)):
        case(shape, filters, seed=seed).run(dtype=dtype, layout=layout, pads=(1, 1, 1, 1))


@pytest.mark.parametrize("tile", ["2", "3", "4", "5", "6", "7", "8", "4x6", "1x6", "6x1", "8x2",
                                  "auto", "direct"])
def test_tiles(case, tile):
    report = case((1, 20, 17, 23), 18).run("--tile", tile, "--max-error", 1e-4, pads=(1, 1, 1, 1),
                                            layout="nhwc")
    if tile == "direct":
        assert report["algorithm"] == "direct"
    elif tile != "auto":
        assert (report["algorithm"], report["tile"]) == ("winograd", tile)


@pytest.mark.parametrize("arith, tile", itertools.product(("f32", "f16", "f16m32", "bf16",
                                                           "bf16m32", "bf16x3", "bf16x6"), ("4", "6", "2x8")))
def test_arithmetics(case, arith, tile):
    report = case((1, 24, 18, 18), 16).run("--arith", arith, "--tile", tile, "--set", "best",
                                           dtype="f16")
    assert report["arith"] == arith


@pytest.mark.parametrize("set_name", ["integer", "classic", "nova", "barabasz", "best", "dyadic"])
def test_sets(case, set_name):
    report = case((1, 32, 20, 20), 16).run("--arith", "f16", "--tile", 6, "--set", set_name,
                                           pads=(1, 1, 1, 1))
    assert report["set"] == set_name


@pytest.mark.parametrize("pads", [(0, 0, 0, 0), (1, 1, 1, 1), (2, 2, 2, 2), (0, 3, 1, 0),
                                  (5, 0, 0, 7)])
def test_pads(case, pads):
    for tile in ("4", "direct"):
        case((1, 6, 7, 10), 9).run("--tile", tile, pads=pads)


@pytest.mark.parametrize("kernel", [(3, 3), (1, 3), (3, 1), (5, 5), (7, 7)])
def test_kernels(case, kernel):
    case((1, 12, 19, 17), 10, kernel=kernel).run(pads=(1, 0, 1, 0))


def test_epilogue(case):
    for dtype, layout, activation, bias, residual in itertools.product(
            ("f32", "f16"), ("nchw", "nhwc"), ("none", "relu", "silu"), (False, True),
            (False, True)):
        case((2, 8, 10, 11), 12).run(dtype=dtype, layout=layout, activation=activation, bias=bias,
                                     residual=residual, pads=(1, 1, 1, 1))


def test_direct_epilogue(case):
    case((1, 8, 5, 5), 3).run("--tile", "direct", activation="relu", bias=True, residual=True)


def test_threads_do_not_change_the_result(case):
    made = case((1, 32, 33, 31), 40)
    results = []
    for threads in (1, 2, 3, 0):
        made.run("--threads", threads, "--tile", "6", pads=(1, 1, 1, 1))
        results.append((made.folder / "y.npy").read_bytes())
    assert len(set(results)) == 1


def test_half_files(case, tmp_path):
    case((1, 8, 9, 9), 8).run(dtype="f16", file_type=numpy.float16)
    case((1, 8, 9, 9), 8).run(dtype="bf16")
    # Without --dtype the tensors have the type of x; the weights are brought to it.
    made = case((1, 8, 9, 9), 8)
    x, w = made.save("x", made.x, numpy.float16), made.save("w", made.w)
    assert document("conv", x, w, "-o", tmp_path / "y.npy")["dtype"] == "f16"
    assert numpy.load(tmp_path / "y.npy").dtype == numpy.float16


def test_padding_forms(case, tmp_path):
    made = case((1, 4, 8, 9), 4)
    x, w, y = made.save("x", made.x), made.save("w", made.w), tmp_path / "y.npy"
    for text, height, width in (("0", 6, 7), ("1", 8, 9), ("2x0", 10, 7), ("1,0,0,2", 7, 9)):
        report = document("conv", x, w, "-o", y, "--pad", text)
        assert report["shape"] == [1, 4, height, width]
    assert document("conv", x, w, "-o", y)["shape"] == [1, 4, 6, 7]


def test_budget_is_kept(case):
    for budget in (1e-2, 1e-3, 5e-4):
        report = case((1, 64, 20, 20), 16).run("--max-error", budget, dtype="f16")
        assert report["predicted_error"] <= budget


def test_run_time_verification(case, tmp_path):
    made = case((1, 16, 30, 30), 16)
    report = document("conv", made.save("x", made.x), made.save("w", made.w), "-o",
                      tmp_path / "y.npy", "--tile", 6, "--arith", "f16", "--set", "nova",
                      "--verify")
    found = report["verification"]
    assert found["checked"] >= 1000 and found["nonfinite"] == 0
    assert found["rms_error"] == pytest.approx(report["predicted_error"], rel=0.25)
    assert found["max_error"] >= found["rms_error"]


def smooth(shape, rho, seed=3):
    """Normal data of correlation rho between neighbours of the last two axes."""
    x = numpy.random.default_rng(seed).standard_normal(shape)
    for axis in (-1, -2):
        x = numpy.moveaxis(x, axis, 0)
        for i in range(1, len(x)):
            x[i] = rho * x[i - 1] + (1 - rho * rho) ** 0.5 * x[i]
        x = numpy.moveaxis(x, 0, axis)
    return x


def test_covariance_of_the_input_itself(case, tmp_path):
    """Rows of any length tell something: what they do not reach counts as uncorrelated."""
    made = case((1, 64, 50, 50), 64)
    x, w = made.save("smooth", smooth((1, 64, 50, 50), 0.9)), made.save("w", made.w)
    narrow = made.save("narrow", smooth((64, 64, 3), 0.9))
    error = lambda *options: document(
        "conv", x, w, "-o", tmp_path / "y.npy", "--tile", 6, "--arith", "f16m32", "--verify",
        *options)["verification"]["rms_error"]
    white = error()
    assert error("--covariance", x) < 0.9 * white
    assert error("--covariance", x) == pytest.approx(error("--covariance", "ar1:0.9"), rel=0.03)
    assert error("--covariance", narrow) < 0.95 * white


def test_covariance_of_what_holds_none(case, files):
    made = case((1, 4, 8, 8), 6)
    for name, data, reason in (("zeros", numpy.zeros((4, 8)), "zero"),
                               ("one", numpy.ones((8, 1)), "at least 2"),
                               ("nan", numpy.full((4, 8), numpy.nan), "finite"),
                               ("empty", numpy.zeros((0, 8)), "no rows")):
        path = made.save(name, data)
        assert reason in refuse(files, "--covariance", path)


def test_human_output(case, tmp_path):
    made = case((1, 8, 9, 9), 8)
    code, out, err = run("conv", made.save("x", made.x), made.save("w", made.w), "-o",
                         tmp_path / "y.npy", "--tile", "4x6", "--verify")
    assert code == 0 and err == ""
    assert "1x8x7x7" in out and "F(4x6) best" in out and "checked" in out


def test_output_may_replace_the_input(case):
    made = case((1, 4, 6, 6), 4)
    x, w = made.save("x", made.x), made.save("w", made.w)
    document("conv", x, w, "-o", x)
    assert numpy.load(x).shape == (1, 4, 4, 4)


@pytest.mark.parametrize("name", ['quote".npy', "back\\slash.npy", "line\nfeed.npy",
                                  "tab\t\x01\x7f.npy", "\u00e9\u20ac\U0001f600.npy"])
def test_names_come_back_through_json(case, tmp_path, name):
    made = case((1, 4, 6, 6), 4)
    y = tmp_path / name
    report = document("conv", made.save("x", made.x), made.save("w", made.w), "-o", y)
    assert report["output"] == str(y)
    assert y.exists()


@pytest.mark.parametrize("name", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
                                  b"\xe2\x82"])
def test_names_that_are_no_utf8(case, tmp_path, name):
    made = case((1, 4, 6, 6), 4)
    y = os.path.join(os.fsencode(tmp_path), name)
    report = document("conv", made.save("x", made.x), made.save("w", made.w), "-o", os.fsdecode(y))
    assert report["output"] == f"{tmp_path}/" + "\ufffd" * len(name) and os.path.exists(y)


# ---- what is refused

@pytest.fixture
def files(case, tmp_path):
    """x and w that are right, and the output that must not appear."""
    made = case((1, 4, 8, 8), 6)
    return made.save("x", made.x), made.save("w", made.w), tmp_path / "y.npy"


def refuse(files, *options, x=None, w=None):
    good_x, good_w, y = files
    before = sorted(y.parent.iterdir())
    reason = refused("conv", x or good_x, w or good_w, "-o", y, *options)
    assert not y.exists() and sorted(y.parent.iterdir()) == before
    return reason


@pytest.mark.parametrize("options", [
    ("--pad", "-1"), ("--pad", "one"), ("--pad", "1.5"), ("--pad", ""), ("--pad", "1x-2"),
    ("--pad", "1,1,1"), ("--pad", "1,1,1,1,1"), ("--pad", "9" * 30), ("--pad", str(2 ** 62)),
    ("--tile", "0"), ("--tile", "-6"), ("--tile", "1"), ("--tile", "1x1"), ("--tile", "6x"),
    ("--tile", "6x6x6"), ("--tile", "17"), ("--tile", "15", "--set", "best"),
    ("--tile", "large"), ("--set", "nonesuch"), ("--set", ""), ("--set", "missing/set.json"),
    ("--arith", "f8"), ("--dtype", "f64"), ("--layout", "chwn"), ("--activation", "tanh"),
    ("--max-error", "1e-12"), ("--max-error", "-1"), ("--max-error", "0"),
    ("--max-error", "nan"),
    ("--max-error", "inf"), ("--max-error", "1e999"), ("--max-error", "small"),
    ("--max-error", "1e-6", "--tile", "6", "--set", "integer", "--arith", "f16"),
    ("--threads", "-1"), ("--threads", "many"), ("--threads", "1000000"),
    ("--frobnicate",), ("--frobnicate", "3"), ("extra.npy",), ("--pad",),
    ("--bias", "missing.npy"), ("--residual", "missing.npy"), ("--verify=yes",),
])
def test_bad_options(files, options):
    refuse(files, *options)


def test_reasons_say_what_is_wrong(files):
    assert "frobnicate" in refuse(files, "--frobnicate")
    assert "nonesuch" in refuse(files, "--set", "nonesuch")
    assert "needs a value" in refuse(files, "--pad")
    assert "-1" in refuse(files, "--pad", "-1")
    assert "two?lines" in refuse(files, "--bias", "two\nlines.npy")
    assert "1e-12" in refuse(files, "--max-error", "1e-12")


def test_missing_arguments(files):
    x, w, y = files
    for arguments in ((), (x,), (x, w), ("-o", y), (x, "-o", y)):
        assert "missing" in refused("conv", *arguments)
    assert not y.exists()


def test_missing_and_unreadable_files(files, tmp_path):
    for bad in (tmp_path / "missing.npy", tmp_path):
        assert bad.name in refuse(files, x=bad)
        refuse(files, w=bad)
        refuse(files, "--bias", bad)


def test_output_that_cannot_be_written(files, tmp_path):
    x, w, _ = files
    before = sorted(tmp_path.iterdir())
    assert "missing" in refused("conv", x, w, "-o", tmp_path / "missing" / "y.npy")
    refused("conv", x, w, "-o", tmp_path)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("dtype", ["<f8", ">f4", "<i4", "|u1", "<c8", "|b1", "<U3"])
def test_wrong_element_types(files, tmp_path, dtype):
    bad = tmp_path / "bad.npy"
    numpy.save(bad, numpy.zeros((1, 4, 8, 8)).astype(dtype))
    assert dtype in refuse(files, x=bad)
    refuse(files, w=bad)


def test_structured_object_and_fortran_arrays(files, tmp_path):
    bad = tmp_path / "bad.npy"
    numpy.save(bad, numpy.zeros((1, 4, 8, 8), [("a", "<f4"), ("b", "<f4")]))
    refuse(files, x=bad)
    numpy.save(bad, numpy.array([None, 1], object), allow_pickle=True)
    refuse(files, x=bad)
    numpy.save(bad, numpy.asfortranarray(numpy.zeros((1, 4, 8, 8), numpy.float32)))
    assert "Fortran" in refuse(files, x=bad)


def test_wrong_shapes(files, tmp_path):
    bad = tmp_path / "bad.npy"
    for shape in ((), (4,), (4, 8, 8), (1, 1, 4, 8, 8), (1, 4, 0, 8), (0, 4, 8, 8), (1, 0, 8, 8),
                  (1, 5, 8, 8), (1, 4, 2, 2), (1,) * 9, (1,) * 30):
        numpy.save(bad, numpy.zeros(shape, numpy.float32))
        refuse(files, x=bad)
    for shape in ((6, 5, 3, 3), (0, 4, 3, 3), (6, 4, 0, 3), (6, 4, 9, 9), (6, 4, 3), (4,)):
        numpy.save(bad, numpy.zeros(shape, numpy.float32))
        refuse(files, w=bad)
    for shape in ((5,), (6, 1), (), (0,)):
        numpy.save(bad, numpy.zeros(shape, numpy.float32))
        refuse(files, "--bias", bad)
    numpy.save(bad, numpy.zeros(6, numpy.float16))
    refuse(files, "--bias", bad)
    numpy.save(bad, numpy.zeros((1, 6, 6, 7), numpy.float32))
    refuse(files, "--residual", bad)
    assert "channels" in refuse(files, "--layout", "nhwc")


def npy(header, data=b"", version=1, length=None):
    header = header.encode()
    size = len(header) if length is None else length
    return (b"\x93NUMPY" + bytes([version, 0]) + size.to_bytes(2 if version == 1 else 4, "little")
            + header + data)


GOOD = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 4, 8, 8), }\n"
DATA = bytes(1 * 4 * 8 * 8 * 4)


@pytest.mark.parametrize("content", [
    b"", b"\x93NUMPY", b"\x93NUMPZ" + npy(GOOD, DATA)[6:], b"not an array at all, but text",
    npy(GOOD, DATA[:-1]), npy(GOOD, DATA + b"\0"), npy(GOOD), npy(GOOD, DATA, version=4),
    npy(GOOD, DATA, version=0), npy(GOOD, DATA, length=60000), npy(GOOD, DATA, length=10),
    npy(GOOD, DATA, length=0), npy(GOOD, DATA, version=2, length=2 ** 32 - 1),
    npy(GOOD.replace("False", "Maybe"), DATA), npy(GOOD.replace("shape", "shapes"), DATA),
    npy(GOOD.replace("(1", "(-1"), DATA), npy(GOOD.replace("(1,", "(1.0,"), DATA),
    npy(GOOD.replace("}", ""), DATA), npy(GOOD.replace("(1, ", "("), DATA),
    npy(GOOD.replace("}", ", 'extra': 1}"), DATA), npy(GOOD.replace("'descr'", "descr"), DATA),
    npy(GOOD.replace("8, 8", "8, 99999999999999999999999"), DATA),
    npy(GOOD.replace("8, 8", f"8, {2 ** 64 + 8}"), DATA),
    npy(GOOD.replace("1, 4, 8, 8", f"{2 ** 62}, 4, 8, 8"), DATA),
    npy(GOOD.replace("1, 4, 8, 8", f"{2 ** 61}, 2, 1, 1"), DATA),
    npy(GOOD.replace("1, 4, 8, 8", "4294967296, 4294967296, 1, 0"), b""),
    npy(GOOD.replace("<f4", "<f4\\"), DATA), npy("{}", DATA), npy("(" * 1000, DATA),
    npy(GOOD.replace("8)", "8) junk"), DATA),
])
def test_damaged_files(files, tmp_path, content):
    bad = tmp_path / "bad.npy"
    bad.write_bytes(content)
    assert "bad.npy" in refuse(files, x=bad) or b"4294967296" in content
    refuse(files, w=bad)
    refuse(files, "--bias", bad)


@pytest.mark.parametrize("content", [
    npy(GOOD, DATA), npy(GOOD, DATA, version=2), npy(GOOD, DATA, version=3),
    npy(GOOD.replace("'", '"').replace(" ", ""), DATA),
    npy("{'shape':(1,4,8,8),'fortran_order':False,'descr':'<f4'}" + " " * 7, DATA),
])
def test_other_spellings_are_read(files, tmp_path, content):
    other = tmp_path / "other.npy"
    other.write_bytes(content)
    assert numpy.load(other).shape == (1, 4, 8, 8)
    report = document("conv", other, files[1], "-o", files[2])
    assert report["shape"] == [1, 6, 6, 6]
    assert (numpy.load(files[2]) == 0).all()


def test_bytes_around_a_mutation(files, tmp_path):
    """No flipped bit of a header makes the command crash or leave an output behind: it is refused,
    or it still reads as an array."""
    bad, y = tmp_path / "bad.npy", files[2]
    content = bytearray(files[0].read_bytes())
    for position in range(0, 128, 3):
        for bit in (0, 2, 5, 7):
            content[position] ^= 1 << bit
            bad.write_bytes(content)
            code, _, err = run("conv", bad, files[1], "-o", y)
            assert code in (0, 2) and (code == 0) == y.exists(), err
            y.unlink(missing_ok=True)
            content[position] ^= 1 << bit
