/*
 * biases.h - biases in binary32, which nova reads, of layers whose own are narrower.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_BRIDGE_BIASES_H
#define NOVA_BRIDGE_BIASES_H

#include <memory>

#include "torch_api.h"

namespace nova_bridge {

/**
 * A dense binary32 copy of a bias on the current CUDA device. It is kept with the bias's storage
 * and made anew when PyTorch has counted a change of the bias; making it waits for the device, so
 * that any stream may read it, and cannot be captured in a graph.
 */
std::shared_ptr<const float> wide_bias(const tensor &bias);

/** Forgets the copy of the bias at `address`, which null means all. */
void drop_biases(const void *address);

} // namespace nova_bridge

#endif
