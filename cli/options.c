/*
 * options.c - reading the command line by a table.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/runtime.h"

enum { HELP_COLUMN = 28, HELP_WIDTH = 92 };

int cli_error(const cli_command *command, const char *format, ...) {
    char reason[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    for (char *c = reason; *c != '\0'; ++c) { /* a name may hold anything; a reason is one line */
        if (iscntrl((unsigned char)*c)) {
            *c = '?';
        }
    }
    fprintf(stderr, "nova %s: %s\n", command->name, reason);
    return CLI_FAILURE;
}

int cli_library_error(const cli_command *command) {
    return cli_error(command, "%s", nova_last_error());
}

int cli_finish_output(const cli_command *command) {
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return cli_error(command, "cannot write standard output: %s", strerror(errno));
    }
    return CLI_SUCCESS;
}

/* ---- readers */

nova_status cli_text(const cli_option *option, const char *text) {
    if (*text == '\0') {
        return nova_fail(NOVA_INVALID_ARGUMENT, "the value is empty");
    }
    *(const char **)option->target = text;
    return NOVA_OK;
}

/** A decimal integer at the start of *text; moves *text behind it. */
static nova_status read_integer(const char **text, int64_t min, int64_t max, int64_t *value) {
    char *end;
    const char *first = *text + (**text == '-' || **text == '+');
    if (!isdigit((unsigned char)*first)) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "an integer is expected");
    }
    errno = 0;
    long long parsed = strtoll(*text, &end, 10);
    if (errno == ERANGE || parsed < min || parsed > max) {
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "%.*s is out of range, which is %" PRId64 " to %" PRId64,
                         (int)(end - *text), *text, min, max);
    }
    *value = parsed;
    *text = end;
    return NOVA_OK;
}

nova_status cli_integer(const cli_option *option, const char *text) {
    nova_status status = read_integer(&text, option->min, option->max, option->target);
    if (status == NOVA_OK && *text != '\0') {
        return nova_fail(NOVA_INVALID_ARGUMENT, "an integer is expected");
    }
    return status;
}

nova_status cli_real(const cli_option *option, const char *text) {
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || isspace((unsigned char)*text)) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "a number is expected");
    }
    if (!isfinite(value) || value < 0) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "a finite number that is not negative is expected");
    }
    *(double *)option->target = value;
    return NOVA_OK;
}

nova_status cli_choice(const cli_option *option, const char *text) {
    char names[256] = "";
    size_t used = 0;
    for (int i = 0; option->choices[i] != NULL; ++i) {
        if (strcmp(text, option->choices[i]) == 0) {
            *(int *)option->target = i;
            return NOVA_OK;
        }
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                                 option->choices[i]);
        used = NOVA_MIN(used, sizeof names - 1);
    }
    return nova_fail(NOVA_UNKNOWN_NAME, "the value is one of %s", names);
}

nova_status cli_read_list(const char *text, char separator, int64_t min, int64_t max, int64_t *list,
                          int limit, int *count) {
    for (*count = 0; *count < limit;) {
        nova_status status = read_integer(&text, min, max, &list[*count]);
        if (status != NOVA_OK) {
            return status;
        }
        ++*count;
        if (*text == '\0') {
            return NOVA_OK;
        }
        if (*text != separator) {
            return nova_fail(NOVA_INVALID_ARGUMENT, "integers separated by '%c' are expected",
                             separator);
        }
        ++text;
    }
    return nova_fail(NOVA_INVALID_ARGUMENT, "at most %d integers are expected", limit);
}

/* ---- help */

/** Prints words from column `used` on, wrapped, each line indented to HELP_COLUMN. */
static void print_wrapped(const char *text, int used) {
    printf("%*s", HELP_COLUMN - used, "");
    for (int column = HELP_COLUMN; *text != '\0';) {
        int length = (int)strcspn(text, " ");
        if (column > HELP_COLUMN && column + 1 + length > HELP_WIDTH) {
            printf("\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        }
        column += printf("%s%.*s", column > HELP_COLUMN ? " " : "", length, text);
        text += length;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void print_help_row(const char *name, const char *metavar, const char *help) {
    int used = printf("  %s%s%s", name, metavar != NULL ? " " : "", metavar != NULL ? metavar : "");
    if (used >= HELP_COLUMN - 1) {
        putchar('\n');
        used = 0;
    }
    print_wrapped(help, used);
}

static void print_help(const cli_command *command, const cli_option *options, int count) {
    printf("Usage: nova %s", command->name);
    for (int i = 0; i < count; ++i) {
        if (options[i].name[0] != '-') {
            printf(options[i].required ? " %s" : " [%s]", options[i].name);
        } else if (options[i].required) {
            printf(" %s %s", options[i].name, options[i].metavar);
        }
    }
    printf(" [options]\n\n%s.\n", command->summary);
    if (command->details != NULL) {
        printf("\n%s\n", command->details);
    }
    printf("\n");
    for (int i = 0; i < count; ++i) {
        bool positional = options[i].name[0] != '-';
        print_help_row(options[i].name, positional ? NULL : options[i].metavar, options[i].help);
    }
    print_help_row("--help", NULL, "Print this text.");
}

/* ---- parsing */

typedef struct cli_parser {
    const cli_command *command;
    const cli_option *options;
    int count;
    bool seen[64];
} cli_parser;

/** The option of this name, `length` characters of it; null if there is none. */
static const cli_option *find_option(const cli_parser *parser, const char *name, size_t length) {
    for (int i = 0; i < parser->count; ++i) {
        const char *candidate = parser->options[i].name;
        if (strlen(candidate) == length && memcmp(candidate, name, length) == 0) {
            return &parser->options[i];
        }
    }
    return NULL;
}

static const cli_option *next_positional(const cli_parser *parser) {
    for (int i = 0; i < parser->count; ++i) {
        if (parser->options[i].name[0] != '-' && !parser->seen[i]) {
            return &parser->options[i];
        }
    }
    return NULL;
}

static bool read_value(cli_parser *parser, const cli_option *option, const char *text) {
    parser->seen[option - parser->options] = true;
    if (option->read(option, text) != NOVA_OK) {
        cli_error(parser->command, "%s '%s': %s", option->name, text, nova_last_error());
        return false;
    }
    return true;
}

/** Reads the option at argv[*index] and its value, and moves *index behind them. */
static bool read_option(cli_parser *parser, int argc, char **argv, int *index) {
    const char *argument = argv[(*index)++];
    const char *equals = argument[1] == '-' ? strchr(argument, '=') : NULL;
    size_t length = equals != NULL ? (size_t)(equals - argument) : strlen(argument);
    const cli_option *option = find_option(parser, argument, length);
    if (option == NULL) {
        cli_error(parser->command, "unknown option '%.*s'; see nova %s --help", (int)length,
                  argument, parser->command->name);
        return false;
    }
    if (option->read == NULL) {
        if (equals != NULL) {
            cli_error(parser->command, "%s takes no value", option->name);
            return false;
        }
        parser->seen[option - parser->options] = true;
        *(bool *)option->target = true;
        return true;
    }
    if (equals == NULL && *index == argc) {
        cli_error(parser->command, "%s needs a value", option->name);
        return false;
    }
    return read_value(parser, option, equals != NULL ? equals + 1 : argv[(*index)++]);
}

static bool read_positional(cli_parser *parser, const char *text) {
    const cli_option *option = next_positional(parser);
    if (option == NULL) {
        cli_error(parser->command, "unexpected argument '%s'", text);
        return false;
    }
    return read_value(parser, option, text);
}

static bool required_are_there(const cli_parser *parser) {
    for (int i = 0; i < parser->count; ++i) {
        if (parser->options[i].required && !parser->seen[i]) {
            cli_error(parser->command, "%s is missing; see nova %s --help", parser->options[i].name,
                      parser->command->name);
            return false;
        }
    }
    return true;
}

static bool asks_for_help(int argc, char **argv) {
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; ++i) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

bool cli_parse(const cli_command *command, const cli_option *options, int count, int argc,
               char **argv, int *exit_code) {
    cli_parser parser = {.command = command, .options = options, .count = count};
    bool only_positional = false;
    if (asks_for_help(argc, argv)) {
        print_help(command, options, count);
        *exit_code = cli_finish_output(command);
        return false;
    }
    *exit_code = CLI_FAILURE;
    for (int i = 0; i < argc;) {
        bool is_option = !only_positional && argv[i][0] == '-' && argv[i][1] != '\0';
        if (is_option && strcmp(argv[i], "--") == 0) {
            only_positional = true;
            ++i;
        } else if (is_option ? !read_option(&parser, argc, argv, &i)
                             : !read_positional(&parser, argv[i++])) {
            return false;
        }
    }
    return required_are_there(&parser);
}
