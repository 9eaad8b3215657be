"""What a request asks of a tensor that it cannot have."""

from __future__ import annotations

from service.tensors.errors import InvalidParameter


def test_an_invalid_parameter_is_told_by_name_with_what_is_wrong():
    error = InvalidParameter("gain", "must be above 0")

    assert (error.parameter, str(error)) == ("gain", "must be above 0")
