# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""The engine for AMD devices is chosen where PyTorch is built for ROCm: a PyTorch for the CPU that
says it is, with stand-ins for ROCm's libraries, plans for a device."""

import json
import subprocess
import sys
from pathlib import Path

import nova_winograd._library
import pytest

from conftest import environment

pytestmark = pytest.mark.skipif(not nova_winograd._library.HAS_HIP,
                                reason="the library was built without the engine for AMD devices")

PROGRAM = """
import ctypes, json, sys
import torch
if sys.argv[1] != "none":
    torch.version.hip = "6.4"
    ctypes.CDLL(sys.argv[1])
import nova_winograd._library as library
try:
    kernels = library.plan([1, 64, 56, 56, 64, 3, 3], [1, 1, 1, 1], torch.float16, True, 0,
                           "algorithm=winograd")["kernels"]
except RuntimeError as reason:
    kernels = str(reason)
print(json.dumps([sorted(library.ENGINES), kernels, len(library.CHAINS)]))
"""


@pytest.fixture(scope="module")
def libraries(tmp_path_factory):
    """A folder with libamdhip64.so.7, and a library that has only the name of ROCm's libtorch."""
    folder = tmp_path_factory.mktemp("rocm")
    for source, name in ((Path(__file__).with_name("hip_standin.c"), "libamdhip64.so.7"),
                         ("/dev/null", "libtorch_hip.so")):
        subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", f"-Wl,-soname,{name}", str(source),
                        "-o", str(folder / name)], check=True)
    return folder


def run(libtorch, folder):
    env = environment()
    env["LD_LIBRARY_PATH"] = f"{folder}:{env.get('LD_LIBRARY_PATH', '')}"
    env["NOVA_HIP_PRODUCTS"] = "own"
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(libtorch)], env=env, check=True,
                          capture_output=True, text=True)
    return json.loads(done.stdout)


def test_rocm(libraries):
    engines, kernels, chains = run(libraries / "libtorch_hip.so", libraries)
    assert "cuda" in engines  # as PyTorch calls the devices
    assert kernels in ("mfma", "mfma fused")
    assert chains == 0  # their layers run one by one


def test_not_rocm(libraries):
    engines, kernels, _ = run("none", libraries)
    assert "cuda" not in engines
    assert "mfma" not in kernels
