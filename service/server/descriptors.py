"""How many connections the files that a process may have open leave room for."""

from __future__ import annotations

from contextlib import suppress

OTHERS = 32
"""Files that a process has open beside its connections, at the most: libraries, logs, the event loop's own."""


def connections_within(wanted: int) -> int:
    """Return `wanted`, or what the limit of open files (RLIMIT_NOFILE, getrlimit(2)) leaves of it; at least one."""
    with suppress(ImportError):  # Windows has no such limit.
        import resource  # noqa: PLC0415

        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        if files != resource.RLIM_INFINITY:
            return max(1, min(wanted, files - OTHERS))
    return wanted
