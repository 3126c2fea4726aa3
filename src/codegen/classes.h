/*
 * classes.h - symmetry classes of modulus sets: sets of one class share their codelets.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLASSES_H
#define NOVA_CLASSES_H

#include "codegen/program.h"

enum {
    NOVA_CLASS_TEXT = 256,
    NOVA_MAX_CLASSES = 256,
    NOVA_MAX_DENSE_POINTS = 9 /* without symmetry a codelet grows with the square of this */
};

/** F(m,r) with `zero` times the point 0, `pairs` of +-p, `unpaired` points and fixed quadratics. */
typedef struct symmetry_class {
    int m, r, direct;
    int zero, pairs, unpaired;
    int reciprocal;                   /* the pairs are closed under x -> 1/x */
    char quadratics[NOVA_CLASS_TEXT]; /* ",x2+1" or "" */
} symmetry_class;

typedef struct class_list {
    int count;
    symmetry_class items[NOVA_MAX_CLASSES];
} class_list;

/** The class that a set belongs to. */
symmetry_class nova_class_of(const nova_exact *exact);

/** Adds a class unless it is there. */
void nova_class_add(class_list *list, const symmetry_class *item);

/** Adds the classes that F(m,r) has beside those of the named sets: with as many pairs as
    possible, and without any symmetry (up to NOVA_MAX_DENSE_POINTS). */
void nova_class_add_standard(class_list *list, int m, int r);

/** "f63_z1p3u0", "f13_direct". */
void nova_class_name(const symmetry_class *item, char *name, size_t size);

/** A proven set of the class whose points are quotients of primes that no other instance uses. */
nova_exact *nova_class_instance(const symmetry_class *item, int instance);

#endif
