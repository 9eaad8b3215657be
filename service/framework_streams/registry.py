"""The frameworks' streams that `stream=` chooses from, besides the service's own."""

from __future__ import annotations

from collections.abc import Mapping

from service.framework_streams.flax.stream import FlaxStream
from service.framework_streams.framework_stream import FrameworkStream
from service.framework_streams.jax.stream import JaxStream
from service.framework_streams.keras.stream import KerasStream
from service.framework_streams.numpy.streams import GeneratorStream, RandomStateStream
from service.framework_streams.torch.stream import TorchStream

STREAMS: tuple[FrameworkStream, ...] = (
    TorchStream(),
    JaxStream(),
    KerasStream(),
    FlaxStream(),
    RandomStateStream(),
    GeneratorStream(),
)
"""Every framework's stream, the newest of each framework first."""

FRAMEWORK_STREAMS: Mapping[str, FrameworkStream] = {
    name: stream for stream in STREAMS for name in (stream.name, *stream.aliases)
}
"""By every name."""
