/*
 * wisdom.c - plans that were found to be fastest, remembered by the process and in text files.
 *
 * A file has a first line "nova-wisdom 2" and then lines "KEY => PLAN", where KEY is everything
 * that the choice depends on and PLAN is "winograd TILE_H TILE_W SET ARITH SCHEDULE BLOCK_TILES
 * BLOCK_FILTERS SECONDS", or "direct SECONDS". Lines "rates ..." are the calibration of the cost
 * model, see rates.c.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"
#include "runtime/runtime.h"

enum { SET_NAME = 64, LINE = NOVA_WISDOM_KEY + 400 };

typedef struct entry {
    char key[NOVA_WISDOM_KEY];
    nova_algorithm algorithm;
    int tile_h, tile_w;
    char set[SET_NAME];
    nova_arith arith;
    nova_blocking blocking;
    double seconds;
} entry;

typedef struct table {
    entry *entries;
    int count, capacity;
} table;

static table known;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char first_line[] = "nova-wisdom 2\n";

/* ---------------------------------------------------------------- keys */

bool nova_wisdom_key(const nova_request *request, char key[NOVA_WISDOM_KEY]) {
    const nova_conv_desc *d = &request->desc;
    const nova_plan_options *o = &request->options;
    char schedule[NOVA_SCHEDULE_TEXT];
    const int length = snprintf(
        key, NOVA_WISDOM_KEY,
        "n%lld c%lld h%lld w%lld k%lld r%lld s%lld pad %lld,%lld,%lld,%lld %s %s rms %g,%g "
        "algorithm %s tile %dx%d set %s arith %s budget %g flags %u schedule %s "
        "blocks %lldx%lld threads %d kernels %s",
        (long long)d->n, (long long)d->c, (long long)d->h, (long long)d->w, (long long)d->k,
        (long long)d->r, (long long)d->s, (long long)d->pad_top, (long long)d->pad_bottom,
        (long long)d->pad_left, (long long)d->pad_right, nova_dtype_name(d->dtype),
        nova_layout_name(d->layout), d->input_rms, d->filter_rms, nova_algorithm_name(o->algorithm),
        o->tile_h, o->tile_w, o->set ? o->set : "-", nova_arith_name(o->arith), request->budget,
        o->flags, nova_schedule_text(&o->schedule, schedule), (long long)o->block_tiles,
        (long long)o->block_filters, o->threads, request->kernels->name);
    return !o->custom_set && length > 0 && length < NOVA_WISDOM_KEY;
}

/* ---------------------------------------------------------------- the table */

static entry *find(const table *t, const char *key) {
    for (int i = 0; i < t->count; i++)
        if (strcmp(t->entries[i].key, key) == 0)
            return &t->entries[i];
    return NULL;
}

/* Adds an entry or replaces the one with its key. */
static bool put(table *t, const entry *added) {
    entry *same = find(t, added->key);
    if (same) {
        *same = *added;
        return true;
    }
    if (t->count == t->capacity) {
        const int capacity = 2 * t->capacity + 16;
        entry *grown = realloc(t->entries, (size_t)capacity * sizeof *grown);
        if (!grown)
            return false;
        t->entries = grown;
        t->capacity = capacity;
    }
    t->entries[t->count++] = *added;
    return true;
}

static nova_status remember(const entry *entries, int count) {
    bool ok = true;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < count && ok; i++)
        ok = put(&known, &entries[i]);
    pthread_mutex_unlock(&lock);
    return ok ? NOVA_OK : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for wisdom");
}

bool nova_wisdom_find(const char *key, nova_plan_options *options) {
    static _Thread_local char set[SET_NAME];
    pthread_mutex_lock(&lock);
    const entry *found = find(&known, key);
    if (found) {
        options->algorithm = found->algorithm;
        options->tile_h = found->algorithm == NOVA_ALGORITHM_DIRECT ? 0 : found->tile_h;
        options->tile_w = found->algorithm == NOVA_ALGORITHM_DIRECT ? 0 : found->tile_w;
        options->arith = found->arith;
        options->schedule = found->blocking.schedule;
        options->block_tiles = found->blocking.block_tiles;
        options->block_filters = found->blocking.block_filters;
        memcpy(set, found->set, sizeof set);
        if (found->algorithm == NOVA_ALGORITHM_WINOGRAD)
            options->set = set;
    }
    pthread_mutex_unlock(&lock);
    return found != NULL;
}

nova_status nova_wisdom_add(const char *key, const nova_plan *plan, double seconds) {
    entry added = {.algorithm = plan->choice.algorithm,
                   .tile_h = plan->choice.tile_h,
                   .tile_w = plan->choice.tile_w,
                   .arith = plan->choice.arith,
                   .blocking = plan->choice.blocking,
                   .seconds = seconds};
    snprintf(added.key, sizeof added.key, "%s", key);
    snprintf(added.set, sizeof added.set, "%s", nova_plan_set_name(plan));
    return remember(&added, 1);
}

void nova_wisdom_forget(void) {
    pthread_mutex_lock(&lock);
    free(known.entries);
    known = (table){NULL, 0, 0};
    pthread_mutex_unlock(&lock);
    nova_rates_forget();
}

/* ---------------------------------------------------------------- files */

static void write_entry(FILE *stream, const entry *e) {
    char schedule[NOVA_SCHEDULE_TEXT];
    if (e->algorithm == NOVA_ALGORITHM_DIRECT)
        fprintf(stream, "%s => direct %.9g\n", e->key, e->seconds);
    else
        fprintf(
            stream, "%s => winograd %d %d %s %s %s %lld %lld %.9g\n", e->key, e->tile_h, e->tile_w,
            e->set, nova_arith_name(e->arith), nova_schedule_text(&e->blocking.schedule, schedule),
            (long long)e->blocking.block_tiles, (long long)e->blocking.block_filters, e->seconds);
}

nova_status nova_wisdom_export(const char *path) {
    if (!path)
        return nova_fail(NOVA_INVALID_ARGUMENT, "path is null");
    nova_writer writer;
    const nova_status status = nova_writer_open(&writer, path);
    if (status != NOVA_OK)
        return status;
    fputs(first_line, writer.stream);
    nova_rates_write(writer.stream);
    pthread_mutex_lock(&lock);
    for (int i = 0; i < known.count; i++)
        write_entry(writer.stream, &known.entries[i]);
    pthread_mutex_unlock(&lock);
    return nova_writer_commit(&writer);
}

static bool parse_arith(const char *name, nova_arith *arith) {
    for (int i = NOVA_ARITH_F32; i <= NOVA_ARITH_BF16X6; i++)
        if (strcmp(name, nova_arith_name((nova_arith)i)) == 0) {
            *arith = (nova_arith)i;
            return true;
        }
    return false;
}

static bool parse_direct(const char *text, entry *e) {
    char rest;
    e->algorithm = NOVA_ALGORITHM_DIRECT;
    e->tile_h = e->tile_w = 1;
    e->arith = NOVA_ARITH_F32;
    return sscanf(text, "direct %lf %c", &e->seconds, &rest) == 1 && e->seconds > 0;
}

static bool parse_winograd(const char *text, entry *e) {
    char arith[16], schedule[NOVA_SCHEDULE_TEXT], rest;
    long long tiles, filters;
    e->algorithm = NOVA_ALGORITHM_WINOGRAD;
    if (sscanf(text, "winograd %d %d %63s %15s %47s %lld %lld %lf %c", &e->tile_h, &e->tile_w,
               e->set, arith, schedule, &tiles, &filters, &e->seconds, &rest) != 8)
        return false;
    e->blocking.block_tiles = tiles;
    e->blocking.block_filters = filters;
    return parse_arith(arith, &e->arith) &&
           nova_schedule_parse(schedule, &e->blocking.schedule) == NOVA_OK && tiles >= 0 &&
           filters >= 0 && e->tile_h >= 1 && e->tile_h <= NOVA_MAX_TILE && e->tile_w >= 1 &&
           e->tile_w <= NOVA_MAX_TILE && e->seconds > 0;
}

static bool parse_entry(const char *text, entry *e) {
    static const char arrow[] = " => ";
    const char *middle = strstr(text, arrow);
    if (!middle || middle == text || middle - text >= NOVA_WISDOM_KEY)
        return false;
    memset(e, 0, sizeof *e);
    memcpy(e->key, text, (size_t)(middle - text));
    return parse_direct(middle + strlen(arrow), e) || parse_winograd(middle + strlen(arrow), e);
}

/* A line of either kind. Entries are collected; rates are taken over if `keep`. */
static bool read_line(const char *line, size_t length, bool keep, table *read) {
    char text[LINE];
    bool is_rates;
    if (length >= sizeof text)
        return false;
    memcpy(text, line, length);
    text[length] = '\0';
    if (strlen(text) != length || nova_rates_read(text, keep, &is_rates) != NOVA_OK)
        return false;
    entry e;
    return is_rates || (parse_entry(text, &e) && (keep || put(read, &e)));
}

/* All lines of a file, or none: rates are taken over when all lines are known to be whole. */
static nova_status parse_file(const char *path, const char *text, size_t size, table *read) {
    const size_t start = strlen(first_line);
    if (size < start || memcmp(text, first_line, start) != 0)
        return nova_fail(NOVA_DAMAGED, "%s is not a wisdom file", path);
    for (int keep = 0; keep < 2; keep++)
        for (size_t at = start, line = 2; at < size; line++) {
            const char *end = memchr(text + at, '\n', size - at);
            if (!end || !read_line(text + at, (size_t)(end - text) - at, keep, read))
                return nova_fail(NOVA_DAMAGED, "%s: line %zu is damaged", path, line);
            at = (size_t)(end - text) + 1;
        }
    return NOVA_OK;
}

nova_status nova_wisdom_import(const char *path) {
    if (!path)
        return nova_fail(NOVA_INVALID_ARGUMENT, "path is null");
    char *text;
    size_t size;
    nova_status status = nova_read_file(path, &text, &size);
    if (status != NOVA_OK)
        return status;
    table read = {NULL, 0, 0};
    status = parse_file(path, text, size, &read);
    if (status == NOVA_OK)
        status = remember(read.entries, read.count);
    free(read.entries);
    free(text);
    return status;
}
