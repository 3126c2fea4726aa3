/*
 * nova-generate OUTDIR - proves every set of src/transforms/points.def and writes the tables and
 * codelets of the runtime library. The output depends on nothing but points.def and this program.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "codegen/classes.h"
#include "codegen/emit.h"
#include "runtime/runtime.h"

typedef struct named_set {
    const char *name;
    int m, r;
    const char *points, *provenance;
} named_set;

static const named_set sets[] = {
#define SET(name, m, r, points, provenance) {name, m, r, points, provenance},
#define KIND(m, r, reciprocal, points)
#include "transforms/points.def"
#undef SET
#undef KIND
};

/* sets without a name, whose classes have codelets too */
static const struct {
    named_set example;
    int reciprocal;
} kinds[] = {
#define SET(name, m, r, points, provenance)
#define KIND(m, r, reciprocal, points) {{"", m, r, points, ""}, reciprocal},
#include "transforms/points.def"
#undef SET
#undef KIND
};

enum { MAX_CODELETS = 3 * NOVA_MAX_CLASSES };

static void fail(const char *what) {
    fprintf(stderr, "nova-generate: %s\n", what);
    exit(1);
}

static nova_exact *create_exact(const named_set *set) {
    nova_exact *exact;
    if (nova_exact_create(set->m, set->r, set->points, &exact)) {
        fprintf(stderr, "nova-generate: F(%d,%d) %s %s: %s\n", set->m, set->r, set->name,
                set->points, nova_last_error());
        exit(1);
    }
    return exact;
}

/** Notes the class of a set without a name. */
static void add_kind(const named_set *example, int reciprocal, class_list *classes) {
    nova_exact *exact = create_exact(example);
    symmetry_class found = nova_class_of(exact);
    found.reciprocal = reciprocal;
    nova_class_add(classes, &found);
    nova_exact_destroy(exact);
}

/** Proves a set, notes its classes, and returns it in doubles. */
static nova_transform *prove_set(const named_set *set, class_list *classes) {
    nova_exact *exact = create_exact(set);
    nova_transform *transform = nova_exact_to_transform(exact, set->name, set->provenance);
    if (!transform) {
        fail("out of memory");
    }
    symmetry_class found = nova_class_of(exact);
    nova_class_add(classes, &found);
    if (!found.direct && exact->products == exact->inputs) {
        nova_class_add_standard(classes, set->m, set->r);
    }
    nova_exact_destroy(exact);
    return transform;
}

/** The codelet of one map of a class. */
static void make_codelet(codelet *made, const symmetry_class *from, nova_map map,
                         nova_exact *const instances[NOVA_INSTANCES]) {
    static const char *const prefixes[] = {"input", "filter", "output"};
    const fmpq_mat_struct *matrices[NOVA_INSTANCES];
    for (int t = 0; t < NOVA_INSTANCES; t++) {
        const fmpq_mat_struct *of_map[] = {instances[t]->BT, instances[t]->G, instances[t]->AT};
        matrices[t] = of_map[map];
    }
    char class_name[112];
    nova_class_name(from, class_name, sizeof class_name);
    snprintf(made->name, sizeof made->name, "%s_%s", prefixes[map], class_name);
    made->m = from->m;
    made->r = from->r;
    made->program = malloc(sizeof *made->program);
    if (!made->program) {
        fail("out of memory");
    }
    nova_program_init(made->program, map, matrices);
    if (!nova_program_derive(made->program)) {
        fprintf(stderr, "nova-generate: the program of %s is wrong\n", made->name);
        exit(1);
    }
}

static int make_codelets(codelet *codelets, const class_list *classes) {
    int count = 0;
    for (int i = 0; i < classes->count; i++) {
        nova_exact *instances[NOVA_INSTANCES];
        for (int t = 0; t < NOVA_INSTANCES; t++) {
            instances[t] = nova_class_instance(&classes->items[i], t);
        }
        for (int map = NOVA_MAP_INPUT; map <= NOVA_MAP_OUTPUT; map++) {
            make_codelet(&codelets[count++], &classes->items[i], (nova_map)map, instances);
        }
        for (int t = 0; t < NOVA_INSTANCES; t++) {
            nova_exact_destroy(instances[t]);
        }
    }
    return count;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fputs("usage: nova-generate OUTDIR\n", stderr);
        return 2;
    }
    static nova_transform *transforms[NOVA_COUNT(sets)];
    static class_list classes;
    static codelet codelets[MAX_CODELETS];
    for (int i = 0; i < NOVA_COUNT(sets); i++) {
        transforms[i] = prove_set(&sets[i], &classes);
    }
    for (int i = 0; i < NOVA_COUNT(kinds); i++) {
        add_kind(&kinds[i].example, kinds[i].reciprocal, &classes);
    }
    int count = make_codelets(codelets, &classes);
    nova_emit_tables(argv[1], transforms, NOVA_COUNT(sets));
    nova_emit_codelets(argv[1], codelets, count);
    nova_emit_report(stdout, codelets, count);
    for (int i = 0; i < count; i++) {
        nova_program_clear(codelets[i].program);
        free(codelets[i].program);
    }
    for (int i = 0; i < NOVA_COUNT(sets); i++) {
        nova_exact_transform_free(transforms[i]);
    }
    return 0;
}
