/*
 * set_file.c - point sets of the caller's own, read from the JSON that `nova emit` writes.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/runtime.h"
#include "transforms/transform.h"

/* Of entries that are right to rounding the identity holds to a few units of 1e-16. */
static const double DEFECT_LIMIT = 1e-12;

struct nova_set {
    nova_transform transform;
    char *name, *points, *provenance;
    double *values[3]; /* AT, G, BT */
    char **texts[3];
    size_t counts[3];
};

void nova_set_destroy(nova_set *set) {
    if (!set) {
        return;
    }
    for (int which = 0; which < 3; which++) {
        for (size_t i = 0; set->texts[which] && i < set->counts[which]; i++) {
            free(set->texts[which][i]);
        }
        free(set->texts[which]);
        free(set->values[which]);
    }
    free(set->name);
    free(set->points);
    free(set->provenance);
    free(set);
}

const nova_transform *nova_set_transform(const nova_set *set) {
    return &set->transform;
}

/** An integer member from min to max. */
static nova_status read_integer(const nova_json *root, const char *key, int min, int max,
                                int *value) {
    const nova_json *member = nova_json_get(root, key);
    if (!member || member->type != NOVA_JSON_NUMBER || member->number != floor(member->number) ||
        member->number < min || member->number > max) {
        return nova_fail(NOVA_DAMAGED, "'%s' must be an integer from %d to %d", key, min, max);
    }
    *value = (int)member->number;
    return NOVA_OK;
}

/** A copy of a string member. */
static nova_status read_string(const nova_json *root, const char *key, char **text) {
    const nova_json *member = nova_json_get(root, key);
    if (!member || member->type != NOVA_JSON_STRING) {
        return nova_fail(NOVA_DAMAGED, "'%s' must be a string", key);
    }
    *text = strdup(member->string);
    return *text ? NOVA_OK : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a set");
}

/** A finite number that ends at `end`. strtod() alone would also take hexadecimal and names. */
static bool parse_number(const char *text, const char *end, locale_t plain, double *value) {
    const char *first = text + (*text == '-');
    char *stop;
    if (!isdigit((unsigned char)*first) || first[1] == 'x' || first[1] == 'X') {
        return false;
    }
    *value = strtod_l(text, &stop, plain);
    return stop == end && isfinite(*value);
}

/** "-21/4" or "0.25". */
static bool parse_entry(const char *text, locale_t plain, double *value) {
    const char *slash = strchr(text, '/'), *end = text + strlen(text);
    if (!slash) {
        return parse_number(text, end, plain, value);
    }
    double numerator, denominator;
    if (!parse_number(text, slash, plain, &numerator) ||
        !parse_number(slash + 1, end, plain, &denominator) || !(denominator > 0)) {
        return false;
    }
    *value = numerator / denominator;
    return isfinite(*value);
}

/** Takes one entry of a matrix. */
static nova_status read_entry(nova_set *set, int which, size_t index, const nova_json *entry,
                              const char *key, locale_t plain) {
    if (entry->type != NOVA_JSON_STRING ||
        !parse_entry(entry->string, plain, &set->values[which][index])) {
        return nova_fail(NOVA_DAMAGED, "entry %zu of '%s' must be a string such as \"-21/4\"",
                         index, key);
    }
    set->texts[which][index] = strdup(entry->string);
    return set->texts[which][index] ? NOVA_OK
                                    : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a set");
}

static bool has_length(const nova_json *array, int length) {
    return array && array->type == NOVA_JSON_ARRAY && nova_json_length(array) == length;
}

/** Reads matrix number `which` of rows x columns. */
static nova_status read_matrix(nova_set *set, const nova_json *root, int which, int rows,
                               int columns, locale_t plain) {
    static const char *const keys[] = {"AT", "G", "BT"};
    const nova_json *matrix = nova_json_get(root, keys[which]);
    size_t count = (size_t)rows * (size_t)columns, index = 0;
    set->values[which] = calloc(count, sizeof(double));
    set->texts[which] = calloc(count, sizeof(char *));
    set->counts[which] = count;
    if (!set->values[which] || !set->texts[which]) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a set");
    }
    if (!has_length(matrix, rows)) {
        return nova_fail(NOVA_DAMAGED, "'%s' must have %d rows", keys[which], rows);
    }
    for (const nova_json *row = matrix->child; row; row = row->next) {
        if (!has_length(row, columns)) {
            return nova_fail(NOVA_DAMAGED, "every row of '%s' must have %d entries", keys[which],
                             columns);
        }
        for (const nova_json *entry = row->child; entry; entry = entry->next, index++) {
            nova_status status = read_entry(set, which, index, entry, keys[which], plain);
            if (status) {
                return status;
            }
        }
    }
    return NOVA_OK;
}

/** Sizes, names and matrices, in this order. */
static nova_status read_members(nova_set *set, const nova_json *root, locale_t plain) {
    nova_transform *t = &set->transform;
    nova_status status;
    if ((status = read_integer(root, "m", 1, NOVA_MAX_TILE, &t->m)) ||
        (status = read_integer(root, "r", 1, NOVA_MAX_TAPS, &t->r)) ||
        (status = read_integer(root, "products", 1, NOVA_MAX_PRODUCTS, &t->products)) ||
        (status = read_string(root, "set", &set->name)) ||
        (status = read_string(root, "points", &set->points)) ||
        (status = read_string(root, "provenance", &set->provenance))) {
        return status;
    }
    t->inputs = t->m + t->r - 1;
    if ((status = read_matrix(set, root, 0, t->m, t->products, plain)) ||
        (status = read_matrix(set, root, 1, t->products, t->r, plain)) ||
        (status = read_matrix(set, root, 2, t->products, t->inputs, plain))) {
        return status;
    }
    return NOVA_OK;
}

/** Points the transform at what the set owns, and takes what is left of the file. */
static void fill_transform(nova_set *set, const nova_json *root) {
    nova_transform *t = &set->transform;
    const nova_json *kappa = nova_json_get(root, "kappa_vandermonde");
    const nova_json *exact = nova_json_get(root, "exact");
    t->set = set->name;
    t->points = set->points;
    t->provenance = set->provenance;
    /* the file's word: here the identity is checked to rounding only */
    t->exact = exact && exact->type == NOVA_JSON_BOOL && exact->boolean;
    t->kappa_vandermonde = kappa && kappa->type == NOVA_JSON_NUMBER ? kappa->number : NAN;
    t->AT = set->values[0];
    t->G = set->values[1];
    t->BT = set->values[2];
    t->AT_text = (const char *const *)set->texts[0];
    t->G_text = (const char *const *)set->texts[1];
    t->BT_text = (const char *const *)set->texts[2];
}

static nova_status read_set(nova_set *set, const nova_json *root) {
    if (root->type != NOVA_JSON_OBJECT) {
        return nova_fail(NOVA_DAMAGED, "the document must be an object");
    }
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!plain) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a locale");
    }
    nova_status status = read_members(set, root, plain);
    freelocale(plain);
    if (status) {
        return status;
    }
    fill_transform(set, root);
    double defect = nova_transform_defect(&set->transform);
    if (!(defect <= DEFECT_LIMIT)) {
        return nova_fail(NOVA_DAMAGED,
                         "the matrices are no F(%d,%d): the bilinear identity is off "
                         "by %.3g",
                         set->transform.m, set->transform.r, defect);
    }
    return NOVA_OK;
}

/** Puts the file's name before the reason of the last failure. */
static nova_status fail_in_file(nova_status status, const char *path) {
    char *reason = strdup(nova_last_error());
    nova_fail(status, "%s: %s", path, reason ? reason : "not a set");
    free(reason);
    return status;
}

nova_status nova_set_load(const char *path, nova_set **set) {
    if (!path || !set) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "path and set must not be null");
    }
    *set = NULL;
    char *text;
    size_t size;
    nova_status status = nova_read_file(path, &text, &size);
    if (status) {
        return status;
    }
    nova_json *root;
    status = nova_json_parse(text, size, &root);
    free(text);
    if (status) {
        return fail_in_file(status, path);
    }
    nova_set *loaded = calloc(1, sizeof *loaded);
    status = loaded ? read_set(loaded, root) : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a set");
    nova_json_free(root);
    if (status) {
        nova_set_destroy(loaded);
        return fail_in_file(status, path);
    }
    *set = loaded;
    return NOVA_OK;
}
