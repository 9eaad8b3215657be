"""Measure the time and the memory that a large orthogonal matrix takes.

    python -m scripts.measure_orthogonal [ROWS COLUMNS [DTYPE [THREADS]]]

Prints the seconds, those of processor time, the multiplications (elements times shorter side) in one of these, the
greatest memory beside what the process held before, and what the service estimates.
"""

from __future__ import annotations

import resource
import sys
import time

from service.initializers.initializer import Target
from service.initializers.orthogonal import OrthogonalInitializer
from service.streams.philox.stream import PhiloxStream
from service.tensors.dtypes import DTYPES
from service.tensors.spec import TensorSpec
from service.tensors.tensor import Tensor

GIB = 2**30


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(rows: int, columns: int, name: str, threads: int) -> None:
    dtype, stream = DTYPES[name], PhiloxStream(42, "")
    source = OrthogonalInitializer().initialize(Target((rows, columns), dtype, stream, threads=threads)).source
    spec = TensorSpec("orthogonal", (rows, columns), dtype, 42, "", "1", ())
    tensor = Tensor(spec, source, {})
    before, start, processor_start = _peak(), time.perf_counter(), time.process_time()
    made = tensor.materialize()
    seconds, processor = time.perf_counter() - start, time.process_time() - processor_start
    held = (_peak() - before) / GIB
    print(f"{rows} × {columns}, {name}, {threads} threads, {tensor.nbytes / GIB:.3f} GiB")
    print(f"measured: {seconds:.2f} s ({processor:.2f}), {tensor.work / processor:.3g} a second, {held:.3f} GiB")
    print(f"estimate: {tensor.seconds / threads:.2f} s, {tensor.memory / GIB:.3f} GiB")
    del made


if __name__ == "__main__":
    given = dict(zip(("rows", "columns", "dtype", "threads"), sys.argv[1:], strict=False))
    main(
        int(given.get("rows", 32064)),
        int(given.get("columns", 1024)),
        given.get("dtype", "float32"),
        int(given.get("threads", 2)),
    )
