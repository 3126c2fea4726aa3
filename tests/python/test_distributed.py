# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""DistributedDataParallel over two gloo processes."""

import subprocess
import sys
from pathlib import Path

import torch
from conftest import environment
from ddp_worker import network, train


def test_two_processes(tmp_path):
    """Both end with the same weights, those of one native process on whole batches."""
    worker = Path(__file__).with_name("ddp_worker.py")
    subprocess.run([sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2",
                    "--master-port", "0", "--rdzv-backend", "c10d", "--rdzv-endpoint", "localhost:0",
                    str(worker), str(tmp_path)], env=environment(), check=True, timeout=300,
                   capture_output=True)
    one, two = (torch.load(tmp_path / f"{rank}.pt") for rank in (0, 1))
    native = network()
    start = native.state_dict()["2.weight"].clone()
    train(native, slice(None))
    for name, value in native.state_dict().items():
        assert torch.equal(one[name], two[name])
        torch.testing.assert_close(one[name], value, rtol=1e-3, atol=1e-5)
    assert not torch.allclose(one["2.weight"], start, rtol=1e-3, atol=1e-4)
