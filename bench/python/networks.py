# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""The networks that the scripts of this folder run: torchvision's, the demo's denoiser, and the
UNets and the decoder of Stable Diffusion.

Weights of the denoiser are the trained ones. torchvision's are random as the package makes them.
Those of diffusion networks are random, too, but scaled so that signals neither die nor explode: see
randomise().
"""

from pathlib import Path

import torch
from torch import nn

from nova_winograd import networks

WEIGHTS = Path(__file__).parents[2] / "models" / "denoiser.safetensors"
SD15 = {"sample_size": 64, "cross_attention_dim": 768}
SDXL = {"sample_size": 128,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        "block_out_channels": (320, 640, 1280), "transformer_layers_per_block": (1, 2, 10),
        "attention_head_dim": (5, 10, 20), "cross_attention_dim": 2048,
        "use_linear_projection": True, "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2816}
VAE = {"down_block_types": ("DownEncoderBlock2D",) * 4, "up_block_types": ("UpDecoderBlock2D",) * 4,
       "block_out_channels": (128, 256, 512, 512), "layers_per_block": 2, "latent_channels": 4}
#: Side of the latents of those that are not torchvision's.
DIFFUSION = {"sd15": 64, "sdxl": 128, "vae": 64, "vae-xl": 128}


class Unet(nn.Module):
    """diffusers' UNet2DConditionModel for one time step and text, as a function of the latents."""

    def __init__(self, unet, batch):
        super().__init__()
        self.unet = unet
        config = unet.config
        generator = torch.Generator().manual_seed(2)
        self.register_buffer("text", torch.randn(batch, 77, config.cross_attention_dim,
                                                 generator=generator), persistent=False)
        self.register_buffer("step", torch.tensor(500), persistent=False)
        self.more = config.addition_embed_type == "text_time"
        if self.more:
            self.register_buffer("pooled", torch.randn(batch, 1280, generator=generator),
                                 persistent=False)
            side = 8.0 * config.sample_size
            self.register_buffer("sizes", torch.tensor([[side, side, 0, 0, side, side]] * batch),
                                 persistent=False)

    def forward(self, latents):
        more = {"text_embeds": self.pooled, "time_ids": self.sizes} if self.more else None
        return self.unet(latents, self.step, self.text, added_cond_kwargs=more,
                         return_dict=False)[0]


class Decoder(nn.Module):
    """The half of diffusers' AutoencoderKL that makes a picture of latents."""

    def __init__(self, vae):
        super().__init__()
        self.post_quant_conv, self.decoder = vae.post_quant_conv, vae.decoder

    def forward(self, latents):
        return self.decoder(self.post_quant_conv(latents))


def denoiser():
    from safetensors.torch import load_file

    weights, layers = load_file(WEIGHTS), []
    for i in range(15):
        weight, bias = weights[f"conv.{i}.weight"], weights[f"conv.{i}.bias"]
        conv = nn.Conv2d(weight.shape[1], weight.shape[0], 3, padding=1)
        conv.load_state_dict({"weight": weight.float(), "bias": bias.float()})
        layers += [conv, nn.ReLU(inplace=True)]
    return nn.Sequential(*layers[:-1])


@torch.no_grad()
def randomise(model, seed=0):
    """Weights of convolutions and products: the variance of their input is kept on average, but
    output channels differ (log-normally, by a factor of 1.35 either way) and single weights have the
    long tails of a Laplace distribution. Normalisations: 1 and 0, give or take 0.1."""
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(seed)

    def normal(like):
        return torch.randn(like.shape, device=device, generator=generator)

    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            weight = module.weight
            # The product of a normal and the root of an exponential variable is Laplace's.
            tails = -torch.rand(weight.shape, device=device, generator=generator).clamp_min(1e-7).log()
            channels = torch.randn(len(weight), device=device, generator=generator)
            channels = (0.3 * channels - 0.045).exp().view(-1, *[1] * (weight.dim() - 1))
            weight.copy_(normal(weight) * tails.sqrt() * channels / weight[0].numel() ** 0.5)
            if module.bias is not None:
                module.bias.copy_(0.1 * normal(module.bias))
        elif isinstance(module, (nn.GroupNorm, nn.LayerNorm)):
            module.weight.copy_(1 + 0.1 * normal(module.weight))
            module.bias.copy_(0.1 * normal(module.bias))


def diffusion(name, batch, device):
    networks.import_torchvision()
    from diffusers import AutoencoderKL, UNet2DConditionModel

    with torch.device(device):
        if name.startswith("vae"):
            model = AutoencoderKL(**VAE)
        else:
            model = UNet2DConditionModel(**(SD15 if name == "sd15" else SDXL))
    model = Decoder(model) if name.startswith("vae") else Unet(model, batch)
    randomise(model)
    return model


def build(name, *, batch=1, device="cpu", picture=(400, 600)):
    """(float32 model in evaluation mode, example input), both on the device."""
    torch.manual_seed(0)
    if name in DIFFUSION:
        model, shape = diffusion(name, batch, device), (batch, 4, DIFFUSION[name], DIFFUSION[name])
    elif name == "denoiser":
        model, shape = denoiser(), (batch, 3, *picture)
    else:
        with torch.device(device):  # to draw the weights of VGG-16 takes a processor seconds
            model, shape = networks.load(f"torchvision:{name}", "none")[0], (batch, 3, 224, 224)
    model = model.eval().to(device)
    generator = torch.Generator().manual_seed(1)
    make = torch.randn if name in DIFFUSION else torch.rand
    return model, make(shape, generator=generator).to(device)
