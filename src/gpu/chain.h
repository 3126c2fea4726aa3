/*
 * chain.h - layers of which each reads what the one before it wrote: do they fit, where are the
 * tensors between them. Host code without any GPU interface.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_CHAIN_H
#define NOVA_GPU_CHAIN_H

#include "gpu/plan.h"

enum { NOVA_GPU_CHAIN_NONE = -2, NOVA_GPU_CHAIN_X = -1 }; /* as in nova_winograd_gpu.h */

/** What is asked for; options may be null. */
typedef struct nova_gpu_link {
    const nova_conv_desc *desc;
    const nova_plan_options *options;
    int residual;
} nova_gpu_link;

typedef struct nova_gpu_chain_layer {
    nova_gpu_plan plan;
    int residual;
    size_t workspace_at; /* its plan's workspace in the chain's */
    size_t y_at;         /* its output there; of the last layer only if the chain is transposed */
} nova_gpu_chain_layer;

typedef struct nova_gpu_chain {
    int count;
    nova_gpu_chain_layer *layers;
    bool transposed;        /* x and y are channel-first, the layers channel-last */
    size_t x_at;            /* of the channel-last x, if transposed */
    size_t workspace_bytes; /* with room to align it */
    double seconds;         /* predicted */
} nova_gpu_chain;

/** Plans a chain. Errors: those of nova_cuda_chain_create(). Release with nova_gpu_chain_clear().
 */
nova_status nova_gpu_chain_init(nova_gpu_chain *chain, const nova_gpu_link *links, int count,
                                const nova_gpu_machine *machine);
void nova_gpu_chain_clear(nova_gpu_chain *chain);

#endif
