# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""What models are evaluated on: a folder of images, noise, or the inputs of a UNet."""

from pathlib import Path

import torch

SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".ppm"}
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Images:
    """Images of a folder in the order of their names; labelled if they lie in a folder per class.

    classes  names of the class folders in the order of the model's outputs; None: the folders that
             are there, sorted
    """

    def __init__(self, folder, preprocess, classes=None):
        self.preprocess = preprocess
        folder = Path(folder)
        folders = sorted(path.name for path in folder.iterdir() if path.is_dir())
        self.labelled = bool(folders)
        order = {name: i for i, name in enumerate(classes or folders)}
        unknown = [name for name in folders if name not in order]
        if unknown:
            raise ValueError(f"folders that are no class: {', '.join(unknown[:5])}")
        self.files = [(path, order.get(path.parent.name, -1))
                      for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES]
        if not self.files:
            raise ValueError(f"no images in {folder}")

    def __len__(self):
        return len(self.files)

    def batch(self, indices):
        """(arguments of the model, labels)"""
        from PIL import Image

        tensors, labels = [], []
        for index in indices:
            path, label = self.files[index]
            with Image.open(path) as image:
                tensors.append(self.preprocess(image.convert("RGB")))
            labels.append(label)
        return (torch.stack(tensors),), torch.tensor(labels)


def default_preprocess(size=224):
    """Shorter side to 8/7 of `size`, the middle `size` x `size`, ImageNet's mean and deviation."""

    def preprocess(image):
        import numpy as np
        from PIL import Image

        scale = size * 8 / 7 / min(image.size)
        width, height = (round(side * scale) for side in image.size)
        image = image.resize((width, height), Image.BILINEAR)
        left, top = (width - size) // 2, (height - size) // 2
        pixels = np.asarray(image.crop((left, top, left + size, top + size)), dtype="float32") / 255
        normal = (pixels - np.float32(MEAN)) / np.float32(DEVIATION)
        return torch.from_numpy(normal).permute(2, 0, 1).contiguous()

    return preprocess


class Noise:
    """`count` images of normally distributed noise, the same in every run."""

    labelled = False

    def __init__(self, count, shape=(3, 224, 224)):
        self.count, self.shape = count, shape

    def __len__(self):
        return self.count

    def batch(self, indices):
        images = [torch.randn(self.shape, generator=torch.Generator().manual_seed(index))
                  for index in indices]
        return (torch.stack(images),), torch.full((len(indices),), -1)


class Latents(Noise):
    """Inputs of a diffusers UNet2DConditionModel: latents, a time step, embeddings of a text."""

    def __init__(self, count, config):
        size = config["sample_size"]
        super().__init__(count, (config["in_channels"], size, size))
        self.config = config

    def batch(self, indices):
        (latents,), labels = super().batch(indices)
        generator = torch.Generator().manual_seed(indices[0])
        text = torch.randn(len(indices), 77, self.config["cross_attention_dim"],
                           generator=generator)
        arguments = [latents, torch.tensor(500), text]
        if self.config.get("addition_embed_type") == "text_time":
            pooled = self.config["projection_class_embeddings_input_dim"] - \
                6 * self.config["addition_time_embed_dim"]
            arguments += [torch.randn(len(indices), pooled, generator=generator),
                          torch.zeros(len(indices), 6)]
        return tuple(arguments), labels
