/*
 * discover_absent.c - `nova discover` in a build that has no search.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

int cli_discover(const cli_command *command, int argc, char **argv) {
    (void)argc;
    (void)argv;
    return cli_error(command,
                     "this nova was built without the search for point sets; install NLopt "
                     "(libnlopt-dev), FLINT (libflint-dev), MPFR, GMP and LAPACKE and "
                     "build again");
}
