/*
 * workspaces.h - working memory of executions on the CPU.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_BRIDGE_WORKSPACES_H
#define NOVA_BRIDGE_WORKSPACES_H

#include "torch_api.h"

namespace nova_bridge {

/** At least `bytes` of memory of PyTorch's allocator; contents undefined. */
tensor take_workspace(int64_t bytes);
/** Keeps the memory for a later call. */
void give_back_workspace(tensor workspace);
/** Frees what nobody uses. */
void drop_workspaces();

} // namespace nova_bridge

#endif
