/*
 * report_int8.c - 8-bit operands.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "report.h"
#include "runtime/runtime.h"

static const report_column columns[] = {
    {"m", "m", REPORT_INTEGER},
    {"set", "set", REPORT_TEXT},
    {"saving", "saving", REPORT_TIMES},
    {"alpha2", "alpha²", REPORT_NUMBER},
    {"per_tap", "one scale per tap", REPORT_PERCENT},
    {"per_tensor", "one scale per operand", REPORT_PERCENT},
};

static const report_head head = {
    .key = "int8",
    .title = "8-bit operands (simulated)",
    .text = "Relative rms error with U and V rounded to 8 bits and summed exactly, 64 channels, "
            "normal data. The largest magnitude of a tap (or of the whole operand) becomes 127. "
            "The first row is direct convolution; of sets with the same points the first is named.",
    .columns = columns,
    .column_count = NOVA_COUNT(columns),
};

static nova_status add_row(report *all, report_table *table, const nova_transform *transform) {
    const double saving = report_saving(transform);
    report_number(all, table, transform->m);
    report_text(all, table, "%s", transform->set);
    report_number(all, table, saving * saving);
    report_number(all, table, nova_transform_alpha2(transform));
    static const report_format formats[] = {REPORT_INT8_TAP, REPORT_INT8_TENSOR};
    for (int i = 0; i < NOVA_COUNT(formats); ++i) {
        double error;
        nova_status status = report_simulate(transform, formats[i], 64, all->quick ? 2 : 8,
                                             all->quick ? 4 : 16, &error);
        if (status != NOVA_OK) {
            return status;
        }
        report_number(all, table, error);
    }
    return NOVA_OK;
}

/** True where an earlier set of the same tile has the same points. */
static bool repeats(int index) {
    const nova_transform *transform = &nova_transforms[index];
    for (int i = 0; i < index; ++i) {
        if (nova_transforms[i].m == transform->m && nova_transforms[i].r == transform->r &&
            strcmp(nova_transforms[i].points, transform->points) == 0) {
            return true;
        }
    }
    return false;
}

nova_status report_int8(report *all) {
    report_table *table = report_add(all, &head);
    nova_status status = add_row(all, table, nova_transform_find("direct", 1, 3));
    for (int m = 2; m <= 12; m += 2) {
        for (int i = 0; i < nova_transform_count && status == NOVA_OK; ++i) {
            const nova_transform *transform = &nova_transforms[i];
            /* linear tiles beyond 6 leave nothing of 8 bits */
            bool wanted = m <= 6 || strchr(transform->set, '+') != NULL;
            if (transform->r == 3 && transform->m == m && wanted && !repeats(i)) {
                status = add_row(all, table, transform);
            }
        }
    }
    return status;
}
