"""A download that goes on at another replica; `make replicas` does the same more often."""

from __future__ import annotations

import pytest

from tests.deploy.resumption import resume_at_another
from tests.serving import serving


@pytest.mark.slow
def test_a_checkpoint_goes_on_at_another_replica(server, tmp_path):
    with serving(tmp_path) as other:
        assert resume_at_another((server, other.url), times=5) == 5
