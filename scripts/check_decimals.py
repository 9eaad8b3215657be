"""Compare the text of every binary32 number with what orjson writes: `python -m scripts.check_decimals`.

Takes some minutes on two processors. orjson's digits are from an algorithm and code of another origin.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import orjson

from service.decimals import lists

STEP = 2**22


def first_difference(start: int) -> int | None:
    """Return the bits of the first number of STEP, from `start` on, whose texts differ."""
    values = np.arange(start, start + STEP, dtype=np.uint32).view(np.float32)
    spans = lists.spans(values.shape)
    text = np.empty(lists.room(values.size, values.dtype, spans), np.uint8)
    ours = text[: lists.write(text, values, 0, spans)].tobytes()
    theirs = orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY)
    if ours == theirs:
        return None
    pairs = zip(ours[1:-1].split(b","), theirs[1:-1].split(b","), strict=True)
    return start + next(i for i, (a, b) in enumerate(pairs) if a != b)


def main() -> None:
    with ProcessPoolExecutor() as processes:
        for difference in processes.map(first_difference, range(0, 2**32, STEP)):
            if difference is not None:
                sys.exit(f"the texts of the number with bits {difference:#010x} differ")
    print(f"the texts of all {2**32} binary32 numbers are the same")


if __name__ == "__main__":
    main()
