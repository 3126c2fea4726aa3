# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Networks by name: torchvision:resnet50, timm:NAME, diffusers:REPOSITORY, package.module:factory."""

import importlib
import sys

import torch


def import_torchvision():
    """torchvision, also where its compiled operators do not fit the PyTorch that is installed.

    Its Python part describes two operators of its compiled part to the compiler and fails where that
    part could not be loaded. The architectures need neither, so the operators are declared for it.
    """
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    for operator in ("nms", "qnms"):
        torch.library.define(f"torchvision::{operator}",
                             "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return importlib.import_module("torchvision")


def load(name, weights="default", device="cpu"):
    """(model, preprocess) for a name; preprocess makes a [3, h, w] tensor of a PIL image, or is None.

    weights: "default" are the pretrained ones of the package (which may download them), "none"
    random ones, anything else a file with a state_dict.
    """
    source, _, rest = name.partition(":")
    if not rest:
        raise ValueError(f"{name!r}: must be torchvision:NAME, timm:NAME, diffusers:REPOSITORY or "
                         "MODULE:FACTORY")
    loader = {"torchvision": _torchvision, "timm": _timm, "diffusers": _diffusers}.get(source)
    pretrained = weights == "default"
    if loader is not None:
        model, preprocess = loader(rest, pretrained)
    else:
        model, preprocess = getattr(importlib.import_module(source), rest)(), None
    if not pretrained and weights != "none":
        state = torch.load(weights, map_location="cpu", weights_only=True)
        model.load_state_dict(state, strict=True)
    return model.eval().to(device), preprocess


def _torchvision(name, pretrained):
    models = importlib.import_module(import_torchvision().__name__ + ".models")
    weights = models.get_model_weights(name).DEFAULT
    preprocess = weights.transforms()
    return models.get_model(name, weights=weights if pretrained else None), preprocess


def _timm(name, pretrained):
    import_torchvision()
    timm = importlib.import_module("timm")
    model = timm.create_model(name, pretrained=pretrained)
    config = timm.data.resolve_model_data_config(model)
    return model, timm.data.create_transform(**config, is_training=False)


def _diffusers(name, pretrained):
    """The UNet or the VAE ("REPOSITORY:vae") of a pipeline; without weights, of its configuration."""
    import_torchvision()
    diffusers = importlib.import_module("diffusers")
    repository, _, part = name.partition(":")
    kind = diffusers.AutoencoderKL if part == "vae" else diffusers.UNet2DConditionModel
    folder = part or "unet"
    if pretrained:
        return kind.from_pretrained(repository, subfolder=folder), None
    return kind.from_config(kind.load_config(repository, subfolder=folder)), None
