"""The stacks that are simulated: each a description, as `/advise` takes it, and what is to be known besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """A stack of layers of one description."""

    activation: str
    initializer: str
    depth: int
    shape: tuple[int, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Of the initializer."""
    members: Mapping[str, Any] = field(default_factory=dict)
    """Of the description, besides."""
    layer: str = "Linear"
    draws: int = 2000
    partner: Case | None = None
    """The first matrix of a residual branch, where it is not like the second."""
    image: str = ""
    """Of a convolution: noise, or one colour."""
    batch: int = 0
    """Of batch normalisation."""
    is_explicit: bool = False
    """Whether the matrices are made, element by element."""

    @property
    def title(self) -> str:
        """What tells it from the others."""
        size = (
            "×".join(map(str, self.shape)) if len({*self.shape[:2]}) > 1 or len(self.shape) > 2 else f"{self.shape[0]}"
        )
        given = {**self.parameters, **self.members}
        shown = [
            f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}" for name, value in given.items()
        ]
        unsaid = [self.image] * bool(self.image) + [f"batch of {self.batch}"] * bool(self.batch)
        return ", ".join([f"{self.activation}, {self.initializer}, {self.depth} of {size}", *shown, *unsaid])


def _case(activation: str, initializer: str, depth: int, width: int, /, **rest: Any) -> Case:
    known = {name: rest.pop(name) for name in tuple(rest) if name in Case.__dataclass_fields__}
    shape = known.pop("shape", (width, width))
    return Case(activation, initializer, depth, shape, members=rest, **known)


_ROOT_2 = {"gain": 2**0.5}

CASES: tuple[Case, ...] = (
    _case("relu", "he_normal", 10, 256),
    _case("relu", "he_normal", 30, 512),
    _case("relu", "he_normal", 50, 128),
    _case("relu", "he_uniform", 10, 64, is_explicit=True, draws=500),
    _case("relu", "glorot_normal", 20, 256),
    _case("relu", "orthogonal", 30, 256, parameters=_ROOT_2),
    _case("relu", "he_normal", 10, 0, shape=(64, 512)),
    _case("relu", "he_normal", 10, 0, shape=(512, 128), parameters={"mode": "fan_out"}),
    _case("leaky_relu", "he_normal", 20, 256, parameters={"nonlinearity": "leaky_relu", "negative_slope": 0.2},
          negative_slope=0.2),
    _case("prelu", "he_normal", 10, 128),
    _case("relu6", "he_normal", 10, 128),
    _case("linear", "lecun_normal", 50, 256),
    _case("linear", "orthogonal", 50, 128),
    _case("abs", "lecun_normal", 10, 256),
    _case("tanh", "glorot_normal", 10, 256),
    _case("tanh", "glorot_normal", 50, 256),
    _case("tanh", "normal", 20, 256, parameters={"std": 5 / 3 / 16}),
    _case("tanh", "he_normal", 30, 256),
    _case("tanh", "orthogonal", 100, 256),
    _case("tanh", "orthogonal", 50, 256, parameters={"gain": 5 / 3}),
    _case("tanh", "glorot_normal", 10, 0, shape=(256, 1024)),
    _case("hardtanh", "glorot_normal", 20, 256),
    _case("softsign", "lecun_normal", 20, 256),
    _case("arctan", "orthogonal", 20, 256),
    _case("erf", "lecun_normal", 10, 256),
    _case("sigmoid", "glorot_normal", 10, 256),
    _case("sigmoid", "normal", 5, 256, parameters={"std": 3.6 / 16}),
    _case("hard_sigmoid", "glorot_normal", 5, 256),
    _case("sin", "he_normal", 10, 256),
    _case("siren", "siren", 5, 256, omega=30),
    _case("siren", "siren", 10, 256, omega=30),
    _case("softplus", "lecun_normal", 10, 256),
    _case("selu", "lecun_normal", 30, 256),
    _case("selu", "orthogonal", 30, 256),
    _case("elu", "he_normal", 10, 256),
    _case("elu", "orthogonal", 30, 256),
    _case("celu", "lecun_normal", 10, 256),
    _case("gelu", "he_normal", 5, 256),
    _case("gelu", "he_normal", 10, 256, parameters={"nonlinearity": "gelu"}),
    _case("gelu", "he_normal", 30, 256, parameters={"nonlinearity": "gelu"}),
    _case("gelu", "he_normal", 50, 256, parameters={"nonlinearity": "gelu"}),
    _case("gelu", "he_normal", 30, 1024, parameters={"nonlinearity": "gelu"}, draws=1000),
    _case("silu", "he_normal", 10, 512, parameters={"nonlinearity": "silu"}),
    _case("silu", "he_normal", 30, 256, parameters={"nonlinearity": "silu"}),
    _case("mish", "he_normal", 10, 256, parameters={"nonlinearity": "mish"}),
    _case("hard_swish", "he_normal", 5, 256, parameters={"nonlinearity": "hard_swish"}),
    _case("hard_swish", "he_normal", 50, 256, parameters={"nonlinearity": "hard_swish"}),
    _case("squared_relu", "normal", 5, 256, parameters={"std": 0.0510}),
    _case("glu", "normal", 5, 256, parameters={"std": 0.1154}),
    _case("swiglu", "normal", 5, 256, parameters={"std": 0.1048}),
    _case("swiglu", "normal", 30, 256, parameters={"std": 1.676532470331091 / 16}),
    _case("geglu", "normal", 5, 256, parameters={"std": 0.0958}),
    _case("maxout", "normal", 10, 128, parameters={"std": 128**-0.5}, pieces=2),
    _case("maxout", "normal", 10, 128, parameters={"std": 0.8029 * 128**-0.5}, pieces=4),
    _case("relu", "he_normal", 10, 256, dropout=0.3),
    _case("relu", "he_normal", 5, 256, dropout=0.5),
    _case("tanh", "glorot_normal", 10, 256, dropout=0.3),
    _case("relu", "he_normal", 5, 0, shape=(64, 64, 3, 3), layer="Conv2d", image="noise", draws=300),
    _case("relu", "he_normal", 5, 0, shape=(64, 64, 3, 3), layer="Conv2d", image="one colour", draws=300),
    _case("relu", "he_normal", 10, 0, shape=(32, 32, 3, 3), layer="Conv2d", image="noise", draws=400),
    _case("relu", "he_normal", 10, 0, shape=(32, 32, 3, 3), layer="Conv2d", image="one colour", draws=400),
    _case("relu", "he_normal", 5, 0, shape=(64, 64, 1, 1), layer="Conv2d", image="noise", draws=400),
    _case("tanh", "glorot_normal", 10, 0, shape=(32, 32, 3, 3), layer="Conv2d", image="noise", draws=400),
    _case("tanh", "glorot_normal", 10, 0, shape=(32, 32, 3, 3), layer="Conv2d", image="one colour", draws=400),
    _case("relu", "he_normal", 16, 256, residual=True, normalization="none"),
    _case("tanh", "glorot_normal", 16, 256, residual=True, normalization="none"),
    _case("relu", "normal", 12, 256, parameters={"std": 0.02}, residual=True, normalization="none"),
    _case("relu", "he_normal", 12, 256, residual=True, normalization="layer", norm_position="pre"),
    _case("gelu", "normal", 12, 256, parameters={"std": 0.02}, residual=True, normalization="layer",
          norm_position="pre"),
    _case("relu", "glorot_normal", 12, 256, residual=True, normalization="layer", norm_position="post"),
    _case("relu", "he_normal", 10, 64, residual=True, normalization="batch", batch=32, draws=300),
    _case("gelu", "normal", 12, 0, shape=(256, 1024), parameters={"std": 0.02 / 24**0.5}, role="mlp_down",
          architecture="gpt", partner=Case("gelu", "normal", 12, (1024, 256), {"std": 0.02})),
    _case("linear", "normal", 12, 256, parameters={"std": 0.02 / 24**0.5}, role="attention_output",
          architecture="gpt", partner=Case("linear", "normal", 12, (256, 256), {"std": 0.02})),
    _case("relu", "he_normal", 20, 256, normalization="layer"),
    _case("tanh", "glorot_normal", 20, 256, normalization="layer"),
    _case("relu", "he_normal", 10, 128, normalization="batch", batch=64, draws=300),
    _case("tanh", "glorot_normal", 10, 128, normalization="batch", batch=64, draws=300),
)  # fmt: skip
