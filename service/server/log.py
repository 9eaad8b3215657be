"""What stands in the log: a line for what happens, and a traceback where the server is at fault alone."""

from __future__ import annotations

import asyncio
import copy
import logging
from typing import Any

from uvicorn.config import LOGGING_CONFIG

from service.problems.handlers import is_logged


class ServerFaults(logging.Filter):
    """Passes over errors of the application that are logged already, or are none.

    uvicorn logs again what the application has told of, and each reply that is cut because the process ends.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not (isinstance(error, asyncio.CancelledError) or (error is not None and is_logged(error)))


def log_config() -> dict[str, Any]:
    """Return the configuration for `logging.config.dictConfig`: uvicorn's, without those, and for our own lines."""
    config = copy.deepcopy(LOGGING_CONFIG)
    config["filters"] = {"server faults": {"()": ServerFaults}}
    config["loggers"]["uvicorn.error"]["filters"] = ["server faults"]
    config["loggers"]["service"] = {"handlers": ["default"], "level": "INFO", "propagate": False}
    return config
