/*
 * commands.h - the subcommands, a file each.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_COMMANDS_H
#define NOVA_CLI_COMMANDS_H

#include "options.h"

/* Each runs with the arguments after its name and returns the exit code. */
int cli_points(const cli_command *command, int argc, char **argv);
int cli_verify(const cli_command *command, int argc, char **argv);
int cli_emit(const cli_command *command, int argc, char **argv);
int cli_discover(const cli_command *command, int argc, char **argv);
int cli_accuracy(const cli_command *command, int argc, char **argv);
int cli_plan(const cli_command *command, int argc, char **argv);
int cli_conv(const cli_command *command, int argc, char **argv);
int cli_report(const cli_command *command, int argc, char **argv);
int cli_bench(const cli_command *command, int argc, char **argv);

#endif
