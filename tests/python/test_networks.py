# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""How many layers of well-known networks nova computes, and that the networks still work.

Random weights; large networks on the meta device. The architectures come from torchvision and
diffusers; where these are not installed, or not usable beside this PyTorch, the test is skipped and
says so.
"""

import copy

import pytest
import torch

from nova_winograd import networks, replace_conv2d_with_nova, report


def torchvision_models():
    try:
        networks.import_torchvision()
        from torchvision import models
    except Exception as error:
        pytest.skip(f"torchvision cannot be used: {error}")
    return models


def unet(**config):
    try:
        networks.import_torchvision()
        from diffusers import UNet2DConditionModel
    except Exception as error:
        pytest.skip(f"diffusers cannot be used: {error}")
    with torch.device("meta"):
        return UNet2DConditionModel(**config)


@pytest.mark.parametrize("name, count", [("resnet50", 13), ("densenet161", 78), ("vgg16", 13)])
def test_torchvision(name, count):
    models = torchvision_models()
    with torch.device("meta"):
        model = models.get_model(name)
    assert replace_conv2d_with_nova(model) == count
    assert report(model).replaced == count
    assert replace_conv2d_with_nova(model, trainable=True) == count


def test_sd15_unet():
    """The configuration of Stable Diffusion 1.5's UNet is diffusers' default one."""
    assert replace_conv2d_with_nova(unet(sample_size=64, cross_attention_dim=768)) == 49


def test_sdxl_unet():
    model = unet(
        sample_size=128, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D",
                                           "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=(320, 640, 1280), transformer_layers_per_block=(1, 2, 10),
        attention_head_dim=(5, 10, 20), cross_attention_dim=2048, use_linear_projection=True,
        addition_embed_type="text_time", addition_time_embed_dim=256,
        projection_class_embeddings_input_dim=2816)
    assert replace_conv2d_with_nova(model) == 38


def test_resnet50_computes_the_same():
    models = torchvision_models()
    model = models.resnet50().eval()
    state = model.state_dict()
    replaced = models.resnet50().eval()
    assert replace_conv2d_with_nova(replaced) == 13
    replaced.load_state_dict(state, strict=True)
    x = torch.randn(1, 3, 96, 96)
    with torch.inference_mode():
        torch.testing.assert_close(replaced(x), model(x), rtol=1e-3, atol=1e-4)
        last = copy.deepcopy(replaced).to(memory_format=torch.channels_last)
        torch.testing.assert_close(last(x.to(memory_format=torch.channels_last)), model(x),
                                   rtol=1e-3, atol=1e-4)


def test_unet_computes_the_same():
    """A small UNet of the same construction."""
    config = {"sample_size": 16, "block_out_channels": (32, 64), "layers_per_block": 1,
              "cross_attention_dim": 32, "attention_head_dim": 8, "norm_num_groups": 8,
              "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
              "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D")}
    model = unet(**config).to_empty(device="cpu").eval()
    with torch.no_grad():
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.05)
    inputs = (torch.randn(1, 4, 16, 16), torch.tensor([10]), torch.randn(1, 7, 32))
    with torch.inference_mode():
        expected = model(*inputs).sample
        assert replace_conv2d_with_nova(model) > 5
        torch.testing.assert_close(model(*inputs).sample, expected, rtol=1e-3, atol=1e-4)
