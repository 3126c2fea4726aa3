/*
 * safetensors.c - see safetensors.h. Every number of the header is checked before it is used.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "numerics/half.h"

enum { LENGTH_BYTES = 8, MAX_HEADER_BYTES = 100 * 1000 * 1000 };

/** Where the tensors' data lies. */
typedef struct {
    const char *start;
    size_t size;
} region;

static nova_status damaged(const char *name, const char *what) {
    return nova_fail(NOVA_DAMAGED, "safetensors, tensor %.80s: %s", name, what);
}

static uint64_t read_u64(const char *bytes) {
    uint64_t value = 0;
    for (int i = LENGTH_BYTES - 1; i >= 0; --i) {
        value = value << 8 | (unsigned char)bytes[i];
    }
    return value;
}

/** A whole number that a double holds exactly, not negative. */
static bool to_size(const nova_json *value, size_t *size) {
    const double limit = 9007199254740992.0; /* 2^53 */
    if (!value || value->type != NOVA_JSON_NUMBER || !(value->number >= 0) ||
        value->number > limit || value->number != (double)(uint64_t)value->number) {
        return false;
    }
    *size = (size_t)value->number;
    return true;
}

static bool to_dtype(const nova_json *value, nova_dtype *dtype) {
    static const struct {
        const char *name;
        nova_dtype dtype;
    } known[] = {{"F32", NOVA_F32}, {"F16", NOVA_F16}, {"BF16", NOVA_BF16}};
    if (!value || value->type != NOVA_JSON_STRING) {
        return false;
    }
    for (int i = 0; i < NOVA_COUNT(known); ++i) {
        if (strcmp(value->string, known[i].name) == 0) {
            *dtype = known[i].dtype;
            return true;
        }
    }
    return false;
}

static nova_status read_shape(const nova_json *shape, safetensors_tensor *tensor) {
    if (!shape || shape->type != NOVA_JSON_ARRAY) {
        return damaged(tensor->name, "no shape");
    }
    tensor->elements = 1;
    for (const nova_json *value = shape->child; value; value = value->next) {
        size_t extent = 0;
        if (!to_size(value, &extent)) {
            return damaged(tensor->name, "the shape is not made of whole numbers");
        }
        if (tensor->rank == SAFETENSORS_MAX_RANK) {
            return damaged(tensor->name, "too many dimensions");
        }
        if (!nova_size_mul(tensor->elements, extent, &tensor->elements)) {
            return damaged(tensor->name, "the shape does not fit in memory");
        }
        tensor->shape[tensor->rank++] = (int64_t)extent;
    }
    return NOVA_OK;
}

static nova_status read_offsets(const nova_json *offsets, region data, size_t *used,
                                safetensors_tensor *tensor) {
    size_t begin = 0, end = 0, bytes = 0;
    if (!offsets || offsets->type != NOVA_JSON_ARRAY || nova_json_length(offsets) != 2 ||
        !to_size(offsets->child, &begin) || !to_size(offsets->child->next, &end)) {
        return damaged(tensor->name, "data_offsets are not two whole numbers");
    }
    if (begin > end || end > data.size) {
        return damaged(tensor->name, "data_offsets lie outside the file");
    }
    if (!nova_size_mul(tensor->elements, nova_dtype_size(tensor->dtype), &bytes) ||
        bytes != end - begin) {
        return damaged(tensor->name, "shape and data_offsets disagree");
    }
    tensor->data = data.start + begin;
    /* No overflow: at most INT_MAX tensors of at most the file's size are checked one by one. */
    if (!nova_size_add(*used, bytes, used)) {
        return damaged(tensor->name, "the tensors overlap");
    }
    return NOVA_OK;
}

static nova_status read_tensor(const nova_json *entry, region data, size_t *used,
                               safetensors_tensor *tensor) {
    tensor->name = entry->key;
    if (entry->type != NOVA_JSON_OBJECT) {
        return damaged(tensor->name, "not described by an object");
    }
    if (!to_dtype(nova_json_get(entry, "dtype"), &tensor->dtype)) {
        return damaged(tensor->name, "the element type is none of F32, F16 and BF16");
    }
    nova_status status = read_shape(nova_json_get(entry, "shape"), tensor);
    if (status != NOVA_OK) {
        return status;
    }
    return read_offsets(nova_json_get(entry, "data_offsets"), data, used, tensor);
}

static bool is_metadata(const nova_json *entry) {
    return strcmp(entry->key, "__metadata__") == 0;
}

static nova_status read_tensors(safetensors *out, region data) {
    size_t used = 0;
    out->tensors = calloc((size_t)nova_json_length(out->header) + 1, sizeof *out->tensors);
    if (!out->tensors) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the list of tensors");
    }
    for (const nova_json *entry = out->header->child; entry; entry = entry->next) {
        if (is_metadata(entry)) {
            continue;
        }
        nova_status status = read_tensor(entry, data, &used, &out->tensors[out->count]);
        if (status != NOVA_OK) {
            return status;
        }
        ++out->count;
    }
    if (used != data.size) {
        return nova_fail(NOVA_DAMAGED, "safetensors: the tensors take %zu bytes, the file has %zu",
                         used, data.size);
    }
    return NOVA_OK;
}

static nova_status read_header(safetensors *out, size_t size, region *data) {
    if (size < LENGTH_BYTES) {
        return nova_fail(NOVA_DAMAGED, "safetensors: shorter than the length of its header");
    }
    uint64_t length = read_u64(out->file);
    if (length > MAX_HEADER_BYTES || length > size - LENGTH_BYTES) {
        return nova_fail(NOVA_DAMAGED, "safetensors: the header is longer than the file");
    }
    nova_status status = nova_json_parse(out->file + LENGTH_BYTES, (size_t)length, &out->header);
    if (status != NOVA_OK) {
        return status;
    }
    if (out->header->type != NOVA_JSON_OBJECT) {
        return nova_fail(NOVA_DAMAGED, "safetensors: the header is not a JSON object");
    }
    data->start = out->file + LENGTH_BYTES + length;
    data->size = size - LENGTH_BYTES - (size_t)length;
    return NOVA_OK;
}

nova_status safetensors_read(const char *path, safetensors *out) {
    region data = {0};
    size_t size = 0;
    memset(out, 0, sizeof *out);
    nova_status status = nova_read_file(path, &out->file, &size);
    if (status == NOVA_OK) {
        status = read_header(out, size, &data);
    }
    if (status == NOVA_OK) {
        status = read_tensors(out, data);
    }
    if (status != NOVA_OK) {
        safetensors_free(out);
    }
    return status;
}

void safetensors_free(safetensors *file) {
    nova_json_free(file->header);
    free(file->tensors);
    free(file->file);
    memset(file, 0, sizeof *file);
}

const safetensors_tensor *safetensors_find(const safetensors *file, const char *name) {
    for (int i = 0; i < file->count; ++i) {
        if (strcmp(file->tensors[i].name, name) == 0) {
            return &file->tensors[i];
        }
    }
    return NULL;
}

float *safetensors_to_float(const safetensors_tensor *tensor) {
    size_t stored = tensor->elements * nova_dtype_size(tensor->dtype);
    float *values = malloc(tensor->elements * sizeof *values + 1);
    void *aligned = malloc(stored + 1);
    if (values && aligned) {
        /* The file may leave data at any address; conversions want whole elements. */
        memcpy(aligned, tensor->data, stored);
        nova_convert_to_float(values, aligned, tensor->dtype, tensor->elements);
    } else {
        free(values);
        values = NULL;
    }
    free(aligned);
    return values;
}
