/*
 * block.cpp - coroutines, and who of them goes on.
 *
 * NOVA_EMULATED_ORDER=backward lets the last thread of a block go first, NOVA_EMULATED_COPIES=early
 * lets asynchronous copies arrive as soon as they are asked for.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "block.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

thread_local emulated::extent threadIdx, blockIdx, blockDim, gridDim;
alignas(1024) thread_local char dynamic[emulated::SHARED_BYTES];
alignas(1024) thread_local unsigned char memory[emulated::SHARED_BYTES];

namespace emulated {

namespace {

[[noreturn]] void give_up(const char *reason) {
    std::fprintf(stderr, "emulation: block (%u, %u, %u), thread %u: %s\n", blockIdx.x, blockIdx.y,
                 blockIdx.z, threadIdx.x, reason);
    std::abort();
}

/* ---- changing from one stack to another */

#if defined(__x86_64__)
struct context {
    void *stack_pointer;
};
extern "C" void nova_emulated_switch(void **from, void *to);
/* Saves what the calling convention says a function must keep, and returns on the other stack. */
asm(".text\n"
    ".type nova_emulated_switch, @function\n"
    "nova_emulated_switch:\n"
    "    pushq %rbp\n    pushq %rbx\n    pushq %r12\n    pushq %r13\n    pushq %r14\n"
    "    pushq %r15\n"
    "    movq %rsp, (%rdi)\n"
    "    movq %rsi, %rsp\n"
    "    popq %r15\n    popq %r14\n    popq %r13\n    popq %r12\n    popq %rbx\n    popq %rbp\n"
    "    ret\n"
    ".size nova_emulated_switch, .-nova_emulated_switch\n"
    ".section .note.GNU-stack,\"\",@progbits\n"
    ".text\n");

void prepare(context *made, char *stack, size_t bytes, void (*entry)()) {
    enum { SAVED = 6 };
    void **top = reinterpret_cast<void **>(stack + bytes - 64);
    *--top = nullptr; /* where entry would return to; keeps the stack aligned as after a call */
    *--top = reinterpret_cast<void *>(entry);
    for (int i = 0; i < SAVED; i++)
        *--top = nullptr;
    made->stack_pointer = top;
}
void change(context *from, context *to) {
    nova_emulated_switch(&from->stack_pointer, to->stack_pointer);
}
#else
struct context {
    ucontext_t saved;
};
void prepare(context *made, char *stack, size_t bytes, void (*entry)()) {
    getcontext(&made->saved);
    made->saved.uc_stack.ss_sp = stack;
    made->saved.uc_stack.ss_size = bytes;
    makecontext(&made->saved, entry, 0);
}
void change(context *from, context *to) {
    swapcontext(&from->saved, &to->saved);
}
#endif

/* ---- a block */

enum { STACK_BYTES = 128 << 10 };

struct copy {
    void *to;
    const void *from;
    unsigned group; /* number of the group that it belongs to */
};

/* Threads that wait until `generation` moves on. */
struct meeting {
    unsigned arrived;
    uint64_t generation;
};

struct coroutine {
    context place;
    std::unique_ptr<char[]> stack;
    const meeting *waits; /* null if it can go on */
    uint64_t seen;
    bool ended;
    unsigned group; /* of copies that is being filled */
    std::vector<copy> copies;
};

struct wave {
    meeting lanes;
    unsigned alive;
    operation *what;
    void *operands[MOST_LANES];
};

struct block {
    unsigned threads, lanes, alive, current;
    bool backward, early;
    meeting barriers[MOST_BARRIERS];
    coroutine coroutines[MOST_THREADS];
    wave waves[MOST_THREADS];
    context scheduler;
    const std::function<void()> *body;
};

block *the_block() {
    static thread_local std::unique_ptr<block> made;
    if (!made) {
        const char *order = std::getenv("NOVA_EMULATED_ORDER");
        const char *copies = std::getenv("NOVA_EMULATED_COPIES");
        made.reset(new block());
        made->backward = order && std::strcmp(order, "backward") == 0;
        made->early = copies && std::strcmp(copies, "early") == 0;
    }
    return made.get();
}

bool can_go_on(const coroutine &c) {
    return !c.ended && (!c.waits || c.waits->generation != c.seen);
}

void go_on(block *b, context *from, unsigned thread) {
    b->current = thread;
    threadIdx = {thread, 0, 0};
    b->coroutines[thread].waits = nullptr;
    change(from, &b->coroutines[thread].place);
}

/* Hands over to the next thread that can go on; comes back when this one can. */
void hand_over(block *b, context *from) {
    const unsigned step = b->backward ? b->threads - 1 : 1;
    unsigned next = b->current;
    for (unsigned i = 0; i < b->threads; i++) {
        next = (next + step) % b->threads;
        if (can_go_on(b->coroutines[next])) {
            if (next == b->current && from == &b->coroutines[next].place) {
                b->coroutines[next].waits = nullptr;
                return;
            }
            go_on(b, from, next);
            return;
        }
    }
    if (b->alive > 0)
        give_up("all threads wait, and not all of them for each other");
    change(from, &b->scheduler);
}

void wait_for(block *b, const meeting *m) {
    coroutine &own = b->coroutines[b->current];
    own.waits = m;
    own.seen = m->generation;
    hand_over(b, &own.place);
}

void finish_meeting(meeting *m) {
    m->arrived = 0;
    m->generation++;
}

wave *own_wave(block *b) {
    return &b->waves[b->current / b->lanes];
}

void finish_wave(block *b, wave *w) {
    w->what(w->operands, b->lanes);
    std::memset(w->operands, 0, sizeof w->operands);
    finish_meeting(&w->lanes);
}

/* A thread that ends no longer keeps others waiting. */
void end_thread() {
    block *b = the_block();
    coroutine &own = b->coroutines[b->current];
    if (!own.copies.empty())
        give_up("ends before its copies have arrived");
    own.ended = true;
    b->alive--;
    wave *w = own_wave(b);
    if (--w->alive > 0 && w->lanes.arrived == w->alive)
        finish_wave(b, w);
    if (b->barriers[0].arrived > 0 && b->barriers[0].arrived == b->alive)
        finish_meeting(&b->barriers[0]);
    hand_over(b, &own.place);
}

void run_thread() {
    (*the_block()->body)();
    end_thread();
}

void start_block(block *b, unsigned threads, unsigned lanes, const std::function<void()> &body) {
    b->threads = b->alive = threads;
    b->lanes = lanes;
    b->body = &body;
    std::memset(b->barriers, 0, sizeof b->barriers);
    std::memset(b->waves, 0, sizeof b->waves);
    std::memset(dynamic, POISON, sizeof dynamic);
    std::memset(memory, POISON, sizeof memory);
    for (unsigned i = 0; i < threads; i++) {
        coroutine &c = b->coroutines[i];
        if (!c.stack)
            c.stack.reset(new char[STACK_BYTES]);
        c.waits = nullptr;
        c.ended = false;
        c.group = 0;
        b->waves[i / lanes].alive++;
        prepare(&c.place, c.stack.get(), STACK_BYTES, run_thread);
    }
}

} // namespace

/* ---------------------------------------------------------------- what kernels call */

void run_grid(extent grid, unsigned threads, unsigned lanes, const std::function<void()> &body) {
    block *b = the_block();
    if (threads > MOST_THREADS || lanes > MOST_LANES)
        give_up("a block has too many threads");
    gridDim = grid;
    blockDim = {threads, 1, 1};
    for (unsigned z = 0; z < grid.z; z++)
        for (unsigned y = 0; y < grid.y; y++)
            for (unsigned x = 0; x < grid.x; x++) {
                blockIdx = {x, y, z};
                start_block(b, threads, lanes, body);
                go_on(b, &b->scheduler, b->backward ? threads - 1 : 0);
            }
}

void meet(unsigned barrier, unsigned threads) {
    block *b = the_block();
    meeting *m = &b->barriers[barrier];
    const unsigned expected = threads > 0 ? threads : b->alive;
    if (++m->arrived == expected)
        finish_meeting(m);
    else
        wait_for(b, m);
}

void together(operation *what, void *operands) {
    block *b = the_block();
    wave *w = own_wave(b);
    if (w->lanes.arrived > 0 && w->what != what)
        give_up("lanes of a wave are at different operations");
    w->what = what;
    w->operands[b->current % b->lanes] = operands;
    if (++w->lanes.arrived == w->alive)
        finish_wave(b, w);
    else
        wait_for(b, &w->lanes);
}

static void nothing(void *const *, unsigned) {
}
void meet_wave() {
    char present;
    together(nothing, &present);
}

/* ---------------------------------------------------------------- products */

template <int COLUMNS>
static inline void multiply_add_columns(int rows, int depth, const double *a, const double *b,
                                        double *sums) {
    for (int row = 0; row < rows; row++) {
        double own[COLUMNS];
        std::memcpy(own, sums + row * COLUMNS, sizeof own);
        for (int k = 0; k < depth; k++)
            for (int column = 0; column < COLUMNS; column++)
                own[column] += a[row * depth + k] * b[k * COLUMNS + column];
        std::memcpy(sums + row * COLUMNS, own, sizeof own);
    }
}

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define NOVA_EMULATED_CLONES __attribute__((target_clones("arch=haswell", "default")))
#else
#define NOVA_EMULATED_CLONES
#endif
NOVA_EMULATED_CLONES
void multiply_add(int rows, int depth, int columns, const double *a, const double *b,
                  double *sums) {
    if (columns == 8)
        multiply_add_columns<8>(rows, depth, a, b, sums);
    else
        multiply_add_columns<16>(rows, depth, a, b, sums);
}

/* ---------------------------------------------------------------- copies */

enum { PIECE = 16 };

static void carry_out(const copy &c) {
    if (c.from)
        std::memcpy(c.to, c.from, PIECE);
    else
        std::memset(c.to, 0, PIECE);
}

void copy_later(void *to, const void *from) {
    block *b = the_block();
    coroutine &own = b->coroutines[b->current];
    if (reinterpret_cast<uintptr_t>(to) % PIECE || reinterpret_cast<uintptr_t>(from) % PIECE)
        give_up("a piece that is copied is not aligned");
    const copy c = {to, from, own.group};
    if (b->early)
        carry_out(c);
    else
        own.copies.push_back(c);
}

void commit_copies() {
    block *b = the_block();
    b->coroutines[b->current].group++;
}

void wait_for_copies(unsigned groups_left) {
    block *b = the_block();
    coroutine &own = b->coroutines[b->current];
    size_t arrived = 0;
    while (arrived < own.copies.size() &&
           own.copies[arrived].group + groups_left < own.group + (groups_left == 0))
        carry_out(own.copies[arrived++]);
    own.copies.erase(own.copies.begin(), own.copies.begin() + (ptrdiff_t)arrived);
}

} // namespace emulated
