/*
 * rates.c - how fast a machine does what the cost model counts: what is taken for granted without a
 * calibration, rates between the sizes that were measured, and what was measured, in memory and in
 * wisdom files: "rates KERNELS PROCESSOR PRODUCT PAIRS INPUT OUTPUT" and two rates for each
 * size.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <ctype.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"
#include "runtime/runtime.h"

/* From within the second-level cache to beyond any last one, a factor of four apart. */
double nova_rates_size(int index) {
    return (double)((size_t)128 << 10) * pow(4, index);
}

double nova_rates_stream(const nova_rates *rates, double size, int workers) {
    const double at = log2(fmax(size / nova_rates_size(0), 1)) / 2;
    const int low = (int)fmin(at, NOVA_RATE_SIZES - 1),
              high = NOVA_MIN(low + 1, NOVA_RATE_SIZES - 1);
    const double part = fmin(at - low, 1);
    const double one = rates->one[low] * pow(rates->one[high] / rates->one[low], part);
    const double all = rates->all[low] * pow(rates->all[high] / rates->all[low], part);
    return workers > 1 ? fmin(one, all / workers) : one;
}

/* Processors with a matrix unit are servers of many cores, whose shared cache is far from each of
   them: seen on one of them are 130 GB/s of one core from its own cache, 25 from the shared one
   while it serves little, and less the more it is to hold, at 2.4 GHz while the unit is at work,
   and transforms that take twice their steps.
 */
nova_rates nova_rates_usual(const nova_cpu_kernels *kernels) {
    static const double near_bytes[NOVA_RATE_SIZES] = {64, 48, 32, 24, 14, 14}; /* a cycle */
    static const double far_rates[NOVA_RATE_SIZES] = {130e9, 130e9, 100e9, 25e9, 18e9, 10e9};
    const nova_pair_kernels *pairs = kernels->pairs;
    const double clock = pairs->unit > 0 ? 2.4e9 : 3.6e9;
    const double product = clock * (kernels->fused ? 2 : 0.5);
    const double transforms = pairs->unit > 0 ? clock / 2 : clock; /* steps */
    const double in_software = product / 3; /* two multiply-adds, and unpacking */
    nova_rates rates = {.product = product,
                        .pairs = pairs->rate > 0 ? clock * pairs->rate : in_software,
                        .input = transforms,
                        .output = transforms};
    const double memory_threads = pairs->unit > 0 ? 8 : 1.5; /* that memory serves at full rate */
    const int processors = nova_processor_count();
    for (int i = 0; i < NOVA_RATE_SIZES; i++) {
        rates.one[i] = pairs->unit > 0 ? far_rates[i] : near_bytes[i] * clock;
        rates.all[i] = rates.one[i] * (i < 4 ? processors : fmin(processors, memory_threads));
    }
    return rates;
}

/* ---------------------------------------------------------------- what was measured */

enum { MAX_KERNELS = 8, CPU_NAME = 80 };

/* One entry for each of the records that this build has. */
static nova_rates known[MAX_KERNELS];
static bool is_known[MAX_KERNELS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int index_of(const nova_cpu_kernels *kernels) {
    for (int i = 0; i < nova_cpu_kernels_count() && i < MAX_KERNELS; i++)
        if (nova_cpu_kernels_at(i) == kernels)
            return i;
    return -1;
}

nova_rates nova_rates_known(const nova_cpu_kernels *kernels) {
    nova_rates rates = nova_rates_usual(kernels);
    const int index = index_of(kernels);
    pthread_mutex_lock(&lock);
    if (index >= 0 && is_known[index])
        rates = known[index];
    pthread_mutex_unlock(&lock);
    return rates;
}

bool nova_rates_are_known(const nova_cpu_kernels *kernels) {
    const int index = index_of(kernels);
    pthread_mutex_lock(&lock);
    const bool found = index >= 0 && is_known[index];
    pthread_mutex_unlock(&lock);
    return found;
}

void nova_rates_remember(const nova_cpu_kernels *kernels, const nova_rates *rates) {
    const int index = index_of(kernels);
    pthread_mutex_lock(&lock);
    if (index >= 0) {
        known[index] = *rates;
        is_known[index] = true;
    }
    pthread_mutex_unlock(&lock);
}

void nova_rates_forget(void) {
    pthread_mutex_lock(&lock);
    memset(is_known, 0, sizeof is_known);
    pthread_mutex_unlock(&lock);
}

/* ---------------------------------------------------------------- lines of wisdom files */

/* The processor's name without spaces, and how many there are: what the rates are of. */
static void machine_name(char name[CPU_NAME]) {
    char line[256], model[CPU_NAME - 8] = "unknown";
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "model name : %71[^\n]", model) == 1)
            break;
    if (file)
        fclose(file);
    for (char *c = model; *c; c++)
        if (!isgraph((unsigned char)*c))
            *c = '_';
    snprintf(name, CPU_NAME, "%s/%d", model, nova_processor_count());
}

static const char line_start[] = "rates ";

void nova_rates_write(FILE *stream) {
    char name[CPU_NAME];
    machine_name(name);
    pthread_mutex_lock(&lock);
    for (int i = 0; i < nova_cpu_kernels_count() && i < MAX_KERNELS; i++) {
        if (!is_known[i])
            continue;
        const nova_rates *r = &known[i];
        fprintf(stream, "%s%s %s %.17g %.17g %.17g %.17g", line_start, nova_cpu_kernels_at(i)->name,
                name, r->product, r->pairs, r->input, r->output);
        for (int j = 0; j < NOVA_RATE_SIZES; j++)
            fprintf(stream, " %.17g %.17g", r->one[j], r->all[j]);
        fputc('\n', stream);
    }
    pthread_mutex_unlock(&lock);
}

/* The next number of a line, which must be finite and positive. */
static bool next_rate(const char **at, double *value) {
    char *end;
    *value = strtod(*at, &end);
    const bool whole = end != *at;
    *at = end;
    return whole && *value > 0 && isfinite(*value);
}

nova_status nova_rates_read(const char *line, bool keep, bool *taken) {
    char kernels[16], cpu[CPU_NAME], own[CPU_NAME];
    int start = 0;
    *taken = strncmp(line, line_start, strlen(line_start)) == 0;
    if (!*taken)
        return NOVA_OK;
    nova_rates rates;
    bool whole = sscanf(line + strlen(line_start), "%15s %79s%n", kernels, cpu, &start) == 2;
    const char *at = line + strlen(line_start) + start;
    double *const single[] = {&rates.product, &rates.pairs, &rates.input, &rates.output};
    for (int i = 0; i < NOVA_COUNT(single); i++)
        whole = whole && next_rate(&at, single[i]);
    for (int i = 0; i < NOVA_RATE_SIZES; i++)
        whole = whole && next_rate(&at, &rates.one[i]) && next_rate(&at, &rates.all[i]);
    if (!whole || *at != '\0')
        return NOVA_DAMAGED;
    machine_name(own);
    for (int i = 0; keep && strcmp(cpu, own) == 0 && i < nova_cpu_kernels_count(); i++)
        if (strcmp(nova_cpu_kernels_at(i)->name, kernels) == 0)
            nova_rates_remember(nova_cpu_kernels_at(i), &rates);
    return NOVA_OK;
}
