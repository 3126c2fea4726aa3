# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Structures of the C interface (nova_winograd.h, nova_winograd_gpu.h) for ctypes."""

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


class Work(ctypes.Structure):
    """nova_work; what is read and written of each operand are two members here"""

    _fields_ = fields(ctypes.c_int64, "input_tiles filters products output_tiles "
                       + " ".join(f"{name}_read {name}_written"
                                  for name in ("x", "xhat", "filter", "ghat", "mhat", "y")))


class PlanInfo(ctypes.Structure):
    """nova_plan_info"""

    _fields_ = [("struct_size", ctypes.c_size_t), ("algorithm", ctypes.c_int),
                ("tile_h", ctypes.c_int), ("tile_w", ctypes.c_int), ("set", ctypes.c_char_p),
                ("arith", ctypes.c_int), ("tap_scaling", ctypes.c_int),
                ("compensation", ctypes.c_int), ("predicted_error", ctypes.c_double),
                ("alpha", ctypes.c_double), ("saving", ctypes.c_double), ("out_h", ctypes.c_int64),
                ("out_w", ctypes.c_int64), ("workspace_bytes", ctypes.c_size_t),
                ("packed_bytes", ctypes.c_size_t), ("threads", ctypes.c_int),
                ("kernels", ctypes.c_char_p), ("flops_direct", ctypes.c_double),
                ("cost_seconds", ctypes.c_double), ("schedule", Schedule),
                ("passes", ctypes.c_int), ("buffers", ctypes.c_int),
                ("block_tiles", ctypes.c_int64), ("block_filters", ctypes.c_int64),
                ("split_tiles", ctypes.c_int64), ("split_filters", ctypes.c_int64),
                ("work", Work), ("flops", ctypes.c_double), ("measured_seconds", ctypes.c_double),
                ("floor_seconds", ctypes.c_double), ("blocks", ctypes.c_char_p)]


class ExecuteArgs(ctypes.Structure):
    """nova_execute_args"""

    _fields_ = ([("struct_size", ctypes.c_size_t)]
                + fields(ctypes.c_void_p, "x y bias residual workspace")
                + [("workspace_bytes", ctypes.c_size_t)]
                + fields(ctypes.c_void_p, "threads verification work"))


class ChainLayer(ctypes.Structure):
    """nova_cuda_chain_layer"""

    _fields_ = [("struct_size", ctypes.c_size_t), ("desc", ctypes.POINTER(Desc)),
                ("options", ctypes.POINTER(PlanOptions)), ("residual", ctypes.c_int)]


class ChainInfo(ctypes.Structure):
    """nova_cuda_chain_info"""

    _fields_ = [("struct_size", ctypes.c_size_t), ("layers", ctypes.c_int),
                ("workspace_bytes", ctypes.c_size_t), ("cost_seconds", ctypes.c_double)]


class ChainArgs(ctypes.Structure):
    """nova_cuda_chain_args"""

    _fields_ = [("struct_size", ctypes.c_size_t), ("x", ctypes.c_void_p), ("y", ctypes.c_void_p),
                ("filters", ctypes.POINTER(ctypes.c_void_p)),
                ("biases", ctypes.POINTER(ctypes.c_void_p)), ("workspace", ctypes.c_void_p),
                ("workspace_bytes", ctypes.c_size_t)]
