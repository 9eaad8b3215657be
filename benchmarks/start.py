"""How long a start takes from a warm cache: `python -m benchmarks.start [TIMES]`.

Seconds from the command to the first 200 of /readyz, and the processor time until then. What else the machine does
counts in the first; compare starts of one environment: in one with SciPy, as for tests, Numba imports that too.
"""

from __future__ import annotations

import statistics
import sys
import time

from benchmarks.processes import fanin


def main(times: int) -> None:
    walls, processors = [], []
    for _ in range(times):
        start = time.perf_counter()
        with fanin() as server:
            walls.append(time.perf_counter() - start)
            processors.append(server.processor())
    print(f"ready after {statistics.median(walls):.2f} s, of processor time {statistics.median(processors):.2f} s")
    print(f"(medians of {times}; {min(walls):.2f} to {max(walls):.2f} s)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
