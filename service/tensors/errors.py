"""The error of a tensor that cannot be: which parameter is to blame, and what to do."""

from __future__ import annotations


class InvalidParameter(ValueError):
    """A parameter's value that makes no tensor; `parameter` is its name in the query and the body."""

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.parameter = parameter
        self.detail = detail
