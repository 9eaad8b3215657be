"""The signal around residual branches, against networks that are simulated here, forwards and backwards."""

from __future__ import annotations

import numpy as np
import pytest

from tests.advice.asking import ask_network
from tests.advice.network.models import layers_of

WIDTH, BATCH = 300, 300
STEM = {"role": "first"}
HEAD = {"role": "head"}


class Normalised:
    """W x, normalised over the batch."""

    def __init__(self, rng, inputs):
        self.weights = rng.normal(size=(WIDTH, WIDTH)) * np.sqrt(2.0 / WIDTH)
        sums = inputs @ self.weights.T
        self.deviation = sums.std(axis=0)
        self.outputs = (sums - sums.mean(axis=0)) / self.deviation

    def back(self, gradient):
        along = (gradient * self.outputs).mean(axis=0)
        of_sums = (gradient - gradient.mean(axis=0) - self.outputs * along) / self.deviation
        return of_sums @ self.weights


def simulate(seed, projections):
    """Return the mean squares after each block, and the squared norms of the gradient there over that at the end."""
    rng = np.random.default_rng(seed)
    stem = Normalised(rng, rng.normal(size=(BATCH, WIDTH)))
    streams, passages = [stem.outputs], []
    for has_projection in projections:
        x = np.maximum(streams[-1], 0.0)
        first = Normalised(rng, x)
        second = Normalised(rng, np.maximum(first.outputs, 0.0))
        projection = Normalised(rng, x) if has_projection else None
        streams.append(second.outputs + (x if projection is None else projection.outputs))
        passages.append((first, second, projection))
    gradient = rng.normal(size=(BATCH, WIDTH))
    norms = [np.square(gradient).sum()]
    for (first, second, projection), stream in zip(reversed(passages), reversed(streams[:-1]), strict=True):
        inner = first.back(second.back(gradient) * (first.outputs > 0.0))
        around = gradient if projection is None else projection.back(gradient)
        gradient = (inner + around) * (stream > 0.0)
        norms.append(np.square(gradient).sum())
    forward = [float(np.square(stream).mean()) for stream in streams]
    return forward, [float(norm / norms[0]) for norm in reversed(norms)]


def listed(projections):
    """Return the same network as a list of layers, with the projections after the branches, as torchvision has them."""
    linear, norm = {"layer": "Linear", "shape": [WIDTH, WIDTH]}, {"layer": "BatchNorm1d", "shape": [WIDTH]}
    layers = [{"name": "stem", **linear, **STEM}, {"name": "norm", **norm}]
    for index, has_projection in enumerate(projections):
        names = ["fc1", "bn1", "fc2", "bn2", *(["downsample.0", "downsample.1"] if has_projection else [])]
        for place, name in enumerate(names):
            layers.append({"name": f"blocks.{index}.{name}", **(norm if place % 2 else linear)})
    return layers


@pytest.mark.slow
@pytest.mark.parametrize(
    "projections", [[False] * 4, [True] * 4, [False, False, True, False, True, False], [False] * 12]
)
def test_a_network_of_normalised_branches_is_as_simulated(projections):
    """Basic blocks (He et al., arXiv:1512.03385): normalised matrices, and a rectifier after the sum."""
    network = ask_network(*listed(projections), architecture="resnet", activation="relu")["network"]
    at = {step["layer"]: step for step in network["signal"]}
    told = [at["stem"], *(at[f"blocks.{index}.fc2"] for index in range(len(projections)))]
    runs = [simulate(seed, projections) for seed in range(3)]
    forward, backward = (np.mean([run[side] for run in runs], axis=0) for side in (0, 1))

    assert [step["second_moment"] for step in told] == pytest.approx(forward, rel=0.08)
    assert np.log([step["gradient"] for step in told]) == pytest.approx(np.log(backward), abs=0.1 * len(projections))


def test_projections_may_stand_before_their_branches():
    before = ["shortcut", "conv1", "conv2"]
    layers = [{"name": "stem", "layer": "Linear", "shape": [64, 64], **STEM}]
    for block in range(2):
        layers += [{"name": f"blocks.{block}.{name}", "layer": "Linear", "shape": [64, 64]} for name in before]
    network = ask_network(*layers, architecture="resnet")["network"]
    after = [layers[0], *(layers[index] for index in (2, 3, 1, 5, 6, 4))]

    assert network == ask_network(*after, architecture="resnet")["network"]


@pytest.mark.parametrize(("model", "per_branch"), [("resnet18", 2), ("resnet50", 3)])
@pytest.mark.parametrize("roles", [[], [("conv1$", STEM), ("^fc$", HEAD)]])
def test_the_walk_through_a_resnet_leaves_every_branch(model, per_branch, roles):
    """torchvision's ResNets; measured in ResNet-18: 1.5, 2.2, and 2.0 after each block from then on."""
    roles = [(f"^{pattern}" if not pattern.startswith("^") else pattern, said) for pattern, said in roles]
    network = ask_network(*layers_of(model, roles), architecture="resnet")["network"]
    blocks = [step for step in network["signal"] if step["layer"].endswith(f"conv{per_branch}")]
    moments = [step["second_moment"] for step in blocks]

    assert len(blocks) == {"resnet18": 8, "resnet50": 16}[model]
    assert all(1.4 < moment < 8.0 for moment in moments)
    if model == "resnet18":
        assert moments == pytest.approx([1.5, 2.16, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0], rel=0.02)
        # Measured between 60 (32 × 32 pixels, no pooling) and 160.
        assert 20.0 < network["backward"] < 400.0


@pytest.mark.parametrize("extra", [1, 2, 3, 4])
def test_the_walk_never_ends_in_mid_branch(extra):
    """Four layers a branch, and some left over: what is in the branch comes out of it."""
    members = {"residual": True, "normalization": "none", "layers_per_branch": 4, "activation": "linear", "depth": 1}
    layer = {"layer": "Linear", "shape": [64, 64]}
    signal = ask_network(*[layer] * (4 + extra), **members)["network"]["signal"]
    weight = ask_network(layer, **members)["layers"][0]["recommendation"]["weights"]["std"] ** 2 * 64
    whole = 1.0 + weight**4

    assert signal[3]["second_moment"] == pytest.approx(whole)
    assert signal[-1]["second_moment"] == pytest.approx(whole * (1.0 + weight**extra))
    assert signal[0]["gradient"] == pytest.approx((1.0 + weight**4) * (1.0 + weight**extra))


def test_queries_and_gates_are_beside_what_they_weigh():
    roles = ("query", "key", "value", "attention_output", "mlp_gate", "mlp_up", "mlp_down")
    layers = [{"name": f"{role}.{block}", "layer": "Linear", "role": role, "shape": [64, 64]}
              for block in range(2) for role in roles]  # fmt: skip
    signal = ask_network(*layers, architecture="llama")["network"]["signal"]

    assert [step["layer"].partition(".")[0] for step in signal] == [
        "value",
        "attention_output",
        "mlp_up",
        "mlp_down",
    ] * 2
