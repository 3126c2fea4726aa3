# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Times of a CUDA device's work in CUDA graphs: without what the host takes to ask for it."""

import torch

#: Calls in a graph of one layer, and how often graphs are replayed.
CALLS, REPLAYS = 4, 15


def captured(calls):
    """A CUDA graph of what `calls` does on the current device. It must have been called before."""
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        calls()
    return graph


def least_times(contestants, input):
    """{name: least seconds} of functions that have been called before and read `input`.

    As in a network, the input has just been written and the weights come from memory: before each
    call a graph replaces what the second-level cache holds and copies the input. The time of a
    graph of these alone is subtracted.
    """
    with torch.cuda.device(input.device):
        fresh = input.clone()
        cache = torch.cuda.get_device_properties(input.device).L2_cache_size
        filler = torch.ones(max(cache, 1 << 22) // 2, dtype=torch.int32, device=input.device)

        def calls(run):
            for _ in range(CALLS):
                filler.sum()
                input.copy_(fresh)
                run()

        graphs = {name: captured(lambda: calls(run)) for name, run in contestants.items()}
        graphs[None] = captured(lambda: calls(lambda: None))
        least = _replayed(graphs)
        return {name: (least[name] - least[None]) / CALLS for name in contestants}


def _replayed(graphs):
    """{name: least seconds} of graphs, in turns."""
    least = dict.fromkeys(graphs, float("inf"))
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    for _ in range(REPLAYS):
        for name, graph in graphs.items():
            start.record()
            graph.replay()
            end.record()
            end.synchronize()
            least[name] = min(least[name], start.elapsed_time(end) / 1e3)
    return least


def layer_times(call, layers, ways):
    """{layer: {way: milliseconds}} of modules in graphs of what `call` does, one per way.

    call    runs the network
    ways    {name: function that makes the layers be computed that way}

    Three events are recorded around each layer, two of them before it: the time between those is
    what recording takes, and is subtracted. Nothing ({}) if the work cannot be captured, which is the
    case if the network asks the device for values.
    """
    marks = {name: {} for name in ways}
    graphs = {}
    try:
        for name, choose in ways.items():
            choose()
            call()
            torch.cuda.synchronize()
            with _marking(layers, marks[name]):
                graphs[name] = captured(call)
    except RuntimeError:
        return {}
    result = {layer: dict.fromkeys(ways, float("inf")) for layer in layers}
    for _ in range(REPLAYS):
        for name, graph in graphs.items():
            graph.replay()
            torch.cuda.synchronize()
            for layer, calls in marks[name].items():
                spent = sum(e[1].elapsed_time(e[2]) - e[0].elapsed_time(e[1]) for e in calls)
                result[layer][name] = min(result[layer][name], spent)
    return result


class _marking:
    """Records events around the layers' calls, {layer: [[event, event, event], ...]}."""

    def __init__(self, layers, marks):
        self.layers, self.marks = layers, marks

    def __enter__(self):
        self.hooks = []
        for layer in self.layers:
            self.hooks += [layer.register_forward_pre_hook(self.before),
                           layer.register_forward_hook(self.after)]

    def __exit__(self, *_):
        for hook in self.hooks:
            hook.remove()

    def before(self, layer, _):
        self.marks.setdefault(layer, []).append([_recorded(), _recorded()])

    def after(self, layer, *_):
        self.marks[layer][-1].append(_recorded())


def _recorded():
    event = torch.cuda.Event(enable_timing=True, external=True)
    event.record()
    return event
