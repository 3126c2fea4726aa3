#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""hip_code.py IMAGE... [--estimate]: inspects the compiled HIP kernels. Fails if a kernel needs
scratch memory or spills vectors, if a transform touches shared memory, if the products have no
matrix instructions, or if registers allow fewer waves than meant. --estimate prints, for gfx942,
registers, instructions and what llvm-mca makes of them: throughput of a wave that never waits for
memory, a static estimate and no measurement."""

import re
import subprocess
import sys
import tempfile

PROCESSORS = ("gfx90a", "gfx942")
REGISTERS = 512  # of a lane, vectors and accumulators together
# Waves of a SIMD that registers must leave room for, by number of the codelet.
LEAST_WAVES = {12: 8, 14: 8, 21: 5, 23: 4, 27: 4, 29: 4, 36: 3, 38: 2, 42: 3, 44: 2, 188: 2,
               51: 1, 53: 1, 57: 1, 59: 1}
LEAST_ALONG_ONE = 5  # where only one dimension is transformed
FUSED_WAVES = {4: 4, 6: 2, 8: 1}  # of whole convolutions, by positions of a side
MOST_SECONDS = 10  # for an estimate; llvm-mca 19 does not come to an end for some kernels
DIRECT = (3, 5)  # codelets of the dimension that is not transformed


def run(*arguments):
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout


def unbundled(image, processor, folder):
    path = f"{folder}/{processor}.o"
    run("clang-offload-bundler-19", "--unbundle", "--type=o", f"--input={image}",
        f"--output={path}", f"--targets=hipv4-amdgcn-amd-amdhsa--{processor}")
    return path


def metadata(path):
    """{kernel: {property: number}}."""
    notes = run("llvm-readelf-19", "--notes", path)
    kernels = {}
    for part in notes.split("  - .agpr_count:")[1:]:
        name = re.search(r"\.name: +(\w+)", part).group(1)
        kernels[name] = {key: int(value)
                         for key, value in re.findall(r"\.(\w+): +(\d+)", ".agpr_count:" + part)
                         if key.endswith(("_count", "_size"))}
    return kernels


def disassembly(path, processor):
    """{kernel: [instruction]}."""
    kernels, lines = {}, None
    for line in run("llvm-objdump-19", "-d", f"--mcpu={processor}", path).splitlines():
        label = re.match(r"[0-9a-f]+ <(\w+)>:", line)
        if label:
            lines = kernels.setdefault(label.group(1), [])
        elif lines is not None and "//" in line:
            lines.append(line.split("//")[0].strip())
    return kernels


def fused_side(name):
    """Positions of a side of a whole convolution's tile, by its input codelet."""
    return {12: 4, 27: 6, 42: 8}[int(re.search(r"fused_(\d+)_", name).group(1))]


def least_waves(name):
    if "products" in name:
        return 3
    if "fused" in name:
        return FUSED_WAVES[fused_side(name)]
    sides = [int(number) for number in re.findall(r"_(\d+)", name)]
    if not sides:
        return 8
    if set(sides) & set(DIRECT):
        return LEAST_ALONG_ONE
    return min(LEAST_WAVES[side] for side in sides)


def waves(properties):
    granule = 8
    return min(8, REGISTERS // (-(-properties["vgpr_count"] // granule) * granule))


def check(name, properties, lines):
    assert properties["private_segment_fixed_size"] == 0, f"{name}: scratch memory"
    assert properties["vgpr_spill_count"] == 0, f"{name}: spills"
    assert not any(line.startswith("scratch_") for line in lines), f"{name}: scratch memory"
    if "input" in name or "output" in name:
        assert properties["group_segment_fixed_size"] == 0, f"{name}: shared memory"
        assert not any(line.startswith("ds_") for line in lines), f"{name}: shared memory"
        assert any(line.startswith("v_pk_") for line in lines), f"{name}: nothing packed"
    if "products" in name:
        matrix = sum(line.startswith("v_mfma_f32_16x16x16") for line in lines)
        assert matrix == 32, f"{name}: {matrix} matrix instructions"
        assert properties["group_segment_fixed_size"] == 2 * 128 * 36 * 2, f"{name}: shared memory"
    if "fused" in name:
        matrix = sum(line.startswith("v_mfma_f32_16x16x16") for line in lines)
        assert matrix == 2 * fused_side(name) ** 2, f"{name}: {matrix} matrix instructions"
        assert properties["group_segment_fixed_size"] <= 32 << 10, f"{name}: shared memory"
        assert any(line.startswith("v_pk_") for line in lines), f"{name}: nothing packed"
        assert sum(line.startswith("buffer_load_dword") for line in lines) \
            == fused_side(name) ** 2, f"{name}: loads of x"
    found = waves(properties)
    assert found >= least_waves(name), f"{name}: registers for {found} waves only"


def estimate(lines):
    """Cycles of one pass through the instructions, by llvm-mca; branches are followed by none."""
    # llvm-mca 19 crashes on buffer loads; the loads that it takes instead have the same latency
    kept = [re.sub(r"buffer_load_dword (v\d+), (v\d+), s\[(\d+):\d+\].*",
                   lambda m: f"global_load_dword {m[1]}, {m[2]}, s[{m[3]}:{int(m[3]) + 1}]", line)
            for line in lines
            if not line.startswith(("s_cbranch", "s_branch", "s_endpgm", "s_waitcnt", "s_nop"))]
    try:
        result = subprocess.run(["llvm-mca-19", "-mtriple=amdgcn", "-mcpu=gfx942", "-iterations=1"],
                                input="\n".join(kept), check=True, capture_output=True, text=True,
                                timeout=MOST_SECONDS)
    except subprocess.TimeoutExpired:
        return "none"
    return int(re.search(r"Total Cycles: +(\d+)", result.stdout).group(1))


def main():
    images = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    count = 0
    for image in images:
        for processor in PROCESSORS:
            with tempfile.TemporaryDirectory() as folder:
                path = unbundled(image, processor, folder)
                kernels, code = metadata(path), disassembly(path, processor)
            assert len(kernels) == 53, len(kernels)
            for name, properties in kernels.items():
                check(name, properties, code[name])
                count += 1
                if "--estimate" in sys.argv and processor == "gfx942":
                    lines = code[name]
                    print(f"| {name[5:]} | {properties['vgpr_count']} | {waves(properties)} | "
                          f"{properties['sgpr_spill_count']} | {len(lines)} | "
                          f"{sum(line.startswith('v_pk_') for line in lines)} | "
                          f"{estimate(lines)} |")
    print(f"{count} kernels as meant")


if __name__ == "__main__":
    main()
