# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""The operators and nova_forward: values, layouts, types, refusals."""

import itertools
import threading

import pytest
import torch
import torch.nn.functional as F
from conftest import DTYPES, FORMATS, assert_close, exact

import nova_winograd
from nova_winograd import nova_forward

SHAPES = [  # n, c, h, w, k, r, s, padding
    (1, 64, 14, 14, 64, 3, 3, 1),
    (2, 17, 13, 19, 23, 3, 3, 1),
    (3, 1, 5, 4, 1, 3, 3, 0),
    (1, 5, 1, 1, 7, 3, 3, 1),
    (2, 8, 12, 9, 8, 1, 3, (0, 1)),
    (2, 8, 12, 9, 8, 3, 1, (1, 0)),
    (1, 4, 11, 10, 6, 5, 5, 2),
    (1, 3, 15, 16, 4, 7, 7, "same"),
]


def problem(shape, dtype, memory_format):
    n, c, h, w, k, r, s, padding = shape
    x = torch.randn(n, c, h, w).to(dtype).contiguous(memory_format=memory_format)
    weight = (torch.randn(k, c, r, s) / (c * r * s) ** 0.5).to(dtype)
    return x, weight, torch.randn(k).to(dtype), padding


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_values(shape, dtype):
    for memory_format in FORMATS:
        x, weight, bias, padding = problem(shape, dtype, memory_format)
        y = nova_forward(x, weight, padding, bias=bias)
        assert y.dtype == dtype
        assert_close(y, exact(x, weight, bias, padding), dtype)
        native = F.conv2d(x.float(), weight.float(), padding=padding)
        assert y.shape == native.shape
        assert y.stride() == native.stride()


def test_prototype_signature():
    """binary16 input, binary32 weights."""
    x, weight = torch.randn(1, 32, 28, 28).half(), torch.randn(32, 32, 3, 3) / 17
    y = nova_forward(x, weight, 1, tile=6, points="classic", arith="f16")
    assert y.dtype == torch.float16
    assert_close(y, exact(x, weight, padding=1), torch.float16)


def test_options_reach_the_planner():
    def plan(**options):
        return nova_winograd.plan([1, 64, 56, 56, 64, 3, 3], [1] * 4, torch.float16, True, -1,
                                  nova_winograd.Options(**options).text)

    assert plan(tile=6)["tile"] == [6, 6]
    assert plan(tile=(6, 4))["tile"] == [6, 4]
    assert plan(tile=4, points="nova", arith="f16")["set"] == "nova"
    assert plan(max_error=1e-3)["predicted_error"] <= 1e-3
    assert plan(tile=1)["algorithm"] == "direct"
    assert plan()["chosen_by"] == "model"
    worse = plan(tile=8, points="best", arith="f16", scaling=False, compensation=False)
    assert worse["predicted_error"] > 1.1 * plan(tile=8, points="best",
                                                 arith="f16")["predicted_error"]


def test_points_differ_as_predicted():
    """The integer points of F(6,3) are what the library exists to avoid."""
    x, weight = torch.randn(1, 64, 24, 24).half(), torch.randn(64, 64, 3, 3) / 24
    reference = exact(x, weight, padding=1)

    def error(points):
        y = nova_forward(x, weight, 1, tile=6, points=points, arith="f16")
        return ((y.double() - reference).norm() / reference.norm()).item()

    assert error("classic") < 0.01 < 0.02 < error("nova") < 0.1 < error("integer")


def test_strided_inputs():
    """Views that are dense in neither layout, and expanded ones."""
    base = torch.randn(2, 8, 20, 22)
    weight = torch.randn(9, 8, 3, 3) / 9
    for x in (base[:, :, ::2, 1:], base.transpose(2, 3), base[:1].expand(3, -1, -1, -1)):
        assert_close(nova_forward(x, weight, 1), exact(x, weight, padding=1), torch.float32)
    strided = torch.randn(9, 8, 3, 6)[:, :, :, ::2]
    assert_close(nova_forward(base, strided, 1), exact(base, strided, padding=1), torch.float32,
                 2e-5)


def test_unbatched_and_empty():
    weight = torch.randn(4, 3, 3, 3)
    assert nova_forward(torch.randn(3, 8, 9), weight, 1).shape == (4, 8, 9)
    assert nova_forward(torch.randn(0, 3, 8, 9), weight, 1).shape == (0, 4, 8, 9)


def test_float64_is_computed_by_pytorch():
    x, weight = torch.randn(1, 3, 8, 8).double(), torch.randn(4, 3, 3, 3).double()
    assert torch.equal(nova_forward(x, weight, 1), F.conv2d(x, weight, padding=1))


@pytest.mark.parametrize("arguments, reason", [
    ((torch.randn(1, 3, 8, 8), torch.randn(4, 2, 3, 3)), "3 channels, weight is for 2"),
    ((torch.randn(1, 3, 2, 8), torch.randn(4, 3, 3, 3)), "larger than the padded input"),
    ((torch.randn(3, 8), torch.randn(4, 3, 3, 3)), "4 dimensions"),
], ids=["channels", "small", "dimensions"])
def test_refusals(arguments, reason):
    with pytest.raises(RuntimeError, match=reason):
        nova_forward(*arguments)


@pytest.mark.parametrize("options, reason", [
    ({"tile": 44}, "tile 44x44"), ({"points": "no such set"}, "no such set"),
    ({"arith": "f12"}, "arith=f12"), ({"max_error": 1e-12}, "budget"),
], ids=str)
def test_bad_options(options, reason):
    with pytest.raises(RuntimeError, match=reason):
        nova_forward(torch.randn(1, 3, 8, 8), torch.randn(4, 3, 3, 3), 1, **options)


def test_bias_must_fit():
    with pytest.raises(RuntimeError, match="bias"):
        nova_forward(torch.randn(1, 3, 8, 8), torch.randn(4, 3, 3, 3), bias=torch.randn(3))


def test_filter_is_kept(filters_made):
    x, weight = torch.randn(1, 8, 12, 12), torch.randn(8, 8, 3, 3)
    first = nova_forward(x, weight, 1)
    assert torch.equal(nova_forward(x, weight, 1), first)
    assert filters_made() == 1
    weight.mul_(2)
    torch.testing.assert_close(nova_forward(x, weight, 1), 2 * first)
    assert filters_made() == 2


def test_one_element_of_large_weights():
    """What changes in place is counted, wherever it is."""
    x, weight = torch.randn(1, 64, 12, 12), torch.randn(64, 64, 3, 3)
    for place in (17, 20001, 36863):
        nova_forward(x, weight, 1)
        weight.view(-1)[place] += 10
        assert_close(nova_forward(x, weight, 1), exact(x, weight, padding=1), torch.float32)


def test_filter_of_freed_weights_is_not_reused():
    """The address of freed weights is used again by the allocator; the filter must not be, even if
    the weights differ in so few places that no sample shows it."""
    x, base = torch.randn(1, 64, 12, 12), torch.randn(64, 64, 3, 3)
    for i in range(20):
        weight = base.clone()
        weight.view(-1)[17] = i % 5
        assert_close(nova_forward(x, weight, 1), exact(x, weight, padding=1), torch.float32)
        del weight


def test_inference_tensors():
    """They count no changes, so their contents decide: one element of small weights, most of large
    ones."""
    with torch.inference_mode():
        for size, change in ((8, (3, 2, 1, 1)), (40, slice(None))):
            x, weight = torch.randn(1, size, 12, 12), torch.randn(size, size, 3, 3)
            first = nova_forward(x, weight, 1)
            weight[change] *= 1.5
            second = nova_forward(x, weight, 1)
            assert_close(second, exact(x, weight, padding=1), torch.float32)
            assert not torch.equal(first, second)


@pytest.mark.parametrize("memory_format", FORMATS, ids=str)
def test_changes_through_data(memory_format):
    """Nor are these counted."""
    x = torch.randn(1, 40, 12, 12)
    weight = torch.randn(40, 40, 3, 3).contiguous(memory_format=memory_format)
    nova_forward(x, weight, 1)
    weight.data.mul_(1.5)
    assert_close(nova_forward(x, weight, 1), exact(x, weight, padding=1), torch.float32)


def test_memory_of_dead_weights_is_bounded():
    x = torch.randn(1, 2, 4, 4)
    for _ in range(600):
        nova_forward(x, torch.randn(2, 2, 3, 3), 1)
    assert nova_winograd.statistics()["weights_kept"] < 400
    nova_winograd.release()
    assert nova_winograd.statistics()["weights_kept"] == 0


def test_threads_share_a_layer():
    """The same weights from several threads, with several sizes."""
    weight = torch.randn(16, 16, 3, 3) / 12
    inputs = [torch.randn(1, 16, 10 + i % 3, 11) for i in range(12)]
    expected = [exact(x, weight, padding=1) for x in inputs]
    failures = []

    def work(offset):
        try:
            for x, y in itertools.islice(zip(inputs[offset:] + inputs, expected[offset:] + expected),
                                         len(inputs)):
                assert_close(nova_forward(x, weight, 1), y, torch.float32)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_result_does_not_depend_on_threads():
    x, weight = torch.randn(1, 32, 30, 30), torch.randn(32, 32, 3, 3) / 17
    before = torch.get_num_threads()
    try:
        outputs = []
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            outputs.append(nova_forward(x, weight, 1, tile=4, points="best", arith="f32"))
    finally:
        torch.set_num_threads(before)
    for output in outputs:
        assert torch.equal(output, outputs[0])


def test_opcheck():
    x, weight, bias = torch.randn(2, 3, 9, 8), torch.randn(4, 3, 3, 3), torch.randn(4)
    for arguments in ((x, weight, bias, [1, 1, 1, 1], ""), (x, weight, None, [0, 1, 2, 0], "tile=4")):
        torch.library.opcheck(torch.ops.nova_winograd.conv2d_inference.default, arguments)
        torch.library.opcheck(torch.ops.nova_winograd.conv2d.default, (*arguments, True))
    last = x.contiguous(memory_format=torch.channels_last)
    torch.library.opcheck(torch.ops.nova_winograd.conv2d.default,
                          (last.requires_grad_(), weight.requires_grad_(), bias.requires_grad_(),
                           [1, 1, 1, 1], "", False))
