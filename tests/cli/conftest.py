# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""What the tests of the command share. NOVA_BINARY is the command under test, by default that of
build/."""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NOVA_BINARY", str(ROOT / "build" / "bin" / "nova"))
HAVE_ALGEBRA = os.environ.get("NOVA_HAVE_ALGEBRA", "1") == "1"
SANITIZED = os.environ.get("NOVA_SANITIZE", "") != ""

needs_algebra = pytest.mark.skipif(not HAVE_ALGEBRA, reason="built without FLINT")


def run(*arguments, cwd=None):
    """Runs the command; returns (exit code, stdout, stderr)."""
    result = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, cwd=cwd,
                            timeout=300, check=False)
    return result.returncode, result.stdout.decode(), result.stderr.decode(errors="replace")


def document(*arguments, cwd=None):
    """The one JSON document that a successful `nova ... --json` prints."""

    def unique(pairs):
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), f"a key appears twice: {keys}"
        return dict(pairs)

    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    code, out, err = run(*arguments, "--json", cwd=cwd)
    assert (code, err) == (0, ""), err
    return json.loads(out, object_pairs_hook=unique, parse_constant=refuse)


def refused(*arguments, cwd=None):
    """Runs what must fail: exit code 2, nothing on stdout, one line of reason, which is
    returned."""
    code, out, err = run(*arguments, cwd=cwd)
    assert code == 2, f"exit code {code}\n{out}{err}"
    assert out == ""
    if SANITIZED:  # AddressSanitizer announces allocations that fail
        err = "".join(line for line in err.splitlines(True) if not line.startswith("=="))
    assert err.startswith("nova") and err.endswith("\n") and err.count("\n") == 1, err
    assert len(err.split(": ", 1)[1].strip()) > 5, f"no reason: {err}"
    return err


@pytest.fixture
def small(tmp_path):
    """A shape file."""
    path = tmp_path / "small.txt"
    path.write_text("# two layers\nfirst 3 16 32 14 14\n\nsecond 1 8 8 9 7 # odd\n")
    return path
