# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""python -m nova_winograd.evaluate: what point sets do to a real model.

Runs a model natively and once per point set, and prints for each of them top-1 and top-5 (where
images are labelled), how often the first class is that of the native binary32 model, the relative
error of its outputs, how many outputs are not finite, and the time of a batch; then the error of
every layer on the inputs that it gets in the network.

    python -m nova_winograd.evaluate --model torchvision:resnet50 --data DIR --points classic,nova
    torchrun --nproc-per-node 4 -m nova_winograd.evaluate ...

Under torchrun whole batches are shared out, so that any number of processes, GPUs and nodes gives
the same numbers.
"""

import argparse
import copy
import json
import os
import sys
import time

import torch
import torch.distributed as dist
import torch.nn.functional as F

from ._images import Images, Latents, Noise, default_preprocess
from .functional import four_sides
from .modules import NovaWinogradConv2d
from .networks import load
from .replace import replace_conv2d_with_nova

DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}


def arguments_of(argv):
    parser = argparse.ArgumentParser(prog="python -m nova_winograd.evaluate",
                                     description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", required=True,
                        help="torchvision:NAME, timm:NAME, diffusers:REPOSITORY[:vae], or "
                             "MODULE:FACTORY, a function that returns a model")
    parser.add_argument("--weights", default="default",
                        help="'default': the package's pretrained ones; 'none': random ones; or a "
                             "file with a state_dict")
    parser.add_argument("--data", required=True,
                        help="a folder of images, in folders per class if labelled; noise:COUNT")
    parser.add_argument("--classes", help="a file with the class folders' names, a line for each of "
                                          "the model's outputs; without it they are sorted")
    parser.add_argument("--size", type=int, default=224, help="side of images, where the model's "
                                                              "package does not say")
    parser.add_argument("--points", default="best", help="point sets, separated by commas; 'auto' "
                                                         "leaves the choice to the planner")
    parser.add_argument("--tile", type=int, help="outputs per tile")
    parser.add_argument("--arith", help="storage of transformed data: f32, f16, f16m32, ...")
    parser.add_argument("--max-error", type=float, help="budget of a layer, relative rms")
    parser.add_argument("--dtype", choices=DTYPES, default="f16")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--limit", type=int, help="images at most")
    parser.add_argument("--layout", choices=["nchw", "nhwc"], default="nhwc")
    parser.add_argument("--repeat", type=int, default=3, help="runs that are timed; the least counts")
    parser.add_argument("--json", help="writes everything to this file")
    return parser.parse_args(argv)


class Group:
    """The processes of torchrun, or this one alone."""

    def __init__(self):
        self.size, self.rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
        if self.size > 1:
            dist.init_process_group("gloo")

    def total(self, sums):
        """Element by element over all processes, in binary64."""
        values = torch.tensor(sums, dtype=torch.float64)
        if self.size > 1:
            dist.all_reduce(values)
        return values.tolist()

    def close(self):
        if self.size > 1:
            dist.destroy_process_group()


def device_of(name):
    if name != "cuda":
        return torch.device(name)
    torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", 0)))
    return torch.device("cuda", torch.cuda.current_device())


def data_of(options, model, preprocess):
    config = getattr(model, "config", None)
    is_unet = config is not None and "cross_attention_dim" in config
    if options.data.startswith("noise:"):
        count = int(options.data.partition(":")[2])
        return Latents(count, config) if is_unet else Noise(count, (3, options.size, options.size))
    if is_unet:
        raise ValueError("a UNet is evaluated on noise: --data noise:COUNT")
    classes = None
    if options.classes:
        with open(options.classes, encoding="utf-8") as file:
            classes = file.read().split()
    return Images(options.data, preprocess or default_preprocess(options.size), classes)


def call(model, arguments):
    """The model's output as one tensor, whatever object it comes in."""
    if len(arguments) == 5:
        *arguments, pooled, sizes = arguments
        output = model(*arguments, added_cond_kwargs={"text_embeds": pooled, "time_ids": sizes})
    else:
        output = model(*arguments)
    for name in ("sample", "logits"):
        output = getattr(output, name, output)
    return output


class Runner:
    """Runs variants of a model on the same batches."""

    def __init__(self, options, group):
        self.options, self.group = options, group
        self.device = device_of(options.device)
        self.dtype = DTYPES[options.dtype]
        model, preprocess = load(options.model, options.weights)
        self.data = data_of(options, model, preprocess)
        count = min(len(self.data), options.limit or len(self.data))
        self.batches = [list(range(start, min(start + options.batch, count)))
                        for start in range(0, count, options.batch)]
        self.reference = model.to(self.device).eval()

    def variant(self, points=None):
        """A copy in the tensors' type; by nova with these points, natively without."""
        model = copy.deepcopy(self.reference).to(self.dtype)
        if self.options.layout == "nhwc":
            model = model.to(memory_format=torch.channels_last)
        count = 0
        if points is not None:
            count = replace_conv2d_with_nova(
                model, points=None if points == "auto" else points, tile=self.options.tile,
                arith=self.options.arith, max_error=self.options.max_error)
        return model, count

    def inputs(self, batch, dtype):
        arguments, labels = self.data.batch(batch)
        moved = []
        for tensor in arguments:
            if tensor.is_floating_point():
                tensor = tensor.to(dtype)
            if tensor.dim() == 4 and self.options.layout == "nhwc":
                tensor = tensor.contiguous(memory_format=torch.channels_last)
            moved.append(tensor.to(self.device))
        return tuple(moved), labels

    def expected(self):
        """(batch, output of the native binary32 model, labels) of this process's batches."""
        for number in range(self.group.rank, len(self.batches), self.group.size):
            batch = self.batches[number]
            arguments, labels = self.inputs(batch, torch.float32)
            yield batch, call(self.reference, arguments).double().cpu(), labels


def score(output, expected, labels):
    """Sums over a batch, in the order of FIELDS."""
    count = output.shape[0]
    finite = torch.isfinite(output).flatten(1).all(1)
    difference = torch.where(torch.isfinite(output), output - expected, expected)
    sums = [count, count - int(finite.sum()), difference.square().sum().item(),
            expected.square().sum().item(), 0, 0, 0, 0]
    if output.dim() == 2 and output.shape[1] > 1:
        # A row with NaN has no order: whatever topk makes of it does not count.
        ranked = output.nan_to_num(float("-inf")).topk(min(5, output.shape[1])).indices
        same = (ranked[:, 0] == expected.argmax(1)) & finite
        hit = (ranked == labels.unsqueeze(1)) & finite.unsqueeze(1)
        sums[4:] = [int(same.sum()), int((labels >= 0).sum()), int(hit[:, 0].sum()), int(hit.sum())]
    return sums


def describe(sums, classifies):
    count, nonfinite, error, power, same, labelled, top1, top5 = sums
    result = {"images": int(count), "nonfinite_images": int(nonfinite),
              "output_error": (error / power) ** 0.5}
    if classifies:
        result["agreement"] = same / count
    if labelled:
        result.update(top1=top1 / labelled, top5=top5 / labelled)
    return result


def run_variant(runner, model, dtype):
    sums, classifies = [0.0] * 8, False
    for batch, expected, labels in runner.expected():
        output = call(model, runner.inputs(batch, dtype)[0]).double().cpu()
        sums = [a + b for a, b in zip(sums, score(output, expected, labels))]
        classifies = output.dim() == 2
    total = runner.group.total(sums + [classifies])
    return describe(total[:8], total[8] > 0)


def batch_time(runner, model, dtype):
    """Least milliseconds of the first batch, on this process."""
    arguments, _ = runner.inputs(runner.batches[0], dtype)
    least = float("inf")
    for _ in range(runner.options.repeat + 1):
        _wait(runner.device)
        start = time.perf_counter()
        call(model, arguments)
        _wait(runner.device)
        least = min(least, time.perf_counter() - start)
    return least * 1e3


def _wait(device):
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def layer_errors(runner, model):
    """{layer: {error, nonfinite}} of nova's layers on the first batch, against float32 convolution
    of the input that the layer gets."""
    found = {}

    def compare(name):
        def hook(layer, arguments, output):
            (x,) = arguments
            top, bottom, left, right = four_sides(layer.padding, layer.kernel_size)
            mode = "constant" if layer.padding_mode == "zeros" else layer.padding_mode
            padded = F.pad(x.float(), (left, right, top, bottom), mode=mode)
            bias = None if layer.bias is None else layer.bias.float()
            exact = F.conv2d(padded, layer.weight.float(), bias).double()
            error = (output.double() - exact).norm() / exact.norm()
            found[name] = {"error": error.item(),
                           "nonfinite": int((~torch.isfinite(output)).sum())}
        return hook

    hooks = [layer.register_forward_hook(compare(name)) for name, layer in model.named_modules()
             if isinstance(layer, NovaWinogradConv2d)]
    call(model, runner.inputs(runner.batches[0], runner.dtype)[0])
    for hook in hooks:
        hook.remove()
    return found


def evaluate(argv=None):
    """Everything that the command prints, as a dict; complete in the process of rank 0."""
    options = arguments_of(argv)
    group = Group()
    result = {"model": options.model, "dtype": options.dtype, "tile": options.tile,
              "arith": options.arith, "device": options.device, "variants": {}, "layers": {}}
    try:
        with torch.inference_mode():
            runner = Runner(options, group)
            for points in [None, *options.points.split(",")]:
                model, count = runner.variant(points)
                name = "native" if points is None else points
                facts = run_variant(runner, model, runner.dtype)
                facts["layers"] = count
                if group.rank == 0:
                    facts["batch_ms"] = batch_time(runner, model, runner.dtype)
                    if points is not None:
                        result["layers"][name] = layer_errors(runner, model)
                result["variants"][name] = facts
    finally:
        group.close()
    return result


def table(result):
    head = ["points", "layers", "images", "top-1", "top-5", "same class", "output error",
            "not finite", "ms/batch"]
    lines = [head]
    for name, facts in result["variants"].items():
        shares = [f"{facts[key]:.2%}" if key in facts else ""
                  for key in ("top1", "top5", "agreement")]
        lines.append([name, str(facts["layers"]), str(facts["images"]), *shares,
                      f"{facts['output_error']:.3%}", str(facts["nonfinite_images"]),
                      f"{facts['batch_ms']:.2f}"])
    return _columns(lines)


def layer_table(result):
    names = list(result["layers"])
    lines = [["layer", *names]]
    for layer in result["layers"][names[0]]:
        facts = [result["layers"][name][layer] for name in names]
        lines.append([layer, *(f"{fact['error']:.3%}" + (f" ({fact['nonfinite']} not finite)"
                                                         if fact["nonfinite"] else "")
                               for fact in facts)])
    return _columns(lines)


def _columns(lines):
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()
                     for line in lines)


def main(argv=None):
    """The command."""
    try:
        result = evaluate(argv)
    except (ValueError, ImportError, OSError) as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 2
    if int(os.environ.get("RANK", 0)) == 0:
        print(f"{result['model']}, {result['dtype']} on {result['device']}; errors against native f32")
        print(table(result))
        print()
        print(layer_table(result))
        options = arguments_of(argv)
        if options.json:
            with open(options.json, "w", encoding="utf-8") as file:
                json.dump(result, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
