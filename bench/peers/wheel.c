/*
 * wheel.c - the caller's side of the conversation with peer.py.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "wheel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "process.h"
#include "runtime/runtime.h"

/* Loading a library takes seconds, the trial of its variants on a large layer may take minutes. */
static const double start_seconds = 120, answer_seconds = 600;

struct peer_wheel {
    const char *python, *script, *name, *clock;
    char threads[16];
    char version[64];
    peer_process *process; /* null: it has ended */
};

/* ---- shared arrays */

nova_status peer_shared_create(size_t count, peer_shared *shared) {
    size_t bytes;
    *shared = (peer_shared){.values = NULL};
    if (!nova_size_mul(count, sizeof *shared->values, &bytes)) {
        return nova_fail(NOVA_SIZE_OVERFLOW, "the tensor's size overflows");
    }
    const int file = memfd_create("nova-bench", MFD_CLOEXEC);
    void *memory = MAP_FAILED;
    if (file >= 0 && ftruncate(file, (off_t)bytes) == 0) {
        memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    }
    if (memory == MAP_FAILED) {
        if (file >= 0) {
            close(file);
        }
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a tensor of %zu bytes", bytes);
    }
    *shared = (peer_shared){.values = memory, .bytes = bytes, .file = file};
    return NOVA_OK;
}

void peer_shared_destroy(peer_shared *shared) {
    if (shared->values != NULL) {
        munmap(shared->values, shared->bytes);
        close(shared->file);
    }
    *shared = (peer_shared){.values = NULL};
}

/* ---- the conversation */

/** What went wrong, with the library's name, and the end of its process. */
static nova_status give_up(peer_wheel *wheel) {
    char reason[256];
    snprintf(reason, sizeof reason, "%s", nova_last_error());
    peer_process_stop(wheel->process);
    wheel->process = NULL;
    return nova_fail(NOVA_NOT_ELIGIBLE, "%s: %s", wheel->name, reason);
}

/** Receives a line that begins with `word`, or with `refusal` and a reason; *rest is what follows.
 */
static nova_status expect(peer_wheel *wheel, const char *word, const char *refusal, double seconds,
                          char line[PEER_LINE], const char **rest) {
    if (peer_process_receive(wheel->process, seconds, line) != NOVA_OK) {
        return give_up(wheel);
    }
    char *space = strchr(line, ' ');
    *rest = "";
    if (space != NULL) {
        *space = '\0';
        *rest = space + 1;
    }
    if (strcmp(line, word) == 0) {
        return NOVA_OK;
    }
    if (strcmp(line, refusal) == 0) {
        return nova_fail(NOVA_NOT_ELIGIBLE, "%s: %s", wheel->name, *rest);
    }
    nova_fail(NOVA_IO, "its process says '%s' and not '%s'", line, word);
    return give_up(wheel);
}

static nova_status start(peer_wheel *wheel) {
    char line[PEER_LINE];
    const char *version = "";
    char *const argv[] = {
        (char *)wheel->python, "-B", (char *)wheel->script, (char *)wheel->name, wheel->threads,
        (char *)wheel->clock,  NULL};
    if (peer_process_start(argv, &wheel->process) != NOVA_OK) {
        return give_up(wheel);
    }
    nova_status status = expect(wheel, "version", "absent", start_seconds, line, &version);
    if (status == NOVA_OK) {
        snprintf(wheel->version, sizeof wheel->version, "%s", version);
    }
    return status;
}

nova_status peer_wheel_open(const char *python, const char *script, const char *name, int threads,
                            bool processor_time, peer_wheel **result) {
    peer_wheel *wheel = *result = calloc(1, sizeof *wheel);
    if (wheel == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "%s: no memory", name);
    }
    wheel->python = python;
    wheel->script = script;
    wheel->name = name;
    wheel->clock = processor_time ? "cpu" : "wall";
    snprintf(wheel->threads, sizeof wheel->threads, "%d", threads);
    nova_status status = start(wheel);
    if (status != NOVA_OK) {
        peer_wheel_close(wheel);
        *result = NULL;
    }
    return status;
}

void peer_wheel_close(peer_wheel *wheel) {
    if (wheel != NULL) {
        peer_process_stop(wheel->process);
    }
    free(wheel);
}

const char *peer_wheel_version(const peer_wheel *wheel) {
    return wheel->version;
}

static nova_status send_layer(peer_wheel *wheel, const peer_wheel_layer *layer) {
    const nova_conv_desc *desc = layer->desc;
    const int id = (int)getpid();
    char line[PEER_LINE];
    snprintf(line, sizeof line,
             "layer %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
             " %s %.9g /proc/%d/fd/%d /proc/%d/fd/%d /proc/%d/fd/%d\n",
             desc->c, desc->h, desc->w, desc->k, nova_dtype_name(desc->dtype), layer->max_error, id,
             layer->x->file, id, layer->weights->file, id, layer->y->file);
    return peer_process_send(wheel->process, line) == NOVA_OK ? NOVA_OK : give_up(wheel);
}

static nova_status read_dtype(const char *text, size_t length, nova_dtype *dtype) {
    for (int i = NOVA_F32; i <= NOVA_BF16; ++i) {
        const char *name = nova_dtype_name((nova_dtype)i);
        if (strlen(name) == length && memcmp(name, text, length) == 0) {
            *dtype = (nova_dtype)i;
            return NOVA_OK;
        }
    }
    return nova_fail(NOVA_IO, "its process names no type: %s", text);
}

nova_status peer_wheel_prepare(peer_wheel *wheel, const peer_wheel_layer *layer, nova_dtype *dtype,
                               char kernel[64]) {
    char line[PEER_LINE];
    const char *answer = "";
    nova_status status = wheel->process != NULL ? NOVA_OK : start(wheel);
    if (status == NOVA_OK) {
        status = send_layer(wheel, layer);
    }
    if (status == NOVA_OK) {
        status = expect(wheel, "ready", "skip", answer_seconds, line, &answer);
    }
    if (status != NOVA_OK) {
        return status;
    }
    const size_t length = strcspn(answer, " ");
    if (read_dtype(answer, length, dtype) != NOVA_OK) {
        return give_up(wheel);
    }
    snprintf(kernel, 64, "%s", answer + length + strspn(answer + length, " "));
    return NOVA_OK;
}

/** `count` positive numbers, and no more. */
static nova_status read_times(const char *text, int count, double *seconds) {
    for (int i = 0; i < count; ++i) {
        char *end;
        seconds[i] = strtod(text, &end);
        if (end == text || !(seconds[i] > 0)) {
            return nova_fail(NOVA_IO, "its process gives no time: %s", text);
        }
        text = end;
    }
    return *text == '\0' ? NOVA_OK : nova_fail(NOVA_IO, "its process gives too many times");
}

nova_status peer_wheel_turn(peer_wheel *wheel, int warming, int runs, double *seconds) {
    char line[PEER_LINE];
    snprintf(line, sizeof line, "turn %d %d\n", warming, runs);
    return peer_process_send(wheel->process, line) == NOVA_OK &&
                   peer_process_receive(wheel->process, answer_seconds, line) == NOVA_OK &&
                   read_times(line, runs, seconds) == NOVA_OK
               ? NOVA_OK
               : give_up(wheel);
}

nova_status peer_wheel_read(peer_wheel *wheel) {
    char line[PEER_LINE];
    const char *rest = "";
    return peer_process_send(wheel->process, "read\n") == NOVA_OK
               ? expect(wheel, "done", "skip", answer_seconds, line, &rest)
               : give_up(wheel);
}
