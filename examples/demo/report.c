/*
 * report.c - see report.h.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "report.h"

#include <math.h>
#include <string.h>

enum { ERROR_TEXT = 32 };

verdict report_verdict(const report *facts, int index) {
    const double intact = 0.1, worse = 1.0; /* dB */
    double loss = facts->results[0].psnr - facts->results[index].psnr;
    if (facts->results[index].nonfinite > 0 || loss > worse) {
        return VERDICT_BROKEN;
    }
    return loss > intact ? VERDICT_WORSE : VERDICT_INTACT;
}

const char *report_verdict_name(verdict found) {
    static const char *const names[] = {"intact", "worse", "broken"};
    return names[found];
}

void report_format_error(double error, char *text) {
    double percent = 100 * error;
    if (!isfinite(percent)) {
        snprintf(text, ERROR_TEXT, "not finite");
    } else if (percent == 0 || percent >= 100) {
        snprintf(text, ERROR_TEXT, "%.0f %%", percent);
    } else {
        snprintf(text, ERROR_TEXT, "%.*f %%", percent >= 10 ? 1 : percent >= 1 ? 2 : 3, percent);
    }
}

/* ---------------------------------------------------------------- table */

static void print_row(const report *facts, int index) {
    const result *row = &facts->results[index];
    char predicted[ERROR_TEXT], error[ERROR_TEXT];
    report_format_error(row->predicted_error, predicted);
    report_format_error(row->error, error);
    printf("%-30s %8.1f %8.2fx %11s %11s %11zu %9.2f  %s\n", row->how->name, row->milliseconds,
           row->speedup, predicted, index == 0 ? "-" : error, row->nonfinite, row->psnr,
           report_verdict_name(report_verdict(facts, index)));
}

void report_print_table(const report *facts) {
    printf("%s, %d x %d, noise of sigma %g: noisy image %.2f dB\n", facts->photo, facts->width,
           facts->height, facts->sigma, facts->noisy_psnr);
    printf("%d layers of 3x3 convolution; %d thread%s, %s kernels\n\n", facts->layers,
           facts->threads, facts->threads == 1 ? "" : "s", facts->kernels);
    printf("%-30s %8s %9s %11s %11s %11s %9s\n", "method", "ms", "speed-up", "predicted", "error",
           "non-finite", "PSNR, dB");
    for (int i = 0; i < facts->count; ++i) {
        print_row(facts, i);
    }
    printf("\nThe picture is in %s\n", facts->out);
}

/* ---------------------------------------------------------------- JSON */

static void print_string(const char *text) {
    putchar('"');
    for (const unsigned char *c = (const unsigned char *)text; *c; ++c) {
        if (*c == '"' || *c == '\\') {
            printf("\\%c", *c);
        } else if (*c < 0x20) {
            printf("\\u%04x", *c);
        } else {
            putchar(*c);
        }
    }
    putchar('"');
}

static void print_number(const char *key, double value) {
    if (isfinite(value)) {
        printf("\"%s\": %.9g, ", key, value);
    } else {
        printf("\"%s\": null, ", key);
    }
}

/** "true" if a lever that `flag` would switch off is in use. */
static const char *in_use(const method *how, unsigned flag) {
    return how->algorithm == NOVA_ALGORITHM_WINOGRAD && !(how->flags & flag) ? "true" : "false";
}

static void print_result(const report *facts, int index) {
    const result *row = &facts->results[index];
    printf("    {\"method\": ");
    print_string(row->how->name);
    printf(", \"algorithm\": \"%s\", \"tile\": %d, \"set\": \"%s\", \"dtype\": \"%s\", "
           "\"arith\": \"%s\", \"tap_scaling\": %s, \"compensation\": %s, ",
           nova_algorithm_name(row->how->algorithm), row->how->tile,
           row->how->set ? row->how->set : "", nova_dtype_name(row->how->dtype),
           nova_arith_name(row->how->arith), in_use(row->how, NOVA_PLAN_NO_TAP_SCALING),
           in_use(row->how, NOVA_PLAN_NO_COMPENSATION));
    print_number("ms", row->milliseconds);
    print_number("speedup", row->speedup);
    print_number("predicted_error", row->predicted_error);
    print_number("error", row->error);
    print_number("psnr", row->psnr);
    printf("\"nonfinite\": %zu, \"workspace_bytes\": %zu, \"packed_bytes\": %zu, "
           "\"verdict\": \"%s\"}",
           row->nonfinite, row->workspace_bytes, row->packed_bytes,
           report_verdict_name(report_verdict(facts, index)));
}

void report_print_json(const report *facts) {
    printf("{\n  \"photo\": ");
    print_string(facts->photo);
    printf(", \"picture\": ");
    print_string(facts->out);
    printf(",\n  \"width\": %d, \"height\": %d, \"layers\": %d, \"threads\": %d, "
           "\"kernels\": \"%s\",\n  ",
           facts->width, facts->height, facts->layers, facts->threads, facts->kernels);
    print_number("sigma", facts->sigma);
    print_number("noisy_psnr", facts->noisy_psnr);
    printf("\n  \"methods\": [\n");
    for (int i = 0; i < facts->count; ++i) {
        print_result(facts, i);
        printf("%s\n", i + 1 < facts->count ? "," : "");
    }
    printf("  ]\n}\n");
}
