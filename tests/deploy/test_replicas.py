"""Replicas that die, and that are replaced; `make replicas` does the same for longer."""

from __future__ import annotations

import pytest

from tests.deploy.cluster import cluster
from tests.deploy.trial import kill_in_downloads, replace_replicas

pytestmark = pytest.mark.deploy


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("replicas") / "cluster") as running:
        yield running


def test_downloads_in_which_a_replica_is_killed_are_whole(running):
    found = kill_in_downloads(running, times=2)
    assert found.right == 2
    assert found.interrupted


def test_no_request_is_lost_while_replicas_are_replaced(running):
    load = replace_replicas(running, rounds=1)
    assert load.answered
    assert load.lost == []
