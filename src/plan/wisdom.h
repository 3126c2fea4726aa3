/*
 * wisdom.h - what the planners of the CPU and of devices remember: one table of the process, one
 * form of file.
 *
 * A file has a first line "nova-wisdom 2" and then lines "KEY => PLAN". KEY is all that the choice
 * depends on. Of the CPU PLAN is "winograd TILE_H TILE_W SET ARITH SCHEDULE BLOCK_TILES
 * BLOCK_FILTERS SECONDS" or "direct SECONDS". Of a device KEY is "gpu MACHINE .. budget E", and
 * PLAN is "winograd TILE_H TILE_W SET ARITH BLOCKS SECONDS" or "direct BLOCKS SECONDS", where
 * BLOCKS is a name of the planner's for a way to cut the work into blocks: which names there are is
 * the planner's business, a file may have others. Lines "rates ..." are the calibration of the
 * CPU's cost model, see rates.c.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_WISDOM_H
#define NOVA_WISDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cpu/engine.h"

enum { NOVA_WISDOM_KEY = 320, NOVA_WISDOM_SET = 64, NOVA_WISDOM_BLOCKS = 96 };

/** What keys of devices begin with. */
#define NOVA_WISDOM_DEVICE "gpu "

/** A plan as wisdom knows it. */
typedef struct nova_wisdom_plan {
    nova_algorithm algorithm;
    int tile_h, tile_w; /* 1, 1 for direct */
    char set[NOVA_WISDOM_SET];
    nova_arith arith;                /* Winograd only */
    nova_blocking blocking;          /* of the CPU's Winograd */
    char blocks[NOVA_WISDOM_BLOCKS]; /* of a device; else "" */
    double seconds;                  /* that it took */
} nova_wisdom_plan;

typedef struct nova_wisdom_entry {
    char key[NOVA_WISDOM_KEY];
    nova_wisdom_plan plan;
} nova_wisdom_entry;

/** Entries with different keys. All zero: empty. Release `entries` with free(). */
typedef struct nova_wisdom_table {
    nova_wisdom_entry *entries;
    int count, capacity;
} nova_wisdom_table;

/* ---- wisdom_text.c */

/** True if the key is of a device's plan. */
bool nova_wisdom_is_of_device(const char *key);

/** Writes PLAN, without a line's end. */
void nova_wisdom_plan_write(FILE *stream, const nova_wisdom_plan *plan);

/** Reads PLAN; false if it is not whole. */
bool nova_wisdom_plan_read(const char *text, bool device, nova_wisdom_plan *plan);

/* ---- wisdom.c */

/** Adds all lines of a file's text, or none, to a table of the caller's; lines of rates are looked
    at, and taken over by the process if `rates`. `name` is the file's, for reasons. Errors:
    NOVA_DAMAGED, NOVA_OUT_OF_MEMORY. */
nova_status nova_wisdom_parse(const char *name, const char *text, size_t size, bool rates,
                              nova_wisdom_table *table);

/** The plan that the process knows for a key; false if there is none. */
bool nova_wisdom_find(const char *key, nova_wisdom_plan *plan);

/** Of the entries whose keys are `start` and a number from `least` on, the one with the smallest
    number, which is left in *number; false if there is none. `table` null: the process's. */
bool nova_wisdom_find_from(const nova_wisdom_table *table, const char *start, double least,
                           double *number, nova_wisdom_plan *plan);

/** Remembers a plan for a key. Errors: NOVA_OUT_OF_MEMORY. */
nova_status nova_wisdom_add(const char *key, const nova_wisdom_plan *plan);

#endif
