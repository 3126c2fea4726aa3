/*
 * file.c - files that appear complete or not at all, and whole files in memory.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_ATTEMPTS = 100, FIRST_READ_BYTES = 1 << 16 };

static void forget(nova_writer *writer) {
    free(writer->path);
    free(writer->temporary);
    *writer = (nova_writer){0};
}

/** Creates a file of a name that did not exist, beside the target; -1 and errno on failure. */
static int create_beside(nova_writer *writer) {
    static atomic_uint serial;
    size_t bytes = strlen(writer->path) + 40;
    writer->temporary = malloc(bytes);
    if (!writer->temporary) {
        errno = ENOMEM;
        return -1;
    }
    for (int attempt = 0; attempt < NAME_ATTEMPTS; ++attempt) {
        snprintf(writer->temporary, bytes, "%s.tmp-%ld-%u", writer->path, (long)getpid(),
                 atomic_fetch_add(&serial, 1u));
        /* Not mkstemp(): the file shall have the permissions that the user's umask gives. */
        int file = open(writer->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0 || errno != EEXIST) {
            return file;
        }
    }
    return -1;
}

/**
 * Opens what is written to. A device or a pipe cannot be replaced by a file and is written to
 * directly; a link to a file keeps pointing to it.
 */
static int open_target(nova_writer *writer, const char *path) {
    struct stat status;
    bool exists = stat(path, &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return -1;
    }
    if (exists && !S_ISREG(status.st_mode)) {
        writer->path = strdup(path);
        return writer->path ? open(path, O_WRONLY | O_CLOEXEC) : -1;
    }
    writer->path = exists ? realpath(path, NULL) : strdup(path);
    return writer->path ? create_beside(writer) : -1;
}

nova_status nova_writer_open(nova_writer *writer, const char *path) {
    *writer = (nova_writer){0};
    if (!path || !*path) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "the name of the file to write is empty");
    }
    int file = open_target(writer, path);
    if (file >= 0) {
        writer->stream = fdopen(file, "wb");
        if (writer->stream) {
            return NOVA_OK;
        }
    }
    int reason = errno;
    if (file >= 0) {
        close(file);
        if (writer->temporary) {
            unlink(writer->temporary);
        }
    }
    forget(writer);
    return nova_fail(reason == ENOMEM ? NOVA_OUT_OF_MEMORY : NOVA_IO, "cannot write %s: %s", path,
                     strerror(reason));
}

nova_status nova_writer_commit(nova_writer *writer) {
    errno = 0;
    bool written = fflush(writer->stream) == 0 && !ferror(writer->stream);
    int reason = errno;
    bool closed = fclose(writer->stream) == 0;
    writer->stream = NULL;
    if (written && !closed) {
        reason = errno;
    }
    bool done = written && closed;
    if (done && writer->temporary && rename(writer->temporary, writer->path) != 0) {
        reason = errno;
        done = false;
    }
    nova_status status = NOVA_OK;
    if (!done) {
        /* An error that stdio met earlier has left no errno behind. */
        status = nova_fail(NOVA_IO, "cannot write %s: %s", writer->path,
                           reason ? strerror(reason) : "an earlier write failed");
        if (writer->temporary) {
            unlink(writer->temporary);
        }
    }
    forget(writer);
    return status;
}

void nova_writer_abort(nova_writer *writer) {
    if (writer->stream) {
        fclose(writer->stream);
    }
    if (writer->temporary) {
        unlink(writer->temporary);
    }
    forget(writer);
}

/** Reads to the end of a stream, whatever its kind; one byte more than *size is allocated. */
static nova_status read_all(FILE *stream, const char *path, char **data, size_t *size) {
    size_t capacity = FIRST_READ_BYTES;
    struct stat status;
    if (fstat(fileno(stream), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
        capacity = (size_t)status.st_size + 1;
    }
    char *buffer = NULL;
    size_t used = 0;
    for (;;) {
        char *larger = realloc(buffer, capacity);
        if (!larger) {
            free(buffer);
            return nova_fail(NOVA_OUT_OF_MEMORY, "no memory to read %s", path);
        }
        buffer = larger;
        used += fread(buffer + used, 1, capacity - used, stream);
        if (used < capacity) {
            break;
        }
        if (!nova_size_mul(capacity, 2, &capacity)) {
            free(buffer);
            return nova_fail(NOVA_SIZE_OVERFLOW, "%s is too large to read", path);
        }
    }
    if (ferror(stream)) {
        free(buffer);
        return nova_fail(NOVA_IO, "cannot read %s: %s", path, strerror(errno));
    }
    buffer[used] = '\0';
    *data = buffer;
    *size = used;
    return NOVA_OK;
}

nova_status nova_read_file(const char *path, char **data, size_t *size) {
    *data = NULL;
    *size = 0;
    if (!path || !*path) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "the name of the file to read is empty");
    }
    FILE *stream = fopen(path, "rbe");
    if (!stream) {
        return nova_fail(NOVA_IO, "cannot read %s: %s", path, strerror(errno));
    }
    nova_status status = read_all(stream, path, data, size);
    fclose(stream);
    return status;
}
