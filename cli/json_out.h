/*
 * json_out.h - writes one JSON document, indented, to a stream.
 *
 * Numbers are the shortest decimals that read back as the same double. JSON has no NaN and no
 * infinity: both are written as null. Strings are UTF-8; bytes that are not are replaced by U+FFFD.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_JSON_OUT_H
#define NOVA_CLI_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** A document under construction. Start with {.stream = stdout}. */
typedef struct cli_json {
    FILE *stream;
    int depth;  /**< containers that are open */
    bool comma; /**< the innermost one has a member already */
} cli_json;

/* In all of these `key` names the member of an object; null in an array and at the top. */

void cli_json_object(cli_json *json, const char *key); /**< opens an object */
void cli_json_array(cli_json *json, const char *key);  /**< opens an array */
void cli_json_end_object(cli_json *json);
void cli_json_end_array(cli_json *json);
void cli_json_string(cli_json *json, const char *key, const char *value); /**< null: null */
void cli_json_number(cli_json *json, const char *key, double value);
void cli_json_integer(cli_json *json, const char *key, int64_t value);
void cli_json_bool(cli_json *json, const char *key, bool value);

#endif
