/*
 * status.c - statuses, the reason of the last failure per thread, and the names of enumerators.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/runtime.h"

#include <stdarg.h>
#include <string.h>

static _Thread_local char last_error[NOVA_REASON_BYTES];

nova_status(nova_fail)(nova_status status, const char *format, ...) {
    /* Formatted aside first: an argument may be nova_last_error() itself. */
    char reason[NOVA_REASON_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    if (length < 0) {
        reason[0] = '\0';
    } else if (length >= NOVA_REASON_BYTES) {
        memcpy(reason + NOVA_REASON_BYTES - 4, "...", 4);
    }
    memcpy(last_error, reason, sizeof last_error);
    return status;
}

void nova_reason_keep(char reason[NOVA_REASON_BYTES]) {
    memcpy(reason, last_error, sizeof last_error);
}

void nova_reason_bring_back(const char reason[NOVA_REASON_BYTES]) {
    memcpy(last_error, reason, sizeof last_error);
}

const char *nova_last_error(void) {
    return last_error;
}

#define VERSION_TEXT_(major, minor, patch) #major "." #minor "." #patch
#define VERSION_TEXT(major, minor, patch) VERSION_TEXT_(major, minor, patch)

const char *nova_version(void) {
    return VERSION_TEXT(NOVA_VERSION_MAJOR, NOVA_VERSION_MINOR, NOVA_VERSION_PATCH);
}

/** names[value], or "unknown" for a value that is none of the enumerators. */
static const char *name_of(const char *const *names, int count, int value) {
    return value >= 0 && value < count ? names[value] : "unknown";
}

const char *nova_status_string(nova_status status) {
    static const char *const names[] = {
        [NOVA_OK] = "ok",
        [NOVA_INVALID_ARGUMENT] = "invalid argument",
        [NOVA_NOT_ELIGIBLE] = "not eligible",
        [NOVA_SIZE_OVERFLOW] = "size overflow",
        [NOVA_UNKNOWN_NAME] = "unknown name",
        [NOVA_BUDGET_UNREACHABLE] = "error budget unreachable",
        [NOVA_OUT_OF_MEMORY] = "out of memory",
        [NOVA_DAMAGED] = "damaged data",
        [NOVA_STALE] = "stale data",
        [NOVA_IO] = "input/output error",
        [NOVA_INTERNAL] = "internal error",
    };
    return name_of(names, NOVA_COUNT(names), (int)status);
}

const char *nova_dtype_name(nova_dtype dtype) {
    static const char *const names[] = {
        [NOVA_F32] = "f32", [NOVA_F16] = "f16", [NOVA_BF16] = "bf16"};
    return name_of(names, NOVA_COUNT(names), (int)dtype);
}

const char *nova_layout_name(nova_layout layout) {
    static const char *const names[] = {[NOVA_NCHW] = "nchw", [NOVA_NHWC] = "nhwc"};
    return name_of(names, NOVA_COUNT(names), (int)layout);
}

const char *nova_arith_name(nova_arith arith) {
    static const char *const names[] = {
        [NOVA_ARITH_AUTO] = "auto",     [NOVA_ARITH_F32] = "f32",
        [NOVA_ARITH_F16] = "f16",       [NOVA_ARITH_F16_M32] = "f16m32",
        [NOVA_ARITH_BF16] = "bf16",     [NOVA_ARITH_BF16_M32] = "bf16m32",
        [NOVA_ARITH_BF16X3] = "bf16x3", [NOVA_ARITH_BF16X6] = "bf16x6",
    };
    return name_of(names, NOVA_COUNT(names), (int)arith);
}

const char *nova_activation_name(nova_activation activation) {
    static const char *const names[] = {[NOVA_ACTIVATION_NONE] = "none",
                                        [NOVA_ACTIVATION_RELU] = "relu",
                                        [NOVA_ACTIVATION_SILU] = "silu"};
    return name_of(names, NOVA_COUNT(names), (int)activation);
}

const char *nova_algorithm_name(nova_algorithm algorithm) {
    static const char *const names[] = {[NOVA_ALGORITHM_AUTO] = "auto",
                                        [NOVA_ALGORITHM_DIRECT] = "direct",
                                        [NOVA_ALGORITHM_WINOGRAD] = "winograd"};
    return name_of(names, NOVA_COUNT(names), (int)algorithm);
}

const char *nova_place_name(nova_place place) {
    static const char *const names[] = {[NOVA_PLACE_AUTO] = "auto",
                                        [NOVA_PLACE_STORED] = "stored",
                                        [NOVA_PLACE_BLOCKED] = "blocked",
                                        [NOVA_PLACE_INLINED] = "inlined"};
    return name_of(names, NOVA_COUNT(names), (int)place);
}
