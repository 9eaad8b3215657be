"""What is asked for and cannot be had: which parameter is to blame, or which limit, and what to do."""

from __future__ import annotations


class InvalidParameter(ValueError):
    """A parameter's value that makes no tensor; `parameter` is its name in the query and the body."""

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.parameter = parameter
        self.detail = detail


class OverLimit(Exception):
    """Something over a limit; the text tells the limit and the way round it."""

    def __init__(self, requested: int, limit: int, what: str, way_round: str, does: str = "makes") -> None:
        super().__init__(f"{requested} {what}; this server {does} at most {limit}: {way_round}")
        self.requested = requested
        self.limit = limit
