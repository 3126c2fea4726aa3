/*
 * classes.c - symmetry classes of modulus sets and their generic instances.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "codegen/classes.h"

#include <flint/ulong_extras.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_paired(const nova_moduli *moduli, const nova_modulus *point) {
    fmpq_t negative;
    fmpq_init(negative);
    fmpq_neg(negative, point->value);
    int paired = 0;
    for (int i = 0; i < moduli->count; i++) {
        const nova_modulus *other = &moduli->items[i];
        paired = paired || (other->degree == 1 && fmpq_equal(other->value, negative));
    }
    fmpq_clear(negative);
    return paired;
}

/** The part of the canonical text that lists quadratics, with a comma before each. */
static void copy_quadratics(const nova_exact *exact, char *text) {
    const char *first = strchr(exact->points, 'x');
    text[0] = '\0';
    if (first) {
        size_t length = strlen(first) - strlen(",inf");
        snprintf(text, NOVA_CLASS_TEXT, ",%.*s", (int)length, first);
    }
}

symmetry_class nova_class_of(const nova_exact *exact) {
    symmetry_class found = {.m = exact->m, .r = exact->r, .direct = exact->direct};
    if (exact->direct) {
        return found;
    }
    int paired = 0;
    for (int i = 0; i < exact->moduli.count; i++) {
        const nova_modulus *item = &exact->moduli.items[i];
        if (item->degree == 2) {
            continue;
        }
        if (fmpq_is_zero(item->value)) {
            found.zero = 1;
        } else if (is_paired(&exact->moduli, item)) {
            paired++;
        } else {
            found.unpaired++;
        }
    }
    found.pairs = paired / 2;
    copy_quadratics(exact, found.quadratics);
    return found;
}

static int is_equal(const symmetry_class *a, const symmetry_class *b) {
    return a->m == b->m && a->r == b->r && a->direct == b->direct && a->zero == b->zero &&
           a->pairs == b->pairs && a->unpaired == b->unpaired && a->reciprocal == b->reciprocal &&
           strcmp(a->quadratics, b->quadratics) == 0;
}

void nova_class_add(class_list *list, const symmetry_class *item) {
    for (int i = 0; i < list->count; i++) {
        if (is_equal(&list->items[i], item)) {
            return;
        }
    }
    if (list->count == NOVA_MAX_CLASSES) {
        fprintf(stderr, "nova-generate: more than %d symmetry classes\n", NOVA_MAX_CLASSES);
        exit(1);
    }
    list->items[list->count++] = *item;
}

void nova_class_add_standard(class_list *list, int m, int r) {
    int points = m + r - 2;
    symmetry_class pairs = {.m = m, .r = r, .zero = points % 2, .pairs = points / 2};
    symmetry_class dense = {.m = m, .r = r, .unpaired = points};
    nova_class_add(list, &pairs);
    if (points <= NOVA_MAX_DENSE_POINTS) {
        nova_class_add(list, &dense);
    }
}

void nova_class_name(const symmetry_class *item, char *name, size_t size) {
    const char *between = item->m < 10 ? "" : "x";
    if (item->direct) {
        snprintf(name, size, "f%d%s%d_direct", item->m, between, item->r);
        return;
    }
    int length = snprintf(name, size, "f%d%s%d_z%dp%du%d", item->m, between, item->r, item->zero,
                          item->pairs, item->unpaired);
    static const char from[] = ",+-/", to[] = "_pmd";
    for (const char *c = item->quadratics; *c && (size_t)length < size - 1; c++) {
        const char *special = strchr(from, *c);
        name[length++] = special ? to[special - from] : *c;
    }
    name[length] = '\0';
    if (item->reciprocal && (size_t)length < size) {
        snprintf(name + length, size - (size_t)length, "_reciprocal");
    }
}

/** Appends +-a/b, a quotient of two primes, or b/a; all primes used are distinct within an
    instance, so that no two points are related that need not be. */
static size_t append_point(char *text, size_t size, const char *sign, int inverse, int index,
                           int instance) {
    ulong point = (ulong)index, set = (ulong)instance;
    ulong a = n_nth_prime(1 + point + 5 * set);
    ulong b = n_nth_prime(41 + NOVA_INSTANCES * point + set);
    return (size_t)snprintf(text, size, ",%s%lu/%lu", sign, inverse ? b : a, inverse ? a : b);
}

/** Appends all pairs; *index is the number of points used up. */
static size_t append_pairs(char *text, size_t size, const symmetry_class *item, int *index,
                           int instance) {
    size_t used = 0;
    for (int i = 0; i < item->pairs; i++) {
        int inverse = item->reciprocal && i % 2;
        if (item->reciprocal && i == item->pairs - 1 && !inverse) {
            return used + (size_t)snprintf(text + used, size - used, ",1,-1");
        }
        used += append_point(text + used, size - used, "", inverse, *index, instance);
        used += append_point(text + used, size - used, "-", inverse, *index, instance);
        *index += !item->reciprocal || inverse;
    }
    return used;
}

nova_exact *nova_class_instance(const symmetry_class *item, int instance) {
    char text[2048];
    size_t used = 0;
    int index = 0;
    text[0] = '\0';
    if (item->zero) {
        used += (size_t)snprintf(text, sizeof text, ",0");
    }
    used += append_pairs(text + used, sizeof text - used, item, &index, instance);
    for (int i = 0; i < item->unpaired; i++, index++) {
        used += append_point(text + used, sizeof text - used, "", 0, index, instance);
    }
    snprintf(text + used, sizeof text - used, "%s", item->quadratics);
    nova_exact *exact;
    nova_status status =
        nova_exact_create(item->m, item->r, item->direct ? "direct" : text + 1, &exact);
    if (status) {
        fprintf(stderr, "nova-generate: instance '%s': %s\n", text + 1, nova_last_error());
        exit(1);
    }
    return exact;
}
