# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""The command line itself: help, version, unknown commands."""

import pytest

from conftest import document, refused, run

COMMANDS = ["points", "verify", "emit", "accuracy", "plan", "conv", "bench"]


def test_help_names_every_command():
    code, out, err = run("--help")
    assert code == 0 and err == ""
    assert all(f"  {name} " in out for name in COMMANDS)
    assert run("help")[1] == out == run("-h")[1]


@pytest.mark.parametrize("name", COMMANDS + ["points show"])
def test_help_of_each(name):
    code, out, err = run(*name.split(), "--help")
    assert code == 0 and err == ""
    assert out.startswith(f"Usage: nova {name}") and "--json" in out
    assert max(map(len, out.splitlines())) <= 100
    # Help is given whatever else stands on the line.
    assert run(*name.split(), "--frobnicate", "-h")[:2] == (0, out)


def test_version():
    code, out, _ = run("--version")
    assert code == 0 and out.startswith("nova ") and out.count(".") == 2


def test_unknown_command():
    assert "frobnicate" in refused("frobnicate")
    code, out, err = run()
    assert code == 2 and out == "" and "Usage" in err


def test_both_ways_to_give_a_value():
    plain = document("plan", "--input", "1x8x8x8", "--filters", "8")
    assert document("plan", "--input=1x8x8x8", "--filters=8") == plain
    assert "takes no value" in refused("points", "--json=yes")


def test_double_dash_ends_the_options(tmp_path):
    assert "-x.npy" in refused("conv", "-o", tmp_path / "y.npy", "--", "-x.npy", "w.npy")
