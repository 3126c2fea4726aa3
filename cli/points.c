/*
 * points.c - `nova points` and `nova points show`.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "request.h"
#include "runtime/runtime.h"
#include "transforms/export.h"

/** Direct products over Winograd products of the square two-dimensional tile. */
static double saving_2d(int m, int r, int products) {
    double saving_1d = (double)m * r / products;
    return saving_1d * saving_1d;
}

static void json_info(cli_json *json, const nova_set_info *info) {
    cli_json_object(json, NULL);
    cli_json_integer(json, "m", info->m);
    cli_json_integer(json, "r", info->r);
    cli_json_string(json, "set", info->name);
    cli_json_string(json, "points", info->points);
    cli_json_integer(json, "products", info->products);
    cli_json_bool(json, "exact", info->exact != 0);
    cli_json_number(json, "kappa_vandermonde", info->kappa_vandermonde);
    cli_json_number(json, "alpha2", info->alpha2);
    cli_json_number(json, "saving", saving_2d(info->m, info->r, info->products));
    cli_json_string(json, "provenance", info->provenance);
    cli_json_end_object(json);
}

static void print_info(const nova_set_info *info) {
    char alpha2[32], kappa[32];
    printf("F(%d,%d)%s %-18s %10s %10s %6.2fx  %-9s %s\n", info->m, info->r,
           info->m < 10 ? " " : "", info->name, cli_number_text(info->alpha2, alpha2),
           cli_number_text(info->kappa_vandermonde, kappa),
           saving_2d(info->m, info->r, info->products), info->exact ? "exact" : "rounded",
           info->points);
}

static int list_sets(const cli_command *command, bool json_wanted) {
    cli_json json = {.stream = stdout};
    if (json_wanted) {
        cli_json_object(&json, NULL);
        cli_json_array(&json, "sets");
    } else {
        printf("tile    set                    alpha2      kappa  saving  proof     points\n");
    }
    for (int i = 0; i < nova_set_count(); ++i) {
        nova_set_info info = {.struct_size = sizeof info};
        if (nova_set_info_at(i, &info) != NOVA_OK) {
            return cli_library_error(command);
        }
        if (json_wanted) {
            json_info(&json, &info);
        } else {
            print_info(&info);
        }
    }
    if (json_wanted) {
        cli_json_end_array(&json);
        cli_json_end_object(&json);
    }
    return cli_finish_output(command);
}

/** Prints a matrix with aligned columns: its exact entries, or decimals where there are none. */
static void print_matrix(const char *name, const double *values, const char *const *text, int rows,
                         int columns) {
    char entry[32];
    printf("%s\n", name);
    for (int i = 0; i < rows; ++i) {
        for (int j = 0; j < columns; ++j) {
            snprintf(entry, sizeof entry, "%.8g", values[i * columns + j]);
            printf(" %10s", text != NULL ? text[i * columns + j] : entry);
        }
        putchar('\n');
    }
}

static void print_transform(const nova_transform *transform) {
    char kappa[32];
    printf("F(%d,%d) %s: %s\n%s\n", transform->m, transform->r, transform->set, transform->points,
           transform->provenance);
    printf("%s; %d products; saving %.4gx; alpha2 %.6g; kappa(V) %s\n",
           transform->exact ? "proven exact over the rationals" : "irrational, correct to rounding",
           transform->products, saving_2d(transform->m, transform->r, transform->products),
           nova_transform_alpha2(transform), cli_number_text(transform->kappa_vandermonde, kappa));
    print_matrix("AT", transform->AT, transform->AT_text, transform->m, transform->products);
    print_matrix("G", transform->G, transform->G_text, transform->products, transform->r);
    print_matrix("BT", transform->BT, transform->BT_text, transform->products, transform->inputs);
}

static int show_transform(const cli_command *command, const nova_transform *transform,
                          bool json_wanted) {
    if (!json_wanted) {
        print_transform(transform);
    } else if (nova_export(stdout, transform, NOVA_EXPORT_JSON) != NOVA_OK) {
        return cli_library_error(command);
    }
    return cli_finish_output(command);
}

static int show_set(int argc, char **argv) {
    static const cli_command command = {"points show", "Show one point set with its matrices",
                                        "alpha2 is the noise gain of the square two-dimensional "
                                        "tile, kappa_vandermonde the\ncondition number of the "
                                        "Vandermonde of the finite points.",
                                        NULL};
    int64_t m = 0, r = 0;
    const char *set = "best";
    bool json = false;
    const cli_option options[] = {
        CLI_SIZE_ROWS(m, r, 1, NOVA_MAX_TILE, NOVA_MAX_TAPS),
        {.name = "--set",
         .metavar = "NAME|FILE",
         .read = cli_text,
         .target = &set,
         .help = "Point set: a name, or a file that `nova emit --format json` wrote. Default: "
                 "best."},
        CLI_JSON_ROW(json),
    };
    int exit_code;
    if (!cli_parse(&command, options, NOVA_COUNT(options), argc, argv, &exit_code)) {
        return exit_code;
    }
    nova_set *custom;
    const nova_transform *transform;
    exit_code = cli_find_transform(set, m, r, &custom, &transform) == NOVA_OK
                    ? show_transform(&command, transform, json)
                    : cli_library_error(&command);
    nova_set_destroy(custom);
    return exit_code;
}

int cli_points(const cli_command *command, int argc, char **argv) {
    bool json = false;
    const cli_option options[] = {CLI_JSON_ROW(json)};
    int exit_code;
    if (argc > 0 && strcmp(argv[0], "show") == 0) {
        return show_set(argc - 1, argv + 1);
    }
    if (!cli_parse(command, options, NOVA_COUNT(options), argc, argv, &exit_code)) {
        return exit_code;
    }
    return list_sets(command, json);
}
