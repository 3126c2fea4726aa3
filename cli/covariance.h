/*
 * covariance.h - second moments of data as the command line spells them.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_COVARIANCE_H
#define NOVA_CLI_COVARIANCE_H

#include "nova_winograd.h"

/**
 * Second moments at distance 0 .. count-1, the one at 0 being 1. `text` is "white" (or null),
 * "ar1:RHO" (RHO^distance) or the path of an .npy file, whose last axis is the one that is looked
 * along; it must hold at least `least` samples, and distances that it does not reach have the
 * moment 0. count is at most NOVA_MAX_INPUTS. Errors: NOVA_INVALID_ARGUMENT, those of
 * cli_npy_read() and of nova_moments_estimate().
 */
nova_status cli_read_covariance(const char *text, int least, int count, double *moments);

#endif
