/*
 * block.h - runs the threads of a GPU's blocks on the CPU, so that kernels are tested where there
 * is no GPU. A block's threads are coroutines of one thread of the CPU; they change places only
 * where they wait for each other: at barriers, and at operations that the lanes of a wave do
 * together.
 *
 * What it checks beside results: that all lanes of a wave arrive at the same operation, that nobody
 * waits for ever, and (by ORDER and COPIES) that nothing depends on an order that a GPU does not
 * promise. Variables in shared memory are thread_local: the block's threads are one thread of the
 * CPU, and no two blocks run at a time on it.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_EMULATION_BLOCK_H
#define NOVA_EMULATION_BLOCK_H

#include <cstddef>
#include <cstdint>
#include <functional>

namespace emulated {

enum {
    MOST_THREADS = 1024,
    MOST_LANES = 64,
    MOST_BARRIERS = 16,
    SHARED_BYTES = 232448 /* of dynamic shared memory, at most */
};

struct extent {
    unsigned x, y, z;
};

/** Runs `body` once for every thread of a grid of one-dimensional blocks of waves of `lanes`. */
void run_grid(extent grid, unsigned threads, unsigned lanes, const std::function<void()> &body);

/** What dynamic shared memory begins with: not a number, whatever is read from it. */
enum { POISON = 0xff };

/** Barrier number `barrier` of a block, 0 being that of all its threads; `threads` of them meet (0:
    all that have not ended). */
void meet(unsigned barrier, unsigned threads);

/** All lanes of the wave give their operands (they may point into their stacks); the last one does
    the operation for all of them. Lanes that have ended have null. */
typedef void operation(void *const *operands, unsigned lanes);
void together(operation *what, void *operands);

/** Sixteen bytes that arrive later: `from` null means zeros. They are copied when the thread waits
    for its group, or at once (COPIES=early): the two extremes of what hardware may do. */
void copy_later(void *to, const void *from);
void commit_copies(void);
void wait_for_copies(unsigned groups_left);

/** The wave's barrier: lanes of a GPU that has none besides instructions are together anyway. */
void meet_wave(void);

/** sums[rows][columns] += a[rows][depth] b[depth][columns] for a matrix unit: in binary64, where
    products of narrow types are exact. All three are packed; columns: 8 or 16. */
void multiply_add(int rows, int depth, int columns, const double *a, const double *b, double *sums);

} // namespace emulated

/** Where a thread is and its dynamic shared memory, by the names that kernels use. */
extern thread_local emulated::extent threadIdx, blockIdx, blockDim, gridDim;
alignas(1024) extern thread_local char dynamic[emulated::SHARED_BYTES];
alignas(1024) extern thread_local unsigned char memory[emulated::SHARED_BYTES];

#endif
