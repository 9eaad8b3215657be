"""A process with one kernel, compiled or loaded as those of the service are; `python -m tests.tiny_kernel` prints 42.

Compiling it takes a second, where the service's own take a minute.
"""

from __future__ import annotations

from service.compilation import kernel


@kernel("int64(int64)")
def double(number):
    return 2 * number


if __name__ == "__main__":
    print(double(21))  # noqa: T201
