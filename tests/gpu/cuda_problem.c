/*
 * cuda_problem.c - see cuda_problem.h.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda_problem.h"

#include <string.h>

#include "cuda_device.h"

void device_create(device_problem *d, const problem *p, size_t workspace_bytes) {
    enum { NANS = 0xff };
    const size_t element = nova_dtype_size(p->desc.dtype);
    memset(d, 0, sizeof *d);
    d->x = to_device(p->x, p->x_count * element);
    d->residual = to_device(p->residual, p->y_count * element);
    d->bias = to_device(p->bias, (size_t)p->desc.k * sizeof(float));
    d->y = device_memory(p->y_count * element, NANS);
    if (workspace_bytes > 0)
        d->workspace = device_memory(workspace_bytes, NANS);
    nova_execute_args_init(&d->args);
    d->args.x = d->x;
    d->args.y = d->y;
    d->args.bias = d->bias;
    d->args.residual = d->residual;
    d->args.workspace = d->workspace;
    d->args.workspace_bytes = workspace_bytes;
}

void device_destroy(device_problem *d) {
    CUDA(cudaFree(d->x));
    CUDA(cudaFree(d->y));
    CUDA(cudaFree(d->residual));
    CUDA(cudaFree(d->bias));
    CUDA(cudaFree(d->workspace));
}

void layer_plan(device_layer *layer, const problem *p, const nova_plan_options *options) {
    memset(layer, 0, sizeof *layer);
    check_ok(nova_cuda_plan_create(&p->desc, options, 0, &layer->plan), "plan");
}

void layer_pack(device_layer *layer, const problem *p) {
    layer->info.struct_size = sizeof layer->info;
    check_ok(nova_cuda_plan_get_info(layer->plan, &layer->info), "info");
    check_ok(nova_cuda_filter_create(layer->plan, p->weights, NOVA_F32, &layer->filter), "filter");
}

void layer_create(device_layer *layer, const problem *p, const nova_plan_options *options) {
    layer_plan(layer, p, options);
    layer_pack(layer, p);
}

void layer_destroy(device_layer *layer) {
    nova_cuda_filter_destroy(layer->filter);
    nova_cuda_plan_destroy(layer->plan);
}

void layer_describe(const device_layer *layer, const problem *p, const char *wrong) {
    const nova_conv_desc *c = &p->desc;
    const nova_plan_info *info = &layer->info;
    print_error("%lldx%lldx%lldx%lld to %lld, %lldx%lld, pad %lld %lld %lld %lld, %s %s %s; "
                "%s F(%dx%d) %s %s %s: %s\n",
                (long long)c->n, (long long)c->c, (long long)c->h, (long long)c->w, (long long)c->k,
                (long long)c->r, (long long)c->s, (long long)c->pad_top, (long long)c->pad_bottom,
                (long long)c->pad_left, (long long)c->pad_right, nova_dtype_name(c->dtype),
                nova_layout_name(c->layout), nova_activation_name(c->activation),
                nova_algorithm_name(info->algorithm), info->tile_h, info->tile_w, info->set,
                nova_arith_name(info->arith), info->kernels, wrong);
}

void layer_run(const device_layer *layer, problem *p) {
    device_problem d;
    device_create(&d, p, layer->info.workspace_bytes);
    check_ok(nova_cuda_execute(layer->plan, layer->filter, &d.args, NULL), "execute");
    const cudaError_t error = cudaDeviceSynchronize();
    if (error != cudaSuccess)
        layer_describe(layer, p, cudaGetErrorString(error));
    assert_int_equal(error, cudaSuccess);
    CUDA(
        cudaMemcpy(p->y, d.y, p->y_count * nova_dtype_size(p->desc.dtype), cudaMemcpyDeviceToHost));
    device_destroy(&d);
}

const char *layer_try(const device_layer *layer, problem *p) {
    layer_run(layer, p);
    const char *wrong = problem_compare(p, &layer->info);
    if (wrong)
        layer_describe(layer, p, wrong);
    return wrong;
}

int try_random(test_random *random, const nova_conv_desc *desc, const nova_plan_options *options) {
    problem p;
    device_layer layer;
    problem_create(&p, desc, random_int(random, 0, 1) == 1, random_int(random, 0, 1) == 1, random);
    layer_create(&layer, &p, options);
    const char *wrong = layer_try(&layer, &p);
    layer_destroy(&layer);
    problem_destroy(&p);
    return wrong != NULL;
}
