/*
 * options.h - one declarative table per subcommand: what it accepts, how each value is read and
 * checked, and the text of --help.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_OPTIONS_H
#define NOVA_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "nova_winograd.h"

/** Exit codes of the command: everything that the caller got wrong, and everything that cannot be
    done, is CLI_FAILURE with a one-line reason on standard error. */
enum { CLI_SUCCESS = 0, CLI_FAILURE = 2 };

typedef struct cli_option cli_option;

/** Reads `text` into option->target; a failure leaves its reason in nova_last_error(). */
typedef nova_status (*cli_reader)(const cli_option *option, const char *text);

/** One row of a table: an option, or a positional argument. */
struct cli_option {
    const char *name;    /**< "--pad", "-o", or a positional argument's name, "M" */
    const char *metavar; /**< how --help names the value; null for a flag */
    cli_reader read;     /**< null for a flag, whose target is a bool */
    void *target;        /**< keeps its value, the default, when the option is absent */
    const char *help;    /**< one sentence for --help */
    bool required;
    int64_t min, max;           /**< cli_integer: the values allowed */
    const char *const *choices; /**< cli_choice: names, ended by null */
};

/** A subcommand. */
typedef struct cli_command {
    const char *name;    /**< "plan", or "points show" */
    const char *summary; /**< one line for the list of subcommands */
    const char *details; /**< further paragraphs for --help, or null */
    int (*run)(const struct cli_command *command, int argc, char **argv);
} cli_command;

/** Target const char *: the text itself, which must not be empty. */
nova_status cli_text(const cli_option *option, const char *text);
/** Target int64_t: a decimal integer from option->min to option->max. */
nova_status cli_integer(const cli_option *option, const char *text);
/** Target double: a finite number that is at least 0. */
nova_status cli_real(const cli_option *option, const char *text);
/** Target int: the position of `text` in option->choices. */
nova_status cli_choice(const cli_option *option, const char *text);

/**
 * Reads integers separated by `separator` ("1x64x56x56"): at least 1 and at most `limit` of them,
 * each from `min` to `max`; *count says how many there were.
 */
nova_status cli_read_list(const char *text, char separator, int64_t min, int64_t max, int64_t *list,
                          int limit, int *count);

/**
 * Reads the arguments after the subcommand's name. False when there is nothing more to do: --help
 * was printed, or an error was reported; *exit_code is then the command's.
 */
bool cli_parse(const cli_command *command, const cli_option *options, int count, int argc,
               char **argv, int *exit_code);

/** Prints "nova COMMAND: reason" on standard error; returns CLI_FAILURE. */
int cli_error(const cli_command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/** The same with the reason of the library's last failure. */
int cli_library_error(const cli_command *command);

/** Flushes standard output; a full disk or closed pipe is a failure like any other. */
int cli_finish_output(const cli_command *command);

#endif
