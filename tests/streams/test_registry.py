from __future__ import annotations

import numpy as np
import pytest

from service.streams import self_test
from service.streams.registry import DEFAULT_STREAM, STREAMS, VERSIONS


def test_without_a_name_the_stream_is_version_1():
    assert DEFAULT_STREAM.name == "1"


def test_a_stream_is_found_by_each_of_its_names_and_no_two_share_one():
    names = [name for version in VERSIONS for name in (version.name, *version.aliases)]
    assert sorted(STREAMS) == sorted(names)
    assert all(STREAMS[name] is version for version in VERSIONS for name in (version.name, *version.aliases))


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_seed_and_name_decide_what_a_stream_draws(version):
    def drawn(seed, name):
        out = np.empty(8, np.float32)
        version.open(seed, name).uniform(out, 0, 0.0, 1.0)
        return out.tobytes()

    assert drawn(1, "w") == drawn(1, "w")
    assert len({drawn(1, "w"), drawn(2, "w"), drawn(1, "v")}) == 3


def test_the_self_test_is_that_of_every_stream():
    own = all(version.passes_self_test() for version in VERSIONS)
    assert self_test.passes() is (own and all(passes() for passes in self_test.OF_FRAMEWORKS))
