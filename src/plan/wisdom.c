/*
 * wisdom.c - plans that were found to be fastest, remembered by the process and in text files.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "plan/wisdom.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"
#include "runtime/runtime.h"

enum { LINE = NOVA_WISDOM_KEY + 400 };

static nova_wisdom_table known;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char first_line[] = "nova-wisdom 2\n";

/* ---------------------------------------------------------------- the table */

static nova_wisdom_entry *find(const nova_wisdom_table *table, const char *key) {
    for (int i = 0; i < table->count; i++)
        if (strcmp(table->entries[i].key, key) == 0)
            return &table->entries[i];
    return NULL;
}

/* Adds an entry or replaces the one with its key. */
static bool put(nova_wisdom_table *table, const nova_wisdom_entry *added) {
    nova_wisdom_entry *same = find(table, added->key);
    if (same) {
        *same = *added;
        return true;
    }
    if (table->count == table->capacity) {
        const int capacity = 2 * table->capacity + 16;
        nova_wisdom_entry *grown = realloc(table->entries, (size_t)capacity * sizeof *grown);
        if (!grown)
            return false;
        table->entries = grown;
        table->capacity = capacity;
    }
    table->entries[table->count++] = *added;
    return true;
}

static nova_status remember(const nova_wisdom_entry *entries, int count) {
    bool ok = true;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < count && ok; i++)
        ok = put(&known, &entries[i]);
    pthread_mutex_unlock(&lock);
    return ok ? NOVA_OK : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for wisdom");
}

bool nova_wisdom_find(const char *key, nova_wisdom_plan *plan) {
    pthread_mutex_lock(&lock);
    const nova_wisdom_entry *found = find(&known, key);
    if (found)
        *plan = found->plan;
    pthread_mutex_unlock(&lock);
    return found != NULL;
}

static const nova_wisdom_entry *find_from(const nova_wisdom_table *table, const char *start,
                                          double least, double *number) {
    const size_t length = strlen(start);
    const nova_wisdom_entry *found = NULL;
    for (int i = 0; i < table->count; i++) {
        const char *key = table->entries[i].key;
        if (strncmp(key, start, length) != 0)
            continue;
        char *end;
        const double value = strtod(key + length, &end);
        if (end != key + length && *end == '\0' && value >= least && (!found || value < *number)) {
            found = &table->entries[i];
            *number = value;
        }
    }
    return found;
}

bool nova_wisdom_find_from(const nova_wisdom_table *table, const char *start, double least,
                           double *number, nova_wisdom_plan *plan) {
    if (!table)
        pthread_mutex_lock(&lock);
    const nova_wisdom_entry *found = find_from(table ? table : &known, start, least, number);
    if (found)
        *plan = found->plan;
    if (!table)
        pthread_mutex_unlock(&lock);
    return found != NULL;
}

nova_status nova_wisdom_add(const char *key, const nova_wisdom_plan *plan) {
    nova_wisdom_entry added = {.plan = *plan};
    snprintf(added.key, sizeof added.key, "%s", key);
    return remember(&added, 1);
}

void nova_wisdom_forget(void) {
    pthread_mutex_lock(&lock);
    free(known.entries);
    known = (nova_wisdom_table){NULL, 0, 0};
    pthread_mutex_unlock(&lock);
    nova_rates_forget();
}

/* ---------------------------------------------------------------- files */

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
    for (int i = 0; i < known.count; i++) {
        fprintf(writer.stream, "%s => ", known.entries[i].key);
        nova_wisdom_plan_write(writer.stream, &known.entries[i].plan);
        fputc('\n', writer.stream);
    }
    pthread_mutex_unlock(&lock);
    return nova_writer_commit(&writer);
}

static bool parse_entry(const char *text, nova_wisdom_entry *entry) {
    static const char arrow[] = " => ";
    const char *middle = strstr(text, arrow);
    if (!middle || middle == text || middle - text >= NOVA_WISDOM_KEY)
        return false;
    memset(entry, 0, sizeof *entry);
    memcpy(entry->key, text, (size_t)(middle - text));
    return nova_wisdom_plan_read(middle + strlen(arrow), nova_wisdom_is_of_device(entry->key),
                                 &entry->plan);
}

/* A line of either kind. Entries are collected; rates are taken over if `keep`. */
static bool read_line(const char *line, size_t length, bool keep, nova_wisdom_table *read) {
    char text[LINE];
    bool is_rates;
    if (length >= sizeof text)
        return false;
    memcpy(text, line, length);
    text[length] = '\0';
    if (strlen(text) != length || nova_rates_read(text, keep, &is_rates) != NOVA_OK)
        return false;
    nova_wisdom_entry entry;
    return is_rates || (parse_entry(text, &entry) && (keep || put(read, &entry)));
}

/* Rates are taken over when all lines are known to be whole. */
nova_status nova_wisdom_parse(const char *name, const char *text, size_t size, bool rates,
                              nova_wisdom_table *table) {
    const size_t start = strlen(first_line);
    if (size < start || memcmp(text, first_line, start) != 0)
        return nova_fail(NOVA_DAMAGED, "%s is not a wisdom file", name);
    const int before = table->count;
    for (int keep = 0; keep < (rates ? 2 : 1); keep++)
        for (size_t at = start, line = 2; at < size; line++) {
            const char *end = memchr(text + at, '\n', size - at);
            if (!end || !read_line(text + at, (size_t)(end - text) - at, keep, table)) {
                table->count = before;
                return nova_fail(NOVA_DAMAGED, "%s: line %zu is damaged", name, line);
            }
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
    nova_wisdom_table read = {NULL, 0, 0};
    status = nova_wisdom_parse(path, text, size, true, &read);
    if (status == NOVA_OK)
        status = remember(read.entries, read.count);
    free(read.entries);
    free(text);
    return status;
}
