/*
 * main.c - the nova command: finds the subcommand and runs it.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "runtime/runtime.h"

static const cli_command commands[] = {
    {"points", "List the point sets that are built in, or show one of them (points show)",
     "`nova points show M R --set NAME` prints one set with its matrices.", cli_points},
    {"verify", "Prove a point set exact over the rationals",
     "Builds F(M,R) from the points and checks the bilinear identity for all its terms.\n"
     "Exit code 0: proven. 2: not, with the reason.",
     cli_verify},
    {"emit", "Write a transform as C, JSON, Python (NumPy), LaTeX or assembly",
     "The JSON form is what --set FILE reads back.", cli_emit},
    {"discover", "Search for a point set, snap it to small rationals and prove it",
     "Prints the real optimum and the best rationals and dyadics near it. Any points up to a\n"
     "magnitude of 16 are searched; pairs from 1/16 on. The same seed gives the same answer on "
     "any\n"
     "number of threads unless --time or Ctrl-C cuts the search off. Ctrl-C prints the best so "
     "far\n"
     "(exit code 130); a second one ends the command at once.",
     cli_discover},
    {"accuracy", "Predict the error of a tile, set and arithmetic, and measure it in the engine",
     "Convolves normally distributed data (x of rms 1, w of rms 1/sqrt(C*R*S)) and compares with\n"
     "direct convolution in double. Errors are relative rms errors.",
     cli_accuracy},
    {"plan", "Show which plan is chosen for a convolution, and what error it predicts", NULL,
     cli_plan},
    {"conv", "Convolve NumPy files",
     "x is N,C,H,W (or N,H,W,C with --layout nhwc), w is K,C,R,S, the bias is K; element types\n"
     "are f32 and f16. The output has the layout of x and the type --dtype, which is that of x\n"
     "unless it is given. NumPy has no bf16: with --dtype bf16 the files are f32.",
     cli_conv},
    {"bench", "Time the convolutions of a network, beside direct convolution and other libraries",
     "Everything is timed in turns in one run, and every result is checked; a time is that of the\n"
     "shortest run. `ratio` is the peer's time over nova's: above 1, nova is faster. `best_peer`\n"
     "is the fastest other library that keeps the error which nova's plan is held to. The\n"
     "geometric means weight every layer by its count.",
     cli_bench},
    {"report", "Write all tables and figures about the point sets, from scratch",
     "Condition numbers, noise gains, predicted and measured errors, error against saving, and\n"
     "which figure of merit ranks sets by their error: DIR/report.md, DIR/report.json and, where\n"
     "a Python with matplotlib is found, figures as PNG and SVG. A few minutes; seconds with\n"
     "--quick. The same numbers every time on one machine.",
     cli_report},
};

static void print_commands(FILE *stream) {
    fprintf(stream, "Usage: nova COMMAND [arguments]\n\n"
                    "Winograd convolution with large tiles, in half precision and under an error "
                    "budget.\n\n");
    for (int i = 0; i < NOVA_COUNT(commands); ++i) {
        fprintf(stream, "  %-10s %s.\n", commands[i].name, commands[i].summary);
    }
    fprintf(stream, "\n`nova COMMAND --help` describes one. Exit codes: 0 success; 2 failure, with "
                    "the reason on\nstandard error.\n");
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "";
    static const cli_command top = {.name = "", .summary = ""};
    /* A reader that closes the pipe early shows up as a failing write, which is reported. */
    signal(SIGPIPE, SIG_IGN);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_commands(stdout);
        return cli_finish_output(&top);
    }
    if (strcmp(name, "--version") == 0) {
        printf("nova %s\n", nova_version());
        return cli_finish_output(&top);
    }
    for (int i = 0; i < NOVA_COUNT(commands); ++i) {
        if (strcmp(name, commands[i].name) == 0) {
            return commands[i].run(&commands[i], argc - 2, argv + 2);
        }
    }
    if (argc > 1) {
        fprintf(stderr, "nova: unknown command '%s'; see nova --help\n", name);
    } else {
        print_commands(stderr);
    }
    return CLI_FAILURE;
}
