/*
 * verify.c - `nova verify`: is a point set proven exact?
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "commands.h"
#include "exact.h"
#include "request.h"
#include "runtime/runtime.h"

/** What is reported: a transform, or why there is none. */
typedef struct verdict {
    int64_t m, r;
    const char *points;
    const nova_transform *transform; /* null: refused */
    const char *reason;              /* null: proven */
} verdict;

static void print_json(const verdict *result) {
    const nova_transform *transform = result->transform;
    cli_json json = {.stream = stdout};
    cli_json_object(&json, NULL);
    cli_json_integer(&json, "m", result->m);
    cli_json_integer(&json, "r", result->r);
    cli_json_string(&json, "points", transform != NULL ? transform->points : result->points);
    cli_json_bool(&json, "proven", result->reason == NULL);
    cli_json_string(&json, "reason", result->reason);
    if (transform != NULL) {
        double saving_1d = (double)transform->m * transform->r / transform->products;
        cli_json_bool(&json, "exact", transform->exact != 0);
        cli_json_integer(&json, "products", transform->products);
        cli_json_number(&json, "kappa_vandermonde", transform->kappa_vandermonde);
        cli_json_number(&json, "alpha2", nova_transform_alpha2(transform));
        cli_json_number(&json, "saving", saving_1d * saving_1d);
    }
    cli_json_end_object(&json);
}

static int report(const cli_command *command, const verdict *result, bool json_wanted) {
    char kappa[32];
    if (json_wanted) {
        print_json(result);
    }
    if (result->reason != NULL) {
        cli_finish_output(command);
        return cli_error(command, "F(%d,%d) with %s is not proven: %s", (int)result->m,
                         (int)result->r, result->points, result->reason);
    }
    if (!json_wanted && result->transform != NULL) {
        printf("F(%d,%d) with %s is proven exact over the rationals\nalpha2 %.6g, kappa(V) %s\n",
               (int)result->m, (int)result->r, result->transform->points,
               nova_transform_alpha2(result->transform),
               cli_number_text(result->transform->kappa_vandermonde, kappa));
    }
    return cli_finish_output(command);
}

static int verify(const cli_command *command, int64_t m, int64_t r, const char *points, bool json) {
    nova_transform *transform;
    verdict result = {.m = m, .r = r, .points = points};
    if (cli_build_transform(m, r, points, &transform) != NOVA_OK) {
        result.reason = nova_last_error();
        return report(command, &result, json);
    }
    result.transform = transform;
    if (!transform->exact) {
        result.reason = "a point is irrational, so the matrices are correct to rounding only";
    }
    int exit_code = report(command, &result, json);
    cli_free_transform(transform);
    return exit_code;
}

int cli_verify(const cli_command *command, int argc, char **argv) {
    int64_t m = 0, r = 0;
    const char *points = NULL;
    bool json = false;
    const cli_option options[] = {
        CLI_SIZE_ROWS(m, r, 1, INT32_MAX, INT32_MAX),
        {.name = "--points",
         .metavar = "LIST",
         .read = cli_text,
         .target = &points,
         .required = true,
         .help = CLI_POINTS_HELP},
        CLI_JSON_ROW(json),
    };
    int exit_code;
    if (!cli_parse(command, options, NOVA_COUNT(options), argc, argv, &exit_code)) {
        return exit_code;
    }
    return cli_algebra_is_there() ? verify(command, m, r, points, json)
                                  : cli_error(command, "%s", CLI_ALGEBRA_MISSING);
}
