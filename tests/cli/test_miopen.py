# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""nova emit --format miopen: the instructions, as written and as LLVM 19 assembles them for gfx906
and gfx942, are run on linear forms in exact fractions and compared with the matrices."""

import re
import shutil
import struct
import subprocess
from fractions import Fraction

import pytest

from conftest import document, needs_algebra, refused, run

MAPS = {"data": "BT", "filter": "G", "output": "AT"}
PROCESSORS = ("gfx906", "gfx942")
TEMPORARIES = 32  # the number of t0 in what is assembled; d0 is v0
SCALARS = 40
ASSEMBLER = [shutil.which(name) for name in ("llvm-mc-19", "llvm-objdump-19")]
# Of binary32, and of the division in double that some coefficients come from.
ROUNDING = Fraction(1, 2**24) + Fraction(1, 2**51)

needs_assembler = pytest.mark.skipif(None in ASSEMBLER, reason="LLVM 19 is not installed")


def branch(text, macro, condition):
    """The lines of one branch of a macro, without comments."""
    body = re.search(rf"\.macro \w*_{macro}\n(.*?)\.endm", text, re.S).group(1)
    part = re.search(rf"if xform_{condition}\n((?: {{8}}.*\n)*)", body)
    lines = [line.split("//")[0].strip() for line in part.group(1).splitlines()]
    return [line for line in lines if line]


def number(text):
    """A constant as the hardware has it: a float's bits in hexadecimal, or an inline constant."""
    if text.startswith("0x"):
        return Fraction(struct.unpack(">f", bytes.fromhex(text[2:].zfill(8)))[0])
    assert float(text) in (0.5, -0.5, 1, -1, 2, -2, 4, -4), f"{text} is no inline constant"
    return Fraction(text)


def register(name):
    """("v" or "s", number) of d3, t0, v7, s12 in any spelling; None for anything else."""
    match = re.fullmatch(r"([vs])\[?(?:\w*_c\+|([dt]))?(\d+)\]?", name)
    if not match:
        return None
    kind, space, index = match.group(1), match.group(2), int(match.group(3))
    return kind, index + (TEMPORARIES if space == "t" else 0)


class Machine:
    """Vector registers that hold linear forms of the inputs: a pair of the form itself and of the
    sum of its terms' magnitudes, and how many constants are multiplied on the longest way."""

    def __init__(self, columns):
        self.columns = columns
        self.vectors = {i: ([Fraction(int(i == k)) for k in range(columns)],
                            [Fraction(int(i == k)) for k in range(columns)], 0)
                        for i in range(columns)}
        self.scalars = {}
        self.written = set()

    def operand(self, text):
        sign = 1
        match = re.fullmatch(r"neg\((.*)\)|-((?:v|s).*)", text)
        if match:
            sign, text = -1, match.group(1) or match.group(2)
        where = register(text)
        if where is None:
            return sign * number(text)
        kind, index = where
        if kind == "s":
            return sign * self.scalars[index]
        form, magnitude, depth = self.vectors[index]
        return [sign * term for term in form], magnitude, depth

    def multiply(self, factor, value):
        assert isinstance(factor, Fraction) and not isinstance(value, Fraction)
        return ([factor * term for term in value[0]], [abs(factor) * term for term in value[1]],
                value[2] + 1)

    @staticmethod
    def add(a, b, sign=1):
        return ([x + sign * y for x, y in zip(a[0], b[0])],
                [x + y for x, y in zip(a[1], b[1])], max(a[2], b[2]))

    def execute(self, line):
        name, rest = line.split(None, 1)
        name = re.sub(r"_e(32|64)$", "", name)
        fields = [field.strip() for field in rest.split(",")]
        kind, index = register(fields[0])
        values = [self.operand(field) for field in fields[1:]]
        if name == "s_mov_b32":
            assert kind == "s" and len(values) == 1
            self.scalars[index] = values[0]
            return
        assert kind == "v"
        if name == "v_mov_b32":
            result, = values
        elif name == "v_add_f32":
            result = self.add(*values)
        elif name == "v_sub_f32":
            result = self.add(*values, sign=-1)
        elif name == "v_mul_f32":
            result = self.multiply(*values)
        elif name == "v_fma_f32":
            assert not re.search(r"\b0x", rest), "gfx9 has no literals in VOP3"
            result = self.add(self.multiply(*values[:2]), values[2])
        else:
            raise AssertionError(f"unknown instruction {line}")
        self.vectors[index] = result
        self.written.add(index)


def check_lines(lines, matrix):
    """Runs the lines; results in v0, v1, ... must be the matrix, to the rounding of the constants
    alone, and registers beyond data and temporaries must stay as they are."""
    rows, columns = len(matrix), len(matrix[0])
    machine = Machine(columns)
    for line in lines:
        machine.execute(line)
    temporaries = {index for index in machine.written if index >= max(rows, columns)}
    assert all(TEMPORARIES <= index for index in temporaries)
    for row in range(rows):
        form, magnitude, depth = machine.vectors[row]
        for col in range(columns):
            bound = 2 * depth * ROUNDING * magnitude[col]
            assert abs(form[col] - Fraction(matrix[row][col])) <= bound, (row, col)
    return len(temporaries)


def emitted(set_name, m, r):
    code, text, err = run("emit", m, r, "--set", set_name, "--format", "miopen")
    assert (code, err) == (0, "")
    return text


def transforms():
    found = [(entry["set"], entry["m"], entry["r"]) for entry in document("points")["sets"]
             if entry["set"] != "direct"]
    assert len(found) > 90
    return found


def test_every_set_as_written():
    for set_name, m, r in transforms():
        text = emitted(set_name, m, r)
        shown = document("emit", m, r, "--set", set_name)
        for part, key in MAPS.items():
            lines = branch(text, "load", part) + branch(text, "xform", part)
            temporaries = check_lines(lines, shown[key])
            assert f"temporaries: {temporaries}\n" in text
            if m + r - 1 <= 8:  # what MIOpen's kernels have room for
                assert temporaries <= 8


def test_dyadic_constants_are_exact():
    for set_name, m in (("classic", 4), ("dyadic", 4), ("dyadic", 6), ("dyadic", 8)):
        text = emitted(set_name, m, 3)
        shown = document("emit", m, 3, "--set", set_name)
        for part in ("data", "output"):
            machine = Machine(m + 2)
            for line in branch(text, "load", part) + branch(text, "xform", part):
                machine.execute(line)
            matrix = shown[MAPS[part]]
            for row, entries in enumerate(matrix):
                assert machine.vectors[row][0] == [Fraction(entry) for entry in entries]


def test_instruction_counts():
    """Those that docs/miopen.md compares with MIOpen's own."""
    counts = {("classic", 4): (12, 10, 10), ("best", 4): (12, 9, 12), ("nova", 4): (12, 10, 12),
              ("best", 5): (21, 13, 20), ("best", 6): (24, 14, 20), ("nova", 6): (24, 14, 20),
              ("best", 8): (40, 17, 40), ("dyadic", 8): (40, 18, 40)}
    for (set_name, m), expected in counts.items():
        text = emitted(set_name, m, 3)
        assert tuple(len(branch(text, "xform", part)) for part in MAPS) == expected, (set_name, m)


WRAPPER = """
.altmacro
.set next_scalar, {scalars}
.macro .SGPR_ALLOC name, count, alignment
    .set \\name, next_scalar
    .set next_scalar, next_scalar + \\count
.endm
xform_data = {data}
xform_filter = {filter}
xform_output = {output}
{registers}
{text}
.text
{prefix}_alloc
{prefix}_load
{prefix}_xform
s_endpgm
"""


def assembled(text, part, processor, tmp_path):
    """What the macros become: assembled, and disassembled again."""
    flags = {name: int(name == part) for name in MAPS}
    registers = "\n".join([f"d{i} = {i}" for i in range(16)] +
                          [f"t{i} = {TEMPORARIES + i}" for i in range(16)])
    prefix = re.search(r"\.macro (\w+)_xform", text).group(1)
    source, binary = tmp_path / "transform.s", tmp_path / "transform.o"
    source.write_text(WRAPPER.format(scalars=SCALARS, registers=registers, text=text,
                                     prefix=prefix, **flags))
    common = ["--triple=amdgcn-amd-amdhsa", f"--mcpu={processor}"]
    subprocess.run([ASSEMBLER[0], *common, "--filetype=obj", "-o", binary, source], check=True)
    listing = subprocess.run([ASSEMBLER[1], "-d", f"--mcpu={processor}", binary], check=True,
                             capture_output=True, text=True).stdout
    lines = [line.split("//")[0].strip() for line in listing.splitlines() if "//" in line]
    assert lines[-1] == "s_endpgm"
    return lines[:-1]


@needs_assembler
@pytest.mark.parametrize("processor", PROCESSORS)
def test_assembled(processor, tmp_path):
    for set_name, m, r in transforms():
        if r != 3 or m + r - 1 > 10 or set_name not in ("best", "nova", "classic", "dyadic"):
            continue
        text = emitted(set_name, m, r)
        shown = document("emit", m, r, "--set", set_name)
        for part, key in MAPS.items():
            lines = assembled(text, part, processor, tmp_path)
            written = branch(text, "load", part) + branch(text, "xform", part)
            assert len(lines) == len(written)
            check_lines(lines, shown[key])


@needs_algebra
def test_points_of_ones_own_and_what_has_no_code():
    """Four finite points without symmetry have code; ten have none, which is said."""
    shown = document("emit", 3, 3, "--points", "0,1,3,-1/3", "--format", "miopen")
    assert "nova_f3x3_" in shown["text"]
    exact = document("emit", 3, 3, "--points", "0,1,3,-1/3")
    for part, key in MAPS.items():
        lines = branch(shown["text"], "load", part) + branch(shown["text"], "xform", part)
        check_lines(lines, exact[key])
    points = "0,1,2,3,4,5,6,7,8,9,10,11"
    assert "no straight-line code" in refused("emit", 11, 3, "--points", points, "--format",
                                              "miopen")
