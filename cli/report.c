/*
 * report.c - `nova report`: all tables and figures about point sets, from scratch.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands.h"
#include "data_file.h"
#include "exact.h"
#include "json_out.h"
#include "report_kappa.h"
#include "runtime/runtime.h"

/* What tools/report_figures.py draws, each as PNG and as SVG. */
static const char *const figure_names[] = {"kappa", "errors", "pareto", "scatter", "int8"};

typedef struct report_args {
    const char *out;
    int64_t threads;
    bool quick, json;
} report_args;

/** What became of the figures. */
typedef struct drawing {
    const char *reason;                           /* why there are none; null: they are there */
    char files[2 * NOVA_COUNT(figure_names)][16]; /* those that exist */
    int count;
} drawing;

/* ---- the folder */

static nova_status make_folder(const char *path) {
    char *copy = strdup(path);
    nova_status status = NOVA_OK;
    if (copy == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a file's name");
    }
    for (char *end = copy + 1; status == NOVA_OK; ++end) {
        const char kept = *end;
        if (kept == '/' || kept == '\0') {
            *end = '\0';
            if (mkdir(copy, 0777) != 0 && errno != EEXIST) {
                status = nova_fail(NOVA_IO, "cannot create %s: %s", copy, strerror(errno));
            }
            *end = kept;
        }
        if (kept == '\0') {
            break;
        }
    }
    free(copy);
    return status;
}

/** Opens DIR/name under a temporary name. */
static nova_status open_file(const char *folder, const char *name, nova_writer *writer) {
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "the name of the folder is too long");
    }
    return nova_writer_open(writer, path);
}

/** Finds out before the work, not after it, that nothing can be written. */
static nova_status check_folder(const char *folder) {
    nova_writer writer;
    nova_status status = make_folder(folder);
    if (status == NOVA_OK) {
        status = open_file(folder, "report.json", &writer);
    }
    if (status == NOVA_OK) {
        nova_writer_abort(&writer);
    }
    return status;
}

/* ---- figures */

/** Runs `python script folder`; its exit status, or -1 if it could not be run. */
static int run_python(const char *python, const char *script, const char *folder) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO); /* standard output is for --json */
        execlp(python, python, "-B", script, folder, (char *)NULL);
        _exit(127);
    }
    int status;
    while (child > 0 && waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return -1;
        }
    }
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void list_figures(const char *folder, drawing *figures) {
    static const char *const endings[] = {"png", "svg"};
    for (int i = 0; i < 2 * NOVA_COUNT(figure_names); ++i) {
        char path[PATH_MAX], *name = figures->files[figures->count];
        snprintf(name, sizeof figures->files[0], "%s.%s", figure_names[i / 2], endings[i % 2]);
        if (snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path &&
            access(path, R_OK) == 0) {
            ++figures->count;
        }
    }
}

/** Tells apart what the script's exit status 3 means: there is no matplotlib. */
static void draw(const char *folder, drawing *figures) {
    static const char *const pythons[] = {NOVA_REPORT_PYTHON, "python3"};
    enum { NO_MATPLOTLIB = 3 };
    char script[PATH_MAX];
    int status = NO_MATPLOTLIB;
    if (!cli_find_data("report_figures.py", NOVA_REPORT_SCRIPT, script)) {
        figures->reason = "report_figures.py is not where nova was installed or built";
        return;
    }
    for (int i = 0; i < NOVA_COUNT(pythons) && status != 0; ++i) {
        if (*pythons[i] != '\0') {
            status = run_python(pythons[i], script, folder);
        }
    }
    if (status == 0) {
        list_figures(folder, figures);
    } else {
        figures->reason = status == NO_MATPLOTLIB || status == 127
                              ? "no Python with matplotlib was found"
                              : "report_figures.py failed";
    }
}

/* ---- the report */

typedef struct section {
    const char *name;
    nova_status (*run)(report *all);
} section;

static const section sections[] = {
    {"condition numbers", report_conditioning},
    {"errors of the named sets", report_errors},
    {"error against saving", report_pareto},
    {"small rational sets of F(6,3)", report_scatter},
    {"8-bit operands", report_int8},
};

/** A row with a cell too few or too many would shift all that follow. */
static nova_status check_rows(const report *all) {
    for (int i = 0; i < all->count; ++i) {
        const report_table *table = &all->tables[i];
        if (table->count % (size_t)table->head.column_count != 0) {
            return nova_fail(NOVA_INTERNAL, "the table '%s' has an incomplete row",
                             table->head.key);
        }
    }
    return NOVA_OK;
}

static nova_status compute(report *all) {
    nova_status status = NOVA_OK;
    for (int i = 0; i < NOVA_COUNT(sections) && status == NOVA_OK; ++i) {
        if (!all->quick) {
            fprintf(stderr, "%d/%d %s\n", i + 1, NOVA_COUNT(sections), sections[i].name);
        }
        status = sections[i].run(all);
    }
    if (status == NOVA_OK && all->out_of_memory) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the tables");
    }
    return status == NOVA_OK ? check_rows(all) : status;
}

static nova_status write_json(const report *all, const char *folder) {
    nova_writer writer;
    nova_status status = open_file(folder, "report.json", &writer);
    if (status != NOVA_OK) {
        return status;
    }
    report_write_json(all, writer.stream);
    return nova_writer_commit(&writer);
}

static nova_status write_markdown(const report *all, const char *folder, const drawing *figures) {
    const char *pictures[NOVA_COUNT(figure_names) + 1] = {NULL};
    nova_writer writer;
    nova_status status = open_file(folder, "report.md", &writer);
    if (status != NOVA_OK) {
        return status;
    }
    for (int i = 0, count = 0; i < figures->count; ++i) {
        if (strstr(figures->files[i], ".png") != NULL) {
            pictures[count++] = figures->files[i];
        }
    }
    report_write_markdown(all, pictures, writer.stream);
    return nova_writer_commit(&writer);
}

static nova_status write_all(const report *all, const char *folder, drawing *figures) {
    nova_status status = write_json(all, folder);
    if (status == NOVA_OK) {
        draw(folder, figures);
        status = write_markdown(all, folder, figures);
    }
    return status;
}

static void print_summary(const report_args *args, const drawing *figures, double seconds) {
    if (!args->json) {
        printf("%s/report.md, report.json and %d figures in %.0f s\n", args->out, figures->count,
               seconds);
        if (figures->reason != NULL) {
            printf("No figures: %s.\n", figures->reason);
        }
        if (!report_kappa_is_there()) {
            printf("Left out, as this nova was built without NLopt: the sets of least kappa.\n");
        }
        if (!cli_algebra_is_there()) {
            printf("Left out, as this nova was built without FLINT: the small rational sets.\n");
        }
        return;
    }
    cli_json json = {.stream = stdout};
    cli_json_object(&json, NULL);
    cli_json_string(&json, "out", args->out);
    cli_json_bool(&json, "quick", args->quick);
    cli_json_bool(&json, "algebra", cli_algebra_is_there());
    cli_json_bool(&json, "search", report_kappa_is_there());
    cli_json_array(&json, "figures");
    for (int i = 0; i < figures->count; ++i) {
        cli_json_string(&json, NULL, figures->files[i]);
    }
    cli_json_end_array(&json);
    cli_json_string(&json, "no_figures", figures->reason);
    cli_json_number(&json, "seconds", seconds);
    cli_json_end_object(&json);
}

static int run_report(const cli_command *command, const report_args *args) {
    report all = {.quick = args->quick,
                  .threads = args->threads ? (int)args->threads : nova_processor_count()};
    drawing figures = {.reason = NULL};
    const double start = nova_now();
    nova_status status = check_folder(args->out);
    if (status == NOVA_OK) {
        status = compute(&all);
    }
    if (status == NOVA_OK) {
        status = write_all(&all, args->out, &figures);
    }
    report_free(&all);
    if (status != NOVA_OK) {
        return cli_library_error(command);
    }
    print_summary(args, &figures, nova_now() - start);
    return cli_finish_output(command);
}

int cli_report(const cli_command *command, int argc, char **argv) {
    report_args args = {.threads = 0};
    const cli_option options[] = {
        {.name = "--out",
         .metavar = "DIR",
         .read = cli_text,
         .target = &args.out,
         .required = true,
         .help = "Folder for report.md, report.json and the figures; made if it is not there."},
        {.name = "--quick",
         .target = &args.quick,
         .help = "Small samples: seconds instead of minutes, and rougher figures."},
        {.name = "--threads",
         .metavar = "N",
         .read = cli_integer,
         .target = &args.threads,
         .max = 1024,
         .help = "Threads; 0, the default, means one per processor."},
        {.name = "--json",
         .target = &args.json,
         .help = "Print one JSON document on standard output: what was written."},
    };
    int exit_code;
    if (!cli_parse(command, options, NOVA_COUNT(options), argc, argv, &exit_code)) {
        return exit_code;
    }
    return run_report(command, &args);
}
