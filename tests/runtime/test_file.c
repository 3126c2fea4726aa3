/*
 * test_file.c - a file appears complete or not at all, and failures say why.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/runtime.h"

/** A fresh folder for each test, and names in it. */
typedef struct {
    char folder[64], target[128], other[128];
} place;

static int make_place(void **state) {
    place *here = calloc(1, sizeof *here);
    if (!here) {
        return -1;
    }
    snprintf(here->folder, sizeof here->folder, "nova-test-file-XXXXXX");
    *state = here;
    if (!mkdtemp(here->folder)) {
        return -1;
    }
    snprintf(here->target, sizeof here->target, "%s/target", here->folder);
    snprintf(here->other, sizeof here->other, "%s/other", here->folder);
    return 0;
}

static int remove_place(void **state) {
    place *here = *state;
    unlink(here->target);
    unlink(here->other);
    int result = rmdir(here->folder);
    free(here);
    return result;
}

static int entries(const char *folder) {
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(directory);
    return count;
}

static void write_file(const char *path, const char *text) {
    nova_writer writer;
    assert_int_equal(nova_writer_open(&writer, path), NOVA_OK);
    fputs(text, writer.stream);
    assert_int_equal(nova_writer_commit(&writer), NOVA_OK);
    nova_writer_abort(&writer);
}

static void assert_holds(const char *path, const char *text) {
    char *data;
    size_t size;
    assert_int_equal(nova_read_file(path, &data, &size), NOVA_OK);
    assert_int_equal(size, strlen(text));
    assert_string_equal(data, text);
    free(data);
}

static void commit_makes_the_file_appear(void **state) {
    place *here = *state;
    nova_writer writer;
    assert_int_equal(nova_writer_open(&writer, here->target), NOVA_OK);
    fputs("whole", writer.stream);
    assert_int_not_equal(access(here->target, F_OK), 0);
    assert_int_equal(nova_writer_commit(&writer), NOVA_OK);
    assert_holds(here->target, "whole");
    assert_int_equal(entries(here->folder), 1);
}

static void abort_leaves_nothing(void **state) {
    place *here = *state;
    nova_writer writer;
    assert_int_equal(nova_writer_open(&writer, here->target), NOVA_OK);
    fputs("half", writer.stream);
    nova_writer_abort(&writer);
    nova_writer_abort(&writer);
    assert_int_equal(entries(here->folder), 0);
}

static void abort_keeps_what_was_there(void **state) {
    place *here = *state;
    write_file(here->target, "old");
    nova_writer writer;
    assert_int_equal(nova_writer_open(&writer, here->target), NOVA_OK);
    fputs("new", writer.stream);
    nova_writer_abort(&writer);
    assert_holds(here->target, "old");
    write_file(here->target, "new");
    assert_holds(here->target, "new");
    assert_int_equal(entries(here->folder), 1);
}

static void permissions_follow_the_umask(void **state) {
    place *here = *state;
    mode_t before = umask(027);
    write_file(here->target, "x");
    umask(before);
    struct stat status;
    assert_int_equal(stat(here->target, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
}

static void links_keep_pointing(void **state) {
    place *here = *state;
    write_file(here->target, "old");
    assert_int_equal(symlink("target", here->other), 0);
    write_file(here->other, "new");
    assert_holds(here->target, "new");
    struct stat status;
    assert_int_equal(lstat(here->other, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
}

static void devices_are_not_replaced(void **state) {
    (void)state;
    write_file("/dev/null", "gone");
    struct stat status;
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
}

static void full_disk_is_found(void **state) {
    (void)state;
    if (access("/dev/full", W_OK) != 0) {
        skip();
    }
    nova_writer writer;
    assert_int_equal(nova_writer_open(&writer, "/dev/full"), NOVA_OK);
    fputs("does not fit", writer.stream);
    assert_int_equal(nova_writer_commit(&writer), NOVA_IO);
    assert_non_null(strstr(nova_last_error(), "No space left"));
    nova_writer_abort(&writer);
}

static void rename_failure_leaves_nothing(void **state) {
    place *here = *state;
    nova_writer writer;
    assert_int_equal(nova_writer_open(&writer, here->target), NOVA_OK);
    fputs("x", writer.stream);
    /* A folder takes the name while the file is being written. */
    assert_int_equal(mkdir(here->target, 0777), 0);
    nova_status status = nova_writer_commit(&writer);
    assert_int_equal(rmdir(here->target), 0);
    assert_int_equal(status, NOVA_IO);
    assert_int_equal(entries(here->folder), 0);
}

static void bad_names_are_refused(void **state) {
    place *here = *state;
    nova_writer writer;
    assert_int_equal(nova_writer_open(&writer, ""), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_writer_open(&writer, NULL), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_writer_open(&writer, here->folder), NOVA_IO);
    assert_non_null(strstr(nova_last_error(), "directory"));
    assert_int_equal(nova_writer_open(&writer, "no/such/folder/file"), NOVA_IO);
    assert_non_null(strstr(nova_last_error(), "no/such/folder/file"));
    assert_null(writer.stream);
    nova_writer_abort(&writer);
}

static void reading_refuses_with_reasons(void **state) {
    place *here = *state;
    char *data;
    size_t size;
    assert_int_equal(nova_read_file(here->target, &data, &size), NOVA_IO);
    assert_non_null(strstr(nova_last_error(), "No such file"));
    assert_null(data);
    assert_int_equal(nova_read_file(here->folder, &data, &size), NOVA_IO);
    assert_non_null(strstr(nova_last_error(), "directory"));
    assert_int_equal(nova_read_file("", &data, &size), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_read_file(NULL, &data, &size), NOVA_INVALID_ARGUMENT);
}

static void reading_all_sizes(void **state) {
    place *here = *state;
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 300000};
    for (int i = 0; i < NOVA_COUNT(sizes); ++i) {
        nova_writer writer;
        assert_int_equal(nova_writer_open(&writer, here->target), NOVA_OK);
        for (size_t at = 0; at < sizes[i]; ++at) {
            fputc((int)(at * 31 % 256), writer.stream);
        }
        assert_int_equal(nova_writer_commit(&writer), NOVA_OK);
        char *data;
        size_t size;
        assert_int_equal(nova_read_file(here->target, &data, &size), NOVA_OK);
        assert_int_equal(size, sizes[i]);
        for (size_t at = 0; at < size; ++at) {
            assert_int_equal((unsigned char)data[at], at * 31 % 256);
        }
        assert_int_equal(data[size], 0);
        free(data);
    }
}

static void reading_a_pipe(void **state) {
    (void)state;
    /* More than the first buffer holds, from something that has no size. */
    FILE *pipe_end = popen("head -c 200000 /dev/zero", "r");
    assert_non_null(pipe_end);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(pipe_end));
    char *data;
    size_t size;
    nova_status status = nova_read_file(path, &data, &size);
    pclose(pipe_end);
    assert_int_equal(status, NOVA_OK);
    assert_int_equal(size, 200000);
    free(data);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_PLACE(commit_makes_the_file_appear),
        IN_PLACE(abort_leaves_nothing),
        IN_PLACE(abort_keeps_what_was_there),
        IN_PLACE(permissions_follow_the_umask),
        IN_PLACE(links_keep_pointing),
        cmocka_unit_test(devices_are_not_replaced),
        cmocka_unit_test(full_disk_is_found),
        IN_PLACE(rename_failure_leaves_nothing),
        IN_PLACE(bad_names_are_refused),
        IN_PLACE(reading_refuses_with_reasons),
        IN_PLACE(reading_all_sizes),
        cmocka_unit_test(reading_a_pipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
