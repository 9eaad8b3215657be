"""The process that draws: it reads pictures from its standard input, one after another, and writes files.

It ends when the server closes its input, so also when that is gone; signals that are meant for the server do not end
it before. What stands on the pipes is this program's own.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import warnings
from contextlib import suppress

_NICENESS = 10
"""As of the threads that make tensors: the event loop comes first."""


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with suppress(AttributeError, OSError):
        os.nice(_NICENESS)
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library may print is no reply.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # A letter that the font has not is drawn as a box.
    warnings.simplefilter("ignore")
    from service.pictures.drawing.figure import draw, prepare  # noqa: PLC0415

    prepare()
    with suppress(EOFError, BrokenPipeError):
        while True:
            picture, rendering = pickle.load(requests)  # noqa: S301
            reply: bytes | str
            try:
                reply = draw(picture, rendering)
            except Exception as error:  # noqa: BLE001
                reply = f"{type(error).__name__}: {error}"
            pickle.dump(reply, replies)
            replies.flush()


if __name__ == "__main__":
    main()
