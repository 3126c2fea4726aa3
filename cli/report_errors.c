/*
 * report_errors.c - the error of every named set, predicted and measured in the engine.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "report.h"
#include "runtime/runtime.h"

static const report_column columns[] = {
    {"r", "r", REPORT_INTEGER},
    {"m", "m", REPORT_INTEGER},
    {"set", "set", REPORT_TEXT},
    {"points", "points", REPORT_TEXT},
    {"saving", "saving", REPORT_TIMES},
    {"alpha2", "alpha²", REPORT_NUMBER},
    {"f16_predicted", "f16 predicted", REPORT_PERCENT},
    {"f16", "f16", REPORT_PERCENT},
    {"f16_plain", "f16, no compensation", REPORT_PERCENT},
    {"f16_raw", "f16, no scaling, no compensation", REPORT_PERCENT},
    {"f16m32_predicted", "f16m32 predicted", REPORT_PERCENT},
    {"f16m32", "f16m32", REPORT_PERCENT},
    {"f16m32_plain", "f16m32, no compensation", REPORT_PERCENT},
};

static const report_head head = {
    .key = "errors",
    .title = "Noise gain and error of every named set",
    .text = "Relative rms error of the engine against direct convolution in double: 64 channels, "
            "normally distributed input and weights, binary32 tensors, square tile. `f16` rounds "
            "U, V and M to binary16, `f16m32` keeps M in binary32; both with tap scaling and "
            "compensated rounding of U unless it says otherwise. A dash: Inf or NaN in the "
            "output, or a tile that the engine does not have.",
    .command = "nova accuracy --tile 6 --set classic --arith f16m32 --channels 64",
    .columns = columns,
    .column_count = NOVA_COUNT(columns),
};

/** The measurements of one row, in the order of the columns. */
typedef struct variant {
    nova_arith arith;
    unsigned flags;
    bool predicted; /**< the prediction has a column of its own */
} variant;

static const variant variants[] = {
    {NOVA_ARITH_F16, 0, true},
    {NOVA_ARITH_F16, NOVA_PLAN_NO_COMPENSATION, false},
    {NOVA_ARITH_F16, NOVA_PLAN_NO_TAP_SCALING | NOVA_PLAN_NO_COMPENSATION, false},
    {NOVA_ARITH_F16_M32, 0, true},
    {NOVA_ARITH_F16_M32, NOVA_PLAN_NO_COMPENSATION, false},
};

static nova_status add_row(report *all, report_table *table, report_problem *problem,
                           const nova_transform *transform) {
    double saving = report_saving(transform);
    report_number(all, table, transform->r);
    report_number(all, table, transform->m);
    report_text(all, table, "%s", transform->set);
    report_text(all, table, "%s", transform->points);
    report_number(all, table, saving * saving);
    report_number(all, table, nova_transform_alpha2(transform));
    for (int i = 0; i < NOVA_COUNT(variants); ++i) {
        report_trial trial;
        nova_status status =
            report_measure(problem, transform->m, transform->m, transform->set, variants[i].arith,
                           variants[i].flags, all->threads, &trial);
        if (status != NOVA_OK) {
            return status;
        }
        if (variants[i].predicted) {
            report_number(all, table, trial.predicted);
        }
        report_number(all, table, trial.measured);
    }
    return NOVA_OK;
}

static nova_status add_rows(report *all, report_table *table, report_problem *problem, int taps) {
    nova_status status = NOVA_OK;
    for (int m = 2; m <= NOVA_MAX_TILE; ++m) {
        for (int i = 0; i < nova_transform_count && status == NOVA_OK; ++i) {
            const nova_transform *transform = &nova_transforms[i];
            if (transform->r == taps && transform->m == m) {
                status = add_row(all, table, problem, transform);
            }
        }
    }
    return status;
}

nova_status report_errors(report *all) {
    static const int taps[] = {3, 5, 7};
    report_table *table = report_add(all, &head);
    nova_status status = NOVA_OK;
    for (int i = 0; i < NOVA_COUNT(taps) && status == NOVA_OK; ++i) {
        report_problem problem;
        status = report_problem_init(&problem, 64, all->quick ? 8 : 64, all->quick ? 24 : 48,
                                     taps[i], 1);
        if (status == NOVA_OK) {
            status = add_rows(all, table, &problem, taps[i]);
        }
        report_problem_free(&problem);
    }
    return status;
}
