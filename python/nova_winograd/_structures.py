# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Structures of the C interface (nova_winograd.h) for ctypes, of chains and of tinygrad's layers."""

import ctypes


def fields(kind, names):
    return [(name, kind) for name in names.split()]


class Desc(ctypes.Structure):
    """nova_conv_desc"""

    _fields_ = (fields(ctypes.c_size_t, "struct_size")
                + fields(ctypes.c_int64, "n c h w k r s pad_top pad_bottom pad_left pad_right "
                                          "stride_h stride_w dilation_h dilation_w groups")
                + fields(ctypes.c_int, "dtype layout activation")
                + fields(ctypes.c_double, "input_rms filter_rms"))


class Schedule(ctypes.Structure):
    """nova_schedule"""

    _fields_ = fields(ctypes.c_int, "xhat ghat mhat")


class PlanOptions(ctypes.Structure):
    """nova_plan_options"""

    _fields_ = [("struct_size", ctypes.c_size_t), ("algorithm", ctypes.c_int),
                ("tile_h", ctypes.c_int), ("tile_w", ctypes.c_int), ("set", ctypes.c_char_p),
                ("custom_set", ctypes.c_void_p), ("arith", ctypes.c_int),
                ("max_error", ctypes.c_double), ("flags", ctypes.c_uint), ("threads", ctypes.c_int),
                ("effort", ctypes.c_int), ("input_moments", ctypes.c_void_p),
                ("input_moment_count", ctypes.c_int), ("schedule", Schedule),
                ("block_tiles", ctypes.c_int64), ("block_filters", ctypes.c_int64)]
