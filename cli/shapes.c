/*
 * shapes.c - finding and reading shape files.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "shapes.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data_file.h"
#include "runtime/runtime.h"

/* No size of a layer in the world is near this; products of a few stay within int64_t. */
static const int64_t largest = 1 << 20;

/* ---- where the files are */

static nova_status find_file(const char *name_or_path, char path[PATH_MAX]) {
    char name[PATH_MAX], source[PATH_MAX];
    bool is_path = strchr(name_or_path, '/') != NULL || access(name_or_path, F_OK) == 0;
    if (is_path) {
        return snprintf(path, PATH_MAX, "%s", name_or_path) < PATH_MAX
                   ? NOVA_OK
                   : nova_fail(NOVA_INVALID_ARGUMENT, "the name of the file is too long");
    }
    if (snprintf(name, sizeof name, "shapes/%s.txt", name_or_path) >= (int)sizeof name ||
        snprintf(source, sizeof source, "%s/%s", NOVA_BENCH_FOLDER, name) >= (int)sizeof source ||
        !cli_find_data(name, source, path)) {
        return nova_fail(NOVA_UNKNOWN_NAME, "no network or file is named '%s'", name_or_path);
    }
    return NOVA_OK;
}

/* ---- reading */

/** One line without its comment: 1 for a layer, 0 for an empty line, -1 for anything else. */
static int read_line(const char *line, cli_shape *shape) {
    char rest;
    int fields =
        sscanf(line, "%63s %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %c",
               shape->name, &shape->count, &shape->c, &shape->k, &shape->h, &shape->w, &rest);
    const int64_t sizes[] = {shape->count, shape->c, shape->k, shape->h, shape->w};
    if (fields <= 0) {
        return 0;
    }
    for (int i = 0; fields == 6 && i < NOVA_COUNT(sizes); ++i) {
        fields = sizes[i] >= 1 && sizes[i] <= largest ? 6 : -1;
    }
    return fields == 6 ? 1 : -1;
}

static nova_status append(cli_shapes *shapes, const cli_shape *shape) {
    cli_shape *items = realloc(shapes->items, ((size_t)shapes->count + 1) * sizeof *items);
    if (items == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the list of shapes");
    }
    shapes->items = items;
    items[shapes->count++] = *shape;
    return NOVA_OK;
}

static nova_status read_lines(const char *path, char *text, cli_shapes *shapes) {
    const int before = shapes->count;
    int number = 0;
    for (char *line = text; line != NULL;) {
        char *end = strchr(line, '\n');
        cli_shape shape;
        if (end != NULL) {
            *end = '\0';
        }
        line[strcspn(line, "#\r")] = '\0';
        ++number;
        int kind = read_line(line, &shape);
        if (kind < 0) {
            return nova_fail(NOVA_DAMAGED,
                             "%s:%d: `name count c k h w` is expected, each number "
                             "from 1 to %" PRId64,
                             path, number, largest);
        }
        if (kind > 0 && append(shapes, &shape) != NOVA_OK) {
            return NOVA_OUT_OF_MEMORY;
        }
        line = end != NULL ? end + 1 : NULL;
    }
    return shapes->count > before ? NOVA_OK : nova_fail(NOVA_DAMAGED, "%s lists no layer", path);
}

static nova_status load_file(const char *name_or_path, cli_shapes *shapes) {
    char path[PATH_MAX], *text;
    size_t size;
    nova_status status = find_file(name_or_path, path);
    if (status == NOVA_OK) {
        status = nova_read_file(path, &text, &size);
    }
    if (status != NOVA_OK) {
        return status;
    }
    status = strlen(text) == size ? read_lines(path, text, shapes)
                                  : nova_fail(NOVA_DAMAGED, "%s is not a text file", path);
    free(text);
    return status;
}

nova_status cli_shapes_load(const char *names_or_path, cli_shapes *shapes) {
    nova_status status = NOVA_OK;
    char name[PATH_MAX];
    *shapes = (cli_shapes){.items = NULL};
    if (strchr(names_or_path, '/') != NULL || access(names_or_path, F_OK) == 0) {
        status = load_file(names_or_path, shapes);
    } else {
        for (const char *at = names_or_path; at != NULL && status == NOVA_OK;) {
            const size_t length = strcspn(at, ",");
            snprintf(name, sizeof name, "%.*s", (int)NOVA_MIN(length, sizeof name - 1), at);
            status = load_file(name, shapes);
            at = at[length] == ',' ? at + length + 1 : NULL;
        }
    }
    if (status != NOVA_OK) {
        cli_shapes_free(shapes);
    }
    return status;
}

void cli_shapes_free(cli_shapes *shapes) {
    free(shapes->items);
    *shapes = (cli_shapes){.items = NULL};
}
