/*
 * The reader of safetensors files and the model read with it: what a sound file gives, and that
 * damaged ones are refused with a reason.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "safetensors.h"

static const char file_name[] = "test_safetensors.tmp";

/** Writes a file of the given header length field, header and data. */
static void write_raw(uint64_t length, const char *header, const void *data, size_t bytes) {
    FILE *out = fopen(file_name, "wb");
    assert_non_null(out);
    for (int i = 0; i < 8; ++i) {
        fputc((int)(length >> (8 * i) & 255), out);
    }
    fputs(header, out);
    if (bytes > 0) {
        assert_int_equal(fwrite(data, 1, bytes, out), bytes);
    }
    assert_int_equal(fclose(out), 0);
}

static void write_file(const char *header, const void *data, size_t bytes) {
    write_raw(strlen(header), header, data, bytes);
}

/** The file is refused, the reason holds `reason`, and nothing is left to free. */
static void expect_refused(const char *reason) {
    safetensors file;
    assert_int_equal(safetensors_read(file_name, &file), NOVA_DAMAGED);
    if (!strstr(nova_last_error(), reason)) {
        fail_msg("\"%s\" does not hold \"%s\"", nova_last_error(), reason);
    }
    assert_null(file.file);
    assert_null(file.tensors);
    assert_null(file.header);
}

static void refuses(const char *header, size_t bytes, const char *reason) {
    static const char zeros[64];
    assert_true(bytes <= sizeof zeros);
    write_file(header, zeros, bytes);
    expect_refused(reason);
}

static void test_reads_every_type(void **state) {
    (void)state;
    /* 1.5 and -2 in binary32, binary16 and bfloat16; the odd length leaves the data unaligned. */
    static const unsigned char data[] = {0, 0,    0xc0, 0x3f, 0,    0,    0,    0xc0,
                                         0, 0x3e, 0,    0xc0, 0xc0, 0x3f, 0x00, 0xc0};
    const char *header = "{\"__metadata__\":{\"a\":\"b\"},"
                         "\"full\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                         "\"half\":{\"dtype\":\"F16\",\"shape\":[1,2],\"data_offsets\":[8,12]},"
                         "\"brain\":{\"dtype\":\"BF16\",\"shape\":[2,1],\"data_offsets\":[12,16]}}";
    const char *const names[] = {"full", "half", "brain"};
    safetensors file;
    assert_true(strlen(header) % 2 == 1);
    write_file(header, data, sizeof data);
    assert_int_equal(safetensors_read(file_name, &file), NOVA_OK);
    assert_int_equal(file.count, 3);
    for (int i = 0; i < 3; ++i) {
        const safetensors_tensor *tensor = safetensors_find(&file, names[i]);
        assert_non_null(tensor);
        assert_int_equal(tensor->elements, 2);
        assert_int_equal(tensor->rank, i == 0 ? 1 : 2);
        float *values = safetensors_to_float(tensor);
        assert_non_null(values);
        assert_true(values[0] == 1.5f && values[1] == -2.0f);
        free(values);
    }
    assert_null(safetensors_find(&file, "__metadata__"));
    assert_null(safetensors_find(&file, "absent"));
    safetensors_free(&file);
}

static void test_refuses_truncation(void **state) {
    (void)state;
    const char *header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    char zeros[8] = {0};
    safetensors file;
    write_file(header, zeros, 8);
    assert_int_equal(safetensors_read(file_name, &file), NOVA_OK);
    safetensors_free(&file);
    FILE *in = fopen(file_name, "rb");
    char whole[256];
    assert_non_null(in);
    size_t size = fread(whole, 1, sizeof whole, in);
    fclose(in);
    for (size_t length = 0; length < size; ++length) {
        FILE *out = fopen(file_name, "wb");
        assert_non_null(out);
        assert_int_equal(fwrite(whole, 1, length, out), length);
        fclose(out);
        assert_int_equal(safetensors_read(file_name, &file), NOVA_DAMAGED);
    }
}

static void test_refuses_bad_header(void **state) {
    (void)state;
    refuses("[]", 0, "not a JSON object");
    refuses("{\"a\":", 0, "JSON");
    refuses("{\"a\":3}", 0, "not described by an object");
    write_raw(UINT64_MAX, "{}", NULL, 0);
    expect_refused("longer than the file");
    write_raw(3, "{}", NULL, 0);
    expect_refused("longer than the file");
    write_raw(UINT64_MAX - 7, "{}", NULL, 0);
    expect_refused("longer than the file");
}

static void test_refuses_bad_types_and_shapes(void **state) {
    (void)state;
    refuses("{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8, "element type");
    refuses("{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "element type");
    refuses("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "no shape");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "whole");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,6]}}", 6, "whole");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[1e300],\"data_offsets\":[0,4]}}", 4, "whole");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[\"1\"],\"data_offsets\":[0,4]}}", 4, "whole");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", 4,
            "too many dimensions");
    /* 2^64 elements and 2^62 of four bytes: products that wrap to what the file holds. */
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}",
            0, "does not fit");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483648,2147483648],\"data_offsets\":[0,0]}}",
            0, "disagree");
}

static void test_refuses_bad_offsets(void **state) {
    (void)state;
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "two whole numbers");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "two whole");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4, "two whole");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}", 4, "two whole");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, "outside");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4, "outside");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[9007199254740988,"
            "9007199254740992]}}",
            4, "outside");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "disagree");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 8, "the file has");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
            4, "the file has");
}

static void test_missing_file(void **state) {
    (void)state;
    safetensors file;
    assert_int_equal(safetensors_read("no such file", &file), NOVA_IO);
}

/* ---------------------------------------------------------------- model */

/** A model of one layer of the given shapes, all weights zero. */
static nova_status read_model(const char *weight_shape, size_t weights, const char *bias_shape,
                              size_t biases, model *net) {
    char header[512], zeros[2048] = {0};
    size_t bytes = weights * 4;
    snprintf(header, sizeof header,
             "{\"conv.0.weight\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[0,%zu]},"
             "\"conv.0.bias\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%zu,%zu]}}",
             weight_shape, bytes, bias_shape, bytes, bytes + biases * 4);
    assert_true(bytes + biases * 4 <= sizeof zeros);
    write_file(header, zeros, bytes + biases * 4);
    return model_read(file_name, net);
}

static void test_model_of_one_layer(void **state) {
    (void)state;
    model net;
    assert_int_equal(read_model("[3,3,3,3]", 81, "[3]", 3, &net), NOVA_OK);
    assert_int_equal(net.count, 1);
    assert_int_equal(net.layers[0].k, 3);
    assert_true(net.layers[0].weights[80] == 0);
    model_free(&net);
}

static void test_model_refuses_misfits(void **state) {
    (void)state;
    model net;
    assert_int_equal(read_model("[3,3,5,3]", 135, "[3]", 3, &net), NOVA_DAMAGED);
    assert_non_null(strstr(nova_last_error(), "not a 3x3"));
    assert_int_equal(read_model("[3,27]", 81, "[3]", 3, &net), NOVA_DAMAGED);
    assert_int_equal(read_model("[3,4,3,3]", 108, "[3]", 3, &net), NOVA_DAMAGED);
    assert_non_null(strstr(nova_last_error(), "where 3 arrive"));
    assert_int_equal(read_model("[4,3,3,3]", 108, "[4]", 4, &net), NOVA_DAMAGED);
    assert_non_null(strstr(nova_last_error(), "last layer"));
    assert_int_equal(read_model("[3,3,3,3]", 81, "[4]", 4, &net), NOVA_DAMAGED);
    assert_int_equal(read_model("[0,3,3,3]", 0, "[0]", 0, &net), NOVA_DAMAGED);
    write_file("{}", NULL, 0);
    assert_int_equal(model_read(file_name, &net), NOVA_DAMAGED);
    assert_null(net.layers[0].weights);
}

static int remove_file(void **state) {
    (void)state;
    remove(file_name);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_every_type),
        cmocka_unit_test(test_refuses_truncation),
        cmocka_unit_test(test_refuses_bad_header),
        cmocka_unit_test(test_refuses_bad_types_and_shapes),
        cmocka_unit_test(test_refuses_bad_offsets),
        cmocka_unit_test(test_missing_file),
        cmocka_unit_test(test_model_of_one_layer),
        cmocka_unit_test(test_model_refuses_misfits),
    };
    return cmocka_run_group_tests(tests, NULL, remove_file);
}
