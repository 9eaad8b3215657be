"""The laws of arrays as code makes them, and what becomes of them where an array is scaled and shifted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


class UnreadableArray(ValueError):
    """An array that is made in a way that no initializer does."""


@dataclass(frozen=True)
class ArrayLaw:
    """An initializer of the catalogue with its numbers, by their names there."""

    initializer: str
    numbers: Mapping[str, float]

    def scaled(self, factor: float) -> ArrayLaw:
        """Return the law of the array times a number. Raises UnreadableArray."""
        if self.initializer == "uniform":
            low, high = sorted(factor * end for end in self.numbers.values())
            return replace(self, numbers={"low": low, "high": high})
        if self.initializer in _SPREADS:
            spread = abs(factor) * self.numbers["std"]
            if self.initializer == "truncated_normal" and factor < 0.0:
                ends = {"low": -self.numbers["high"], "high": -self.numbers["low"]}
                return replace(self, numbers={"mean": factor * self.numbers["mean"], "std": spread, **ends})
            return replace(self, numbers={**self.numbers, "mean": factor * self.numbers["mean"], "std": spread})
        if self.initializer == "constant":
            return replace(self, numbers={"value": factor * self.numbers["value"]})
        if self.initializer == "identity":
            return replace(self, numbers={"gain": factor * self.numbers["gain"]})
        raise UnreadableArray(_UNFILLED)

    def shifted(self, by: float) -> ArrayLaw:
        """Return the law of the array plus a number. Raises UnreadableArray."""
        if self.initializer == "uniform":
            return replace(self, numbers={name: end + by for name, end in self.numbers.items()})
        if self.initializer in _SPREADS:
            return replace(self, numbers={**self.numbers, "mean": self.numbers["mean"] + by})
        if self.initializer == "constant":
            return replace(self, numbers={"value": self.numbers["value"] + by})
        if self.initializer == "identity":
            raise UnreadableArray("a number is added to an identity, and no initializer makes such a matrix")
        raise UnreadableArray(_UNFILLED)

    @property
    def arguments(self) -> tuple[tuple[str, str], ...]:
        """The numbers that are not what the initializer has without being told, as a call has them."""
        if self.initializer == "empty":
            raise UnreadableArray(_UNFILLED)
        usual = _USUAL.get(self.initializer, {})
        if self.name in _OF_CONSTANTS.values():
            return ()
        if self.initializer == "uniform":
            return () if self.numbers == usual else tuple((name, repr(end)) for name, end in self.numbers.items())
        return tuple((name, repr(value)) for name, value in self.numbers.items() if value != usual.get(name))

    @property
    def name(self) -> str:
        """The initializer's name: constants of 0 and of 1 have names of their own."""
        return (
            _OF_CONSTANTS.get(self.numbers["value"], "constant") if self.initializer == "constant" else self.initializer
        )


_SPREADS = frozenset(("normal", "truncated_normal"))
_OF_CONSTANTS: Mapping[float, str] = {0.0: "zeros", 1.0: "ones"}
_UNFILLED = "the array is not filled: what it holds is whatever lay in memory; fill it, as with .normal_(0, 0.02)"

_USUAL: Mapping[str, Mapping[str, float]] = {
    "normal": {"mean": 0.0, "std": 1.0},
    "truncated_normal": {"mean": 0.0, "std": 1.0, "low": -2.0, "high": 2.0},
    "uniform": {"low": 0.0, "high": 1.0},
    "identity": {"gain": 1.0},
    "constant": {"value": 0.0},
    "empty": {},
}
"""The numbers of a law where code does not say them."""


@dataclass(frozen=True)
class Maker:
    """A function that makes an array: the law of it, and the names of its arguments in order.

    `sizes` stands for as many sizes as there are, or one list of them; `-` for an argument that says nothing here.
    """

    initializer: str
    places: tuple[str, ...]
    is_keyed: bool = False
    """Whether it draws with a key of JAX's, its first argument."""

    def law(self, given: Mapping[str, float]) -> ArrayLaw:
        """Return the law with the numbers that a call gives."""
        kind = "constant" if self.is_constant else self.initializer
        usual = {"value": 1.0} if self.initializer == "ones" else _USUAL[kind]
        return ArrayLaw(kind, {name: given.get(name, value) for name, value in usual.items()})

    @property
    def is_constant(self) -> bool:
        return self.initializer in {"zeros", "ones", "constant"}


def _makers(*rows: tuple[str, str, str]) -> Mapping[str, Maker]:
    return {
        name: Maker(initializer, tuple(places.split())) for names, initializer, places in rows for name in names.split()
    }


_LIKE = "- dtype"

NUMPY = _makers(
    ("randn", "normal", "sizes"), ("rand", "uniform", "sizes"), ("standard_normal", "normal", "shape dtype"),
    ("random random_sample ranf", "uniform", "shape dtype"), ("normal", "normal", "mean std shape"),
    ("uniform", "uniform", "low high shape"), ("zeros", "zeros", "shape dtype"), ("ones", "ones", "shape dtype"),
    ("empty", "empty", "shape dtype"), ("full", "constant", "shape value dtype"),
    ("eye", "identity", "rows columns k dtype"),
    ("identity", "identity", "rows dtype"), ("zeros_like empty_like", "zeros", _LIKE), ("ones_like", "ones", _LIKE),
    ("full_like", "constant", "- value dtype"),
)  # fmt: skip
"""Of NumPy, of its generators, and of what is like it."""

TORCH = {
    **NUMPY,
    **_makers(
        ("randn", "normal", "sizes"), ("rand", "uniform", "sizes"), ("zeros", "zeros", "sizes"),
        ("ones", "ones", "sizes"),
        ("empty Tensor FloatTensor", "empty", "sizes"), ("full", "constant", "shape value"),
        ("eye", "identity", "rows columns"), ("normal", "normal", "mean std shape"), ("randn_like", "normal", _LIKE),
        ("rand_like", "uniform", _LIKE), ("empty_like", "empty", _LIKE),
    ),
}  # fmt: skip

_WITH_KEY = _makers(
    ("normal", "normal", "- shape dtype"), ("uniform", "uniform", "- shape dtype low high"),
    ("truncated_normal", "truncated_normal", "- low high shape dtype"),
)  # fmt: skip
JAX = {**NUMPY, **{name: replace(maker, is_keyed=True) for name, maker in _WITH_KEY.items()}}

TENSORFLOW = {
    **NUMPY,
    **_makers(
        ("normal", "normal", "shape mean std dtype seed"), ("uniform", "uniform", "shape low high dtype seed"),
        ("truncated_normal", "truncated_normal", "shape mean std dtype seed"), ("fill", "constant", "shape value"),
        ("eye", "identity", "rows columns - dtype"),
    ),
}  # fmt: skip
"""Of TensorFlow, and of keras.random and keras.ops."""

MLX = _makers(("normal", "normal", "shape dtype mean std"))
"""Of MLX where the sizes come first, and not what MXNet begins with, whose users write mx too."""

TINYGRAD = {
    **TORCH,
    **_makers(("uniform", "uniform", "sizes"), ("normal", "normal", "sizes")),
}
"""Methods of tinygrad's Tensor."""

BY_LIBRARY: Mapping[str, Mapping[str, Maker]] = {
    **dict.fromkeys(("np", "numpy", "onp", "cp", "cupy", "mx", "random"), NUMPY),
    **dict.fromkeys(("rng", "gen", "generator", "default_rng", "RandomState"), NUMPY),
    **dict.fromkeys(("torch", "paddle", "th", "at"), TORCH),
    **dict.fromkeys(("jax", "jnp", "jrandom", "jr"), JAX),
    **dict.fromkeys(("tf", "tensorflow", "keras", "ops", "K"), TENSORFLOW),
    "Tensor": TINYGRAD,
}  # fmt: skip
"""The functions of libraries, by the first part of their paths as code has it."""

BARE = {name: TORCH[name] for name in ("randn", "rand", "standard_normal", "zeros", "ones", "eye", "random_sample")}
"""Functions that are known without a module before them: other names are those of initializers too."""

FILLED: Mapping[str, Maker] = _makers(
    ("normal_", "normal", "mean std"), ("uniform_", "uniform", "low high"), ("fill_", "constant", "value"),
    ("zero_", "zeros", ""), ("zeros_", "zeros", ""), ("ones_", "ones", ""),
)  # fmt: skip
"""Methods that fill an array anew."""

NAMES: Mapping[str, str] = {
    **dict.fromkeys(("size", "dims", "shape"), "shape"),
    **dict.fromkeys(("loc", "mean"), "mean"),
    **dict.fromkeys(("scale", "std", "stddev"), "std"),
    **dict.fromkeys(("low", "minval", "lower"), "low"),
    **dict.fromkeys(("high", "maxval", "upper"), "high"),
    **dict.fromkeys(("fill_value", "value"), "value"),
    **dict.fromkeys(("n", "N", "num_rows"), "rows"),
    **dict.fromkeys(("m", "M", "num_columns"), "columns"),
    "k": "k", "dtype": "dtype", "seed": "seed",
}  # fmt: skip
"""Arguments by their names in code, and what they are here."""

IDLE = frozenset(
    (
        "device",
        "requires_grad",
        "generator",
        "out",
        "layout",
        "pin_memory",
        "order",
        "key",
        "rng",
        "name",
        "ctx",
        "names",
    )
)
"""Arguments that say nothing of the elements."""

WRAPPERS = frozenset(
    ("Parameter", "tensor", "as_tensor", "from_numpy", "array", "asarray", "constant", "Variable", "convert_to_tensor")
)
"""Functions whose first argument is an array that they hand on."""

SILENT_METHODS = frozenset(
    ("to", "cuda", "cpu", "requires_grad_", "detach", "clone", "copy", "contiguous", "numpy", "pin_memory")
)
"""Methods that leave the elements as they are."""

DTYPE_METHODS: Mapping[str, str] = {
    "half": "float16", "float": "float32", "double": "float64", "bfloat16": "bfloat16",
}  # fmt: skip

SCALED = {"mul_": 1, "mul": 1, "multiply": 1, "div_": -1, "div": -1, "divide": -1}
"""Methods that scale, and whether by the number or by its inverse."""
SHIFTED = {"add_": 1, "add": 1, "sub_": -1, "sub": -1, "subtract": -1}
