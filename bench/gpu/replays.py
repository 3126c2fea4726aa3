# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""How the scripts of this folder time through PyTorch: CUDA graphs of calls, replayed in turns."""
import ctypes
import math
import statistics
import time

import torch

FORMATS = {"nchw": torch.contiguous_format, "nhwc": torch.channels_last}
WARM_UPS, LEAST = 2, 7


def set_up(path, wisdom=None):
    """The library, with measured plans of the file `wisdom` beside those that it was built with, and
    a PyTorch that lets cuDNN choose by timing; says what runs."""
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = False
    torch.manual_seed(1)
    library = ctypes.CDLL(path)
    library.nova_last_error.restype = ctypes.c_char_p
    if wisdom and library.nova_wisdom_import(str(wisdom).encode()) != 0:
        raise RuntimeError(library.nova_last_error().decode())
    print(f"{torch.cuda.get_device_name()}, cuDNN {torch.backends.cudnn.version()}")
    return library


def capture(call, calls):
    """A graph of call(0) to call(calls - 1)."""
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for i in range(3):  # what only first calls do is not for the graph
            call(i)
    stream.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for i in range(calls):
            call(i)
    return graph


def replay(graphs, calls, replays, seconds=math.inf):
    """Of each graph of `calls` calls the median microseconds of one. They take turns, `replays`
    times, or fewer where more than `seconds` have passed, but not fewer than LEAST."""
    times = [[] for _ in graphs]
    start, stop = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    end = time.perf_counter() + seconds
    for round_ in range(-WARM_UPS, replays):
        for own, graph in zip(times, graphs):
            start.record()
            graph.replay()
            stop.record()
            stop.synchronize()
            if round_ >= 0:
                own.append(1e3 * start.elapsed_time(stop) / calls)
        if round_ + 1 >= LEAST and time.perf_counter() > end:
            break
    return [statistics.median(own) for own in times]


def relative_error(y, exact):
    """Relative rms error."""
    return ((y.float() - exact).norm() / exact.norm()).item()
