/*
 * runtime.h - status with reasons, checked sizes, memory, threads and files: what every other room
 * of the library needs and the public header does not show.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_RUNTIME_H
#define NOVA_RUNTIME_H

#include <stdbool.h>
#include <stdio.h>

#include "nova_winograd.h"

#define NOVA_COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define NOVA_MIN(a, b) ((a) < (b) ? (a) : (b))
#define NOVA_MAX(a, b) ((a) > (b) ? (a) : (b))

/* ---- status.c */

/** Records the reason (printf style) for this thread and returns `status`. */
nova_status nova_fail(nova_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
enum { NOVA_REASON_BYTES = 512 };

/** Keeps this thread's reason aside, and brings it back: for a call that succeeds although
   something that it tried did not. */
void nova_reason_keep(char reason[NOVA_REASON_BYTES]);
void nova_reason_bring_back(const char reason[NOVA_REASON_BYTES]);

#if defined(__clang_analyzer__)
/* The analyzer looks at one file at a time: it must see that this is no way to return NOVA_OK. */
#define nova_fail(status, ...) ((void)nova_fail(status, __VA_ARGS__), (status))
#endif

/* ---- memory.c */

enum { NOVA_ALIGNMENT = 64 };

/** True, and the product (sum) in *result, unless it overflows size_t. */
bool nova_size_mul(size_t a, size_t b, size_t *result);
bool nova_size_add(size_t a, size_t b, size_t *result);

/** Rounds up to a multiple; the caller has checked that it fits. */
size_t nova_round_up(size_t value, size_t multiple);

/** Memory aligned to NOVA_ALIGNMENT, or null; release with nova_free(). */
void *nova_alloc(size_t bytes);
void nova_free(void *memory);

/* ---- threads.c */

/** Number of processors that this process may use, at least 1. */
int nova_processor_count(void);

/**
 * Runs task(argument, i) for i in [0, tasks) on at most `threads` of nova's own threads, the
 * caller's among them, and returns when all have finished. If the threads are busy with another
 * call, or the call comes from a task, the caller does all the work itself. In the child of a fork
 * the pool starts anew; a fork from inside a task may only go on to exec.
 */
void nova_parallel_for(int threads, void (*task)(void *argument, int index), void *argument,
                       int tasks);

/** Monotonic time in seconds. */
double nova_now(void);

/* ---- file.c */

/** A file that appears under its own name only when it is complete. */
typedef struct nova_writer {
    FILE *stream; /**< write here; errors are found by nova_writer_commit() */
    char *path, *temporary;
} nova_writer;

/**
 * Opens a temporary file beside `path` (NOVA_IO and the system's reason if that fails). Devices and
 * pipes are written to directly; a link keeps pointing to the file that is replaced.
 */
nova_status nova_writer_open(nova_writer *writer, const char *path);
/** Flushes, closes and renames; on failure nothing is left behind. */
nova_status nova_writer_commit(nova_writer *writer);
/** Closes and removes the temporary file; safe after a commit. */
void nova_writer_abort(nova_writer *writer);

/**
 * Reads a whole file (a zero byte is added after it, which *size does not count). Release *data
 * with free(). NOVA_IO and the system's reason if that fails.
 */
nova_status nova_read_file(const char *path, char **data, size_t *size);

/* ---- json.c */

/** A parsed JSON value; siblings are linked in their order. */
typedef enum {
    NOVA_JSON_NULL,
    NOVA_JSON_BOOL,
    NOVA_JSON_NUMBER,
    NOVA_JSON_STRING,
    NOVA_JSON_ARRAY,
    NOVA_JSON_OBJECT
} nova_json_type;

typedef struct nova_json {
    nova_json_type type;
    bool boolean;
    double number;
    char *string;            /**< value of a string, UTF-8, zero-terminated */
    char *key;               /**< name of this member of an object, else null */
    struct nova_json *child; /**< first element or member */
    struct nova_json *next;
} nova_json;

/**
 * Parses `size` bytes that hold one JSON document (RFC 8259). NOVA_DAMAGED, with the offset in the
 * reason, for what is not JSON and for repeated keys, U+0000 in a string, invalid UTF-8, numbers
 * beyond a double and more than 100 levels. Release *root with nova_json_free().
 */
nova_status nova_json_parse(const char *text, size_t size, nova_json **root);
void nova_json_free(nova_json *root); /**< null is allowed */
/** Member `key` of an object; null if there is none or `object` is null or no object. */
const nova_json *nova_json_get(const nova_json *object, const char *key);
/** Number of elements of an array or members of an object; 0 for anything else. */
int nova_json_length(const nova_json *array);

#endif
