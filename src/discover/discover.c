/*
 * discover.c - search, snap, prove.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "discover/discover.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algebra/exact.h"
#include "runtime/runtime.h"

nova_status nova_quadratics_read(const char *text, nova_quadratic *quadratics, int *count) {
    nova_moduli moduli;
    *count = 0;
    if (!text) {
        return NOVA_OK;
    }
    nova_status status = nova_moduli_parse(text, &moduli);
    if (status != NOVA_OK) {
        return status;
    }
    for (int i = 0; i < moduli.count && status == NOVA_OK; i++) {
        const nova_modulus *item = &moduli.items[i];
        if (item->degree != 2) {
            status = nova_fail(NOVA_INVALID_ARGUMENT, "'%s': quadratic moduli only", text);
        } else if (i == NOVA_MAX_QUADRATICS) {
            status = nova_fail(NOVA_INVALID_ARGUMENT, "at most %d quadratic moduli are supported",
                               NOVA_MAX_QUADRATICS);
        } else {
            quadratics[i] = (nova_quadratic){nova_rational_to_double(item->b),
                                             nova_rational_to_double(item->c)};
            *count = i + 1;
        }
    }
    nova_moduli_clear(&moduli);
    return status;
}

/* ---------------------------------------------------------------- text */

/** "0.505512345678901" without zeros at its end; "-0" is "0". */
static void decimal_text(double value, char buffer[40]) {
    snprintf(buffer, 40, "%.15f", value);
    char *end = buffer + strlen(buffer);
    while (end[-1] == '0') {
        *--end = '\0';
    }
    if (end[-1] == '.') {
        *--end = '\0';
    }
    if (strcmp(buffer, "-0") == 0) {
        snprintf(buffer, 40, "0");
    }
}

static char *real_text(const nova_search_result *real) {
    char *text, buffer[40];
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (!stream) {
        return NULL;
    }
    for (int i = 0; i < real->pattern.points; i++) {
        decimal_text(real->points[i], buffer);
        fprintf(stream, "%s%s", i ? "," : "", buffer);
    }
    if (fclose(stream)) {
        free(text);
        return NULL;
    }
    return text;
}

/** "points,quadratics", of which the second may be null. */
static char *join(const char *points, const char *quadratics, const char *last) {
    size_t size = strlen(points) + (quadratics ? strlen(quadratics) : 0) + strlen(last) + 2;
    char *text = malloc(size);
    if (text) {
        snprintf(text, size, "%s%s%s%s", points, quadratics ? "," : "",
                 quadratics ? quadratics : "", last);
    }
    return text;
}

/* ---------------------------------------------------------------- proof */

/**
 * Builds and proves the transform of the points. Its text is the canonical one, but for real
 * points, which would become fractions of a power of ten.
 */
static nova_status prove(const nova_discover_request *request, const char *points, bool is_real,
                         nova_found *found) {
    nova_exact *exact;
    char *all = join(points, request->quadratics, "");
    if (!all) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a point set");
    }
    nova_status status = nova_exact_create(request->objective.m, request->objective.r, all, &exact);
    free(all);
    if (status != NOVA_OK) {
        char reason[256];
        snprintf(reason, sizeof reason, "%s", nova_last_error());
        return nova_fail(status == NOVA_OUT_OF_MEMORY ? status : NOVA_INTERNAL,
                         "the search found %.150s, but: %s", points, reason);
    }
    found->transform = nova_exact_to_transform(exact, "discovered", request->provenance);
    found->points =
        is_real ? join(points, request->quadratics, ",inf") : strdup(nova_exact_points(exact));
    nova_exact_destroy(exact);
    if (!found->transform || !found->points) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a transform");
    }
    found->alpha2 = nova_transform_alpha2(found->transform);
    return NOVA_OK;
}

static nova_status prove_real(const nova_discover_request *request, const nova_search_result *real,
                              nova_found *found) {
    char *text = real_text(real);
    if (!text) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a point set");
    }
    found->value = real->value;
    nova_status status = prove(request, text, true, found);
    free(text);
    return status;
}

/* ---------------------------------------------------------------- snapping */

/** A symmetric optimum as what it is of a free search: points one by one. */
static nova_search_result without_symmetry(const nova_search_result *real) {
    nova_search_result result = *real;
    result.pattern = nova_pattern_make(real->pattern.points, false);
    memcpy(result.values, real->points, sizeof result.values);
    return result;
}

static nova_status snap_and_prove(const nova_discover_request *request,
                                  const nova_search_result *real, const nova_grid *grid,
                                  nova_discovery *discovery, nova_found *found) {
    nova_snapped snapped, free_snapped;
    nova_status status = nova_snap(&request->objective, real, grid, &snapped);
    if (status == NOVA_OK && real->pattern.symmetric && !request->search.symmetric) {
        nova_search_result free_real = without_symmetry(real);
        discovery->evaluations += snapped.evaluations;
        status = nova_snap(&request->objective, &free_real, grid, &free_snapped);
        snapped = free_snapped.value < snapped.value * (1 - 1e-9) ? free_snapped : snapped;
    }
    if (status != NOVA_OK) {
        return status;
    }
    discovery->evaluations += snapped.evaluations;
    found->value = snapped.value;
    found->alpha2 = NAN;
    if (!isfinite(snapped.value)) {
        return NOVA_OK;
    }
    char *text = nova_snapped_text(&snapped);
    if (!text) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a point set");
    }
    status = prove(request, text, false, found);
    free(text);
    return status;
}

nova_status nova_discover(const nova_discover_request *request, nova_discovery *discovery) {
    const nova_grid rational = {.max_denominator = request->max_denominator};
    const nova_grid dyadic = {.dyadic = true, .bits = request->dyadic_bits};
    nova_search_result real;
    *discovery = (nova_discovery){0};
    nova_status status = nova_search(&request->objective, &request->search, &real);
    if (status != NOVA_OK) {
        return status;
    }
    discovery->evaluations = real.evaluations;
    discovery->finished = real.finished;
    discovery->cut_off = real.cut_off;
    if ((status = prove_real(request, &real, &discovery->real)) == NOVA_OK &&
        (status = snap_and_prove(request, &real, &rational, discovery, &discovery->rational)) ==
            NOVA_OK) {
        status = snap_and_prove(request, &real, &dyadic, discovery, &discovery->dyadic);
    }
    return status;
}

static void clear_found(nova_found *found) {
    nova_exact_transform_free(found->transform);
    free(found->points);
}

void nova_discovery_clear(nova_discovery *discovery) {
    clear_found(&discovery->real);
    clear_found(&discovery->rational);
    clear_found(&discovery->dyadic);
    *discovery = (nova_discovery){0};
}
