"""The streams `numpy_legacy` and `numpy`: which schemes NumPy has, and how it makes each."""

from __future__ import annotations

import functools
import math
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from service.framework_streams.framework_stream import FrameworkStream, Promise, StreamTarget
from service.framework_streams.numpy.drawn import Drawn
from service.framework_streams.numpy.draws import Finish, NormalDraws, Position, UniformDraws
from service.framework_streams.numpy.operations import CONVERSIONS, Operation, dtype_after, expression, parse
from service.framework_streams.numpy.parameters import GeneratorParameters, RandomStateParameters
from service.initializers.initializer import Initialization, Initializer, Target
from service.initializers.random import NormalInitializer, UniformInitializer
from service.streams.numpy import self_test
from service.streams.numpy.default_generator import GeneratorPosition
from service.streams.numpy.random_state import LARGEST_SEED, WORDS_OF_DOUBLE, RandomStatePosition
from service.streams.registry import DEFAULT_STREAM
from service.tensors.errors import InvalidParameter
from service.tensors.laws import Normal, Uniform
from service.tensors.spec import Scalar

_COMPARED = "NumPy 1.26.4, 2.1.0 and 2.4.6 on x86-64 with AVX2 and glibc"

Parameters = RandomStateParameters | GeneratorParameters


class NumpyStream(FrameworkStream):
    """What the streams of NumPy's two generators have in common."""

    title = "NumPy"
    specification = "service/streams/numpy/SPECIFICATION.md"

    def initialization(self, initializer: Initializer, target: StreamTarget) -> Initialization:
        if not initializer.random:
            return initializer.initialize(
                Target(target.shape, target.dtype, DEFAULT_STREAM.open(0, ""), target.threads)
            )
        if not self.is_offered():
            detail = "this server's NumPy or C library makes other bits than the recorded ones"
            raise self.not_here("stream", detail)
        if target.dtype.is_complex:
            raise self.not_here("dtype", "NumPy's generators draw no complex numbers")
        self._check_seed(target.seed)
        said = target.parameters
        assert isinstance(said, Parameters)
        if said.cached is not None and said.cached >= said.skip:
            raise InvalidParameter("cached", "is a word that was taken before: it must be below skip")
        drawn, operations, drawn_in = self._drawn(initializer), parse(said.operations), self._drawn_in(said)
        if drawn_in == np.float32 and not drawn.is_standard:
            raise InvalidParameter("mean" if drawn.is_normal else "low", _NO_NUMBERS_IN_SINGLE)
        amount = drawn.amount(operations, drawn_in)
        position, size = self._position(target.seed, said), math.prod(target.shape)
        finish = Finish(drawn.affine, operations, target.dtype.storage)
        law = drawn.law_after(amount)
        facts: dict[str, Scalar] = {"low": law.low, "high": law.high} if isinstance(law, Uniform) else {}
        facts |= {"mean": law.mean, "std": law.std}
        if not said.skip and said.cached is None:
            code = expression(f"{self._generator}({target.seed}).{self._call(drawn, drawn_in, target)}", operations)
            facts["code"] = _rounded(code, dtype_after(drawn_in.name, operations), target.dtype.name)
        source: UniformDraws | NormalDraws
        if isinstance(law, Normal):
            source = NormalDraws(position, drawn_in, finish, size, target.dtype.working.itemsize)
        else:
            source = UniformDraws(position, drawn_in, finish, size)
            facts |= self._after_uniform(position, drawn_in, size)
        facts["promise"] = "exact"
        return Initialization(source, facts, drawn.largest_after(amount), law)

    def _drawn(self, initializer: Initializer) -> Drawn:
        """Return what NumPy draws for a scheme. Raises InvalidParameter."""
        if not isinstance(initializer, NormalInitializer | UniformInitializer):
            detail = (
                f"NumPy has no {initializer.name}: it has normal and uniform, scaled as code scales them, such as "
                "np.random.randn(256, 784) * np.sqrt(2 / 784) in place of the name"
            )
            raise self.not_here("stream", detail)
        if initializer.padding_idx is not None:
            raise self.not_here("padding_idx", "NumPy's functions leave no row of zeros")
        if isinstance(initializer, NormalInitializer):
            return Drawn(Normal(initializer.mean, initializer.std))
        return Drawn.uniform(*initializer.interval())

    @staticmethod
    def _call(drawn: Drawn, drawn_in: np.dtype[Any], target: StreamTarget) -> str:
        """Return the call of NumPy's function, in Python."""
        if not drawn.is_standard:
            first, second = drawn.arguments
            return f"{'normal' if drawn.is_normal else 'uniform'}({first!r}, {second!r}, {target.shape})"
        dtype = ", dtype=np.float32" if drawn_in == np.float32 else ""
        return f"{'standard_normal' if drawn.is_normal else 'random'}({target.shape}{dtype})"

    @property
    @abstractmethod
    def _generator(self) -> str:
        """What makes the generator of a seed, in Python."""

    @abstractmethod
    def _check_seed(self, seed: int) -> None:
        """Raise InvalidParameter where NumPy takes no such seed."""

    @abstractmethod
    def _drawn_in(self, said: Parameters) -> np.dtype[Any]:
        """Return the dtype that the generator draws in."""

    @abstractmethod
    def _position(self, seed: int, said: Parameters) -> Position:
        """Return where the generator stands before the tensor."""

    @abstractmethod
    def _after_uniform(self, position: Any, drawn_in: np.dtype[Any], size: int) -> Mapping[str, Scalar]:
        """Return where it stands after so many uniform numbers; after normal ones it is known when they are made."""


class RandomStateStream(NumpyStream):
    """`np.random.seed(seed)`, or `np.random.RandomState(seed)`, and what is drawn then."""

    name = "numpy_legacy-1.26"
    aliases = ("numpy_legacy",)
    parameters = RandomStateParameters
    seed_bits = 32
    promise = Promise(
        equal="Equal to the bit: rand, random_sample, uniform, randn, standard_normal and normal, in float64 and "
        "rounded as .astype does.",
        near="",
        compared=_COMPARED,
        not_compared="Another C library's logarithm changes the last bit of some normal numbers: a server with one "
        "does not offer the stream.",
    )
    _generator = "np.random.RandomState"

    def is_offered(self) -> bool:
        return _passes(self_test.reproduces_legacy_digest)

    def _check_seed(self, seed: int) -> None:
        if seed > LARGEST_SEED:
            detail = f"must be at most {LARGEST_SEED}: np.random.seed raises ValueError beyond; stream=numpy takes it"
            raise InvalidParameter("seed", detail)

    def _drawn_in(self, said: Parameters) -> np.dtype[Any]:
        return np.dtype(np.float64)

    def _position(self, seed: int, said: Parameters) -> RandomStatePosition:
        return RandomStatePosition(seed, said.skip, said.cached)

    def _after_uniform(self, position: RandomStatePosition, drawn_in: np.dtype[Any], size: int) -> Mapping[str, Scalar]:
        return _after(position.words + WORDS_OF_DOUBLE * size, position.cached)


class GeneratorStream(NumpyStream):
    """`np.random.default_rng(seed)`, and what is drawn then."""

    name = "numpy-1.26"
    aliases = ("numpy",)
    parameters = GeneratorParameters
    promise = Promise(
        equal="Equal to the bit: random, uniform, standard_normal and normal, in float64 and rounded as .astype does; "
        "random and standard_normal in float32.",
        near="",
        compared=_COMPARED,
        not_compared="NumPy may change what default_rng makes: a server whose NumPy has done so does not offer the "
        "stream.",
    )
    _generator = "np.random.default_rng"

    def is_offered(self) -> bool:
        return _passes(self_test.reproduces_generator_digest)

    def _check_seed(self, seed: int) -> None:
        """None is refused: SeedSequence takes integers of any size."""

    def _drawn_in(self, said: Parameters) -> np.dtype[Any]:
        return np.dtype(said.drawn_in if isinstance(said, GeneratorParameters) else np.float64)

    def _position(self, seed: int, said: Parameters) -> GeneratorPosition:
        return GeneratorPosition(seed, said.skip, said.cached)

    def _after_uniform(self, position: GeneratorPosition, drawn_in: np.dtype[Any], size: int) -> Mapping[str, Scalar]:
        after = position.after_singles(size) if drawn_in == np.float32 else position.after_doubles(size)
        return _after(after.words, after.cached)


_NO_NUMBERS_IN_SINGLE = (
    "with drawn_in=float32 NumPy has random and standard_normal alone, which take no numbers: scale by operations, "
    "such as operations=times:0.01"
)


@functools.cache
def _passes(reproduces_digest: Callable[[], bool]) -> bool:
    return reproduces_digest()


def _after(words: int, cached: int | None) -> Mapping[str, Scalar]:
    """Return what the tensor that is drawn next is asked with."""
    return {"next_skip": words} if cached is None else {"next_skip": words, "next_cached": cached}


def _rounded(code: str, held: str, dtype: str) -> str:
    """Return an expression of an array in the dtype that is asked for, where NumPy itself has it."""
    return Operation(dtype).of_code(code) if dtype != held and dtype in CONVERSIONS else code
