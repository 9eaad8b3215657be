from __future__ import annotations

from pathlib import Path

import pytest

from service.framework_streams.registry import FRAMEWORK_STREAMS, STREAMS
from service.streams.registry import STREAMS as OWN_STREAMS
from tests.serving import ROOT


def test_no_two_streams_share_a_name():
    names = [name for stream in STREAMS for name in (stream.name, *stream.aliases)]

    assert sorted(FRAMEWORK_STREAMS) == sorted(names)
    assert not FRAMEWORK_STREAMS.keys() & OWN_STREAMS.keys()


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_a_stream_says_what_it_was_compared_with_and_where_its_specification_stands(stream):
    assert stream.promise.equal
    assert stream.promise.compared
    assert stream.promise.not_compared
    assert Path(ROOT, stream.specification).is_file()
