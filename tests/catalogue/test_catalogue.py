from __future__ import annotations

import math
from itertools import pairwise, product
from urllib.parse import parse_qsl

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.catalogue.aliases import aliases_of
from service.catalogue.catalogue import CATALOGUE, UnknownInitializer
from service.frameworks.registry import DEFAULT_INITIALIZERS
from service.frameworks.rules import ALL_ONES, ALL_ZEROS
from service.tensors.dtypes import DTYPES
from service.tensors.errors import InvalidParameter
from service.tensors.source import WholeSource
from tests.initializers.making import initialize, make, ready, stretch, tensor
from tests.tensors.slices import index, slices

NAMES = [kind.name for kind in CATALOGUE]
MEANINGS = [
    (framework, alias, kind.name)
    for kind in CATALOGUE
    for framework, aliases in aliases_of(kind).items()
    for alias in aliases
]

# Each framework's own list of names, from its documentation.
NAMES_IN_FRAMEWORKS = {
    "torch.nn.init": {
        "uniform_": "uniform", "normal_": "normal", "trunc_normal_": "truncated_normal", "constant_": "constant",
        "ones_": "ones", "zeros_": "zeros", "eye_": "identity", "dirac_": "dirac", "orthogonal_": "orthogonal",
        "xavier_uniform_": "glorot_uniform", "xavier_normal_": "glorot_normal",
        "kaiming_uniform_": "he_uniform", "kaiming_normal_": "he_normal",
    },
    "jax.nn.initializers": {
        "zeros": "zeros", "ones": "ones", "constant": "constant", "uniform": "uniform", "normal": "normal",
        "truncated_normal": "truncated_normal", "variance_scaling": "variance_scaling", "orthogonal": "orthogonal",
        "glorot_uniform": "glorot_uniform", "xavier_uniform": "glorot_uniform", "glorot_normal": "glorot_normal",
        "xavier_normal": "glorot_normal", "he_uniform": "he_uniform", "kaiming_uniform": "he_uniform",
        "he_normal": "he_normal", "kaiming_normal": "he_normal", "lecun_uniform": "lecun_uniform",
        "lecun_normal": "lecun_normal",
    },
    "keras.initializers": {
        "Zeros": "zeros", "Ones": "ones", "Constant": "constant", "RandomUniform": "uniform", "RandomNormal": "normal",
        "TruncatedNormal": "truncated_normal", "VarianceScaling": "variance_scaling", "Orthogonal": "orthogonal",
        "Identity": "identity", "GlorotUniform": "glorot_uniform", "GlorotNormal": "glorot_normal",
        "HeUniform": "he_uniform", "HeNormal": "he_normal", "LecunUniform": "lecun_uniform",
        "LecunNormal": "lecun_normal",
    },
    "DL4J": {
        "ZERO": "zeros", "ONES": "ones", "IDENTITY": "identity", "XAVIER": "glorot_normal",
        "XAVIER_UNIFORM": "glorot_uniform", "RELU": "he_normal", "RELU_UNIFORM": "he_uniform",
        "LECUN_NORMAL": "lecun_normal", "XAVIER_FAN_IN": "lecun_normal",
    },
}  # fmt: skip

# A tensor of each entry that has something of each of its parts.
SAMPLES = {
    "zeros": ((7, 11), {}),
    "ones": ((7, 11), {}),
    "constant": ((7, 11), {"value": 0.3}),
    "uniform": ((7, 11), {"low": -1.0, "high": 2.0}),
    "normal": ((7, 11), {"mean": 1.0, "std": 2.0}),
    "truncated_normal": ((7, 11), {"low": 0.5, "high": 6.0}),
    "scaled_uniform": ((7, 11), {}),
    "variance_scaling": ((7, 11), {"scale": 2.0, "distribution": "truncated_normal"}),
    "glorot_uniform": ((8, 3, 3), {"layout": "out_kernel_in", "groups": 2}),
    "glorot_normal": ((7, 11), {}),
    "he_uniform": ((7, 11), {"mode": "fan_out"}),
    "he_normal": ((8, 11), {"gates": 4, "distribution": "truncated_normal"}),
    "lecun_uniform": ((7, 11), {}),
    "lecun_normal": ((7, 11), {}),
    "orthogonal": ((6, 13), {"gates": 2, "gain": 1.5}),
    "identity": ((2, 9, 7), {"gates": 3, "gain": -2.0, "shift": 1}),
    "dirac": ((8, 3, 2, 3), {"groups": 2}),
    "delta_orthogonal": ((5, 3, 2, 3), {"gain": 1.5}),
    "convolution_orthogonal": ((5, 3, 2, 2), {"gain": 1.5}),
    "bilinear": ((3, 3, 4, 5), {}),
    "icnr": ((12, 3, 2, 3), {"factor": 2}),
    "stft": ((7, 1, 9), {"side": "imag", "window": "hamming"}),
    "zero_init": ((7, 3, 3, 3), {}),
    "sparse": ((9, 7), {"sparsity": 0.4}),
    "skew": ((9, 9), {"kind": "henaff"}),
    "reservoir": ((9, 9), {"density": 0.4, "distribution": "normal"}),
    "cycle_reservoir": ((9, 9), {"kind": "cycle_jumps", "weight": -0.5, "jump": 2}),
    "permutation": ((9, 9), {"weight": -0.5}),
    "residual_scaled_normal": ((7, 11), {"layers": 12}),
    "small_init": ((7, 11), {}),
    "wang_init": ((7, 11), {"layers": 3}),
    "mitchell": ((7, 11), {"layer": 2}),
    "deepnorm": ((7, 11), {"matrix": "value", "encoder_layers": 6, "decoder_layers": 3, "stack": "encoder"}),
    "sub_ln": ((7, 11), {"matrix": "output", "decoder_layers": 24}),
    "t_fixup": ((7, 11), {"matrix": "feed_forward", "encoder_layers": 6}),
    "fixup": ((7, 3, 3, 3), {"branches": 16, "layers_per_branch": 3}),
    "mup": ((7, 11), {"role": "output", "base_fan_in": 4}),
    "lora_a": ((4, 11), {}),
    "efficientnet_normal": ((6, 1, 3, 3), {"groups": 6}),
    "vit": ((9, 11), {"preset": "moco", "matrix": "qkv"}),
    "prior_bias": ((11,), {"prior": 0.1}),
    "lstm_bias": ((24,), {"gate_order": "iofg"}),
    "gru_bias": ((18,), {"gate_order": "zrn"}),
    "chrono": ((24,), {"longest": 50.0}),
    "hippo": ((9, 9), {"measure": "lmu"}),
    "s4d": ((7, 11), {"kind": "real"}),
    "dt_bias": ((7, 11), {}),
    "mamba_a_log": ((7, 11), {}),
    "mamba2_a_log": ((24,), {}),
    "lru": ((7, 11), {"part": "gamma_log", "r_max": 0.9}),
    "siren": ((7, 11), {}),
    "pytorch_default": ((12, 7), {"layer": "MultiheadAttention", "tensor": "in_proj_weight"}),
    "keras_default": ((3, 3, 5, 7), {"layer": "Conv", "tensor": "kernel"}),
    "flax_default": ((7, 11), {"layer": "Dense", "tensor": "kernel"}),
    "burn_default": ((7, 11), {"layer": "Linear", "tensor": "weight"}),
    "candle_default": ((7, 11), {"layer": "Linear", "tensor": "weight"}),
    "mlx_default": ((7, 3, 5), {"layer": "Conv", "tensor": "weight"}),
}

SAMPLES |= {
    kind.name: ((7, 11), {name: value for name, value in parse_qsl(kind.example) if name in {"layer", "tensor"}})
    for kind in DEFAULT_INITIALIZERS
    if kind.name not in SAMPLES
}


# What a scheme needs besides the parameters that have no default, and shapes of each rank that it takes.
REQUIRED_TOGETHER = {
    "deepnorm": {"encoder_layers": 2}, "sub_ln": {"encoder_layers": 2}, "t_fixup": {"encoder_layers": 2},
    "s4d": {"kind": "real"}, "icnr": {"factor": 1},
    "pytorch_default": {"layer": "Embedding", "tensor": "weight"},
    "keras_default": {"layer": "Embedding", "tensor": "embeddings"},
    "flax_default": {"layer": "LayerNorm", "tensor": "scale"},
    "burn_default": {"layer": "Embedding", "tensor": "weight"},
    "candle_default": {"layer": "Embedding", "tensor": "weight"},
    "mlx_default": {"layer": "LayerNorm", "tensor": "weight"},
}  # fmt: skip
REQUIRED_TOGETHER |= {
    kind.name: {"layer": layer, "tensor": tensor}
    for kind in DEFAULT_INITIALIZERS
    if kind.name not in REQUIRED_TOGETHER
    for layer, tensors in kind.layers.layers.items()
    for tensor, record in tensors.items()
    if record.default in {ALL_ONES, ALL_ZEROS}
}


def refusal(name, shape, **options):
    """Return the parameter for which a sample in another shape is refused; None where it is not."""
    try:
        initialize(name, shape, **options, **SAMPLES[name][1])
    except InvalidParameter as refused:
        return refused.parameter
    return None


@pytest.mark.parametrize(("framework", "alias", "name"), MEANINGS)
def test_every_alias_finds_its_entry(framework, alias, name):
    assert CATALOGUE.get(alias).name == name


@pytest.mark.parametrize(
    ("framework", "alias", "name"),
    [(framework, alias, name) for framework, names in NAMES_IN_FRAMEWORKS.items() for alias, name in names.items()],
)
def test_a_frameworks_own_name_finds_its_scheme(framework, alias, name):
    assert CATALOGUE.get(alias).name == name


@pytest.mark.parametrize("spelling", ["he_normal", "HeNormal", "he-normal", "HE_NORMAL", "henormal", "Kaiming_Normal_"])
def test_case_underscores_and_hyphens_do_not_matter(spelling):
    assert CATALOGUE.get(spelling).name == "he_normal"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("nn.init.kaiming_normal_", "he_normal"),
        ("keras.initializers.HeNormal", "he_normal"),
        ("jax.nn.initializers.glorot_uniform", "glorot_uniform"),
        ("dt_proj.bias", "dt_bias"),
    ],
)
def test_a_module_before_a_name_does_not_matter(typed, name):
    assert CATALOGUE.get(typed).name == name


def test_names_that_differ_in_case_only_can_mean_different_schemes():
    assert CATALOGUE.get("XAVIER").name == "glorot_normal"
    assert CATALOGUE.get("Xavier").name == "glorot_uniform"


def test_an_ambiguous_spelling_is_unknown_and_names_both_meanings():
    with pytest.raises(UnknownInitializer) as caught:
        CATALOGUE.get("xavier")

    assert {"glorot_normal", "glorot_uniform"} <= set(caught.value.nearest)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("he_norml", "he_normal"), ("kaimming_normal", "he_normal"), ("ortogonal", "orthogonal"), ("zerros", "zeros")],
)
def test_a_misspelt_name_is_answered_with_the_nearest(typed, meant):
    with pytest.raises(UnknownInitializer) as caught:
        CATALOGUE.get(typed)

    assert caught.value.nearest[0] == meant


@pytest.mark.parametrize("name", ["", "_", "x" * 100_000, "\ud800", "he normal\n"])
def test_a_name_that_is_nothing_like_one_is_unknown(name):
    with pytest.raises(UnknownInitializer):
        CATALOGUE.get(name)


@pytest.mark.parametrize("name", NAMES)
@settings(derandomize=True, max_examples=25, deadline=None)
@given(data=st.data(), dtype=st.sampled_from(["float32", "float64"]))
def test_any_stretch_equals_that_of_the_whole(name, dtype, data):
    shape, parameters = SAMPLES[name]
    whole = make(name, shape, dtype=dtype, **parameters).reshape(-1)
    start = data.draw(st.integers(0, whole.size))
    count = data.draw(st.integers(0, whole.size - start))

    part = stretch(ready(name, shape, dtype=dtype, **parameters), dtype, start, count)
    np.testing.assert_array_equal(part, whole[start : start + count])


REAL = [name for name, dtype in DTYPES.items() if not dtype.is_complex]
COMPLEX = [name for name in NAMES if refusal(name, SAMPLES[name][0], dtype="complex64") is None]
NAMES_AND_DTYPES = [
    *product(NAMES, ["float32"]),
    *(
        pytest.param(name, dtype, marks=pytest.mark.slow)
        for name, dtype in [*product(NAMES, REAL), *product(COMPLEX, ["complex64"])]
        if dtype != "float32"
    ),
]


@pytest.mark.parametrize(("name", "dtype"), NAMES_AND_DTYPES)
@settings(derandomize=True, max_examples=15, deadline=None)
@given(data=st.data())
def test_any_part_equals_numpys_slice_of_the_whole(name, dtype, data):
    shape, parameters = SAMPLES[name]
    text = data.draw(slices(shape))
    part = tensor(name, shape, dtype=dtype, text=text, **parameters)
    expected = tensor(name, shape, dtype=dtype, **parameters).read().reshape(shape)[index(text)]

    assert (part.shape, part.read().tobytes()) == (np.shape(expected), expected.tobytes())


@pytest.mark.parametrize(("name", "dtype"), NAMES_AND_DTYPES)
def test_shards_put_together_are_the_tensor(name, dtype):
    shape, parameters = SAMPLES[name]
    whole = tensor(name, shape, dtype=dtype, **parameters).read()
    for axis, size in enumerate(shape):
        texts = [":," * axis + f"{begin}:{end}" for begin, end in pairwise([*range(0, size, 3), size])]
        shards = [tensor(name, shape, dtype=dtype, text=text, **parameters) for text in texts]

        assert np.concatenate([s.read().reshape(s.shape) for s in shards], axis).tobytes() == whole.tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_says_whether_the_seed_matters(name):
    shape, parameters = SAMPLES[name]
    one, other = (make(name, shape, seed=seed, **parameters) for seed in (1, 2))

    assert np.array_equal(one, other) != CATALOGUE.get(name).random


@pytest.mark.parametrize("kind", list(CATALOGUE), ids=NAMES)
def test_an_entry_says_which_ranks_it_accepts(kind):
    fans = {"fan_in": 4, "fan_out": 4} if "fan_out" in kind.model_fields else {}
    fans |= {name: value for name, value in SAMPLES[kind.name][1].items() if kind.model_fields[name].is_required()}
    fans |= REQUIRED_TOGETHER.get(kind.name, {})
    lowest, highest = kind.ranks
    for rank in range(7):
        if lowest <= rank <= (rank if highest is None else highest):
            initialize(kind.name, (12,) * rank, **fans)
        else:
            with pytest.raises(InvalidParameter, match="rank") as caught:
                initialize(kind.name, (12,) * rank, **fans)
            assert caught.value.parameter == "shape"


@pytest.mark.parametrize("kind", list(CATALOGUE), ids=NAMES)
def test_the_largest_value_is_a_bound_on_the_values(kind):
    shape, parameters = SAMPLES[kind.name]

    assert np.abs(make(kind.name, shape, **parameters)).max() <= initialize(kind.name, shape, **parameters).largest


@pytest.mark.parametrize("name", NAMES)
def test_two_calls_agree(name):
    shape, parameters = SAMPLES[name]

    assert make(name, shape, **parameters).tobytes() == make(name, shape, **parameters).tobytes()


def enlarged(name, size=None):
    """Return the shape of an entry's sample, every axis as many times as long, with about `size` elements."""
    shape, parameters = SAMPLES[name]
    if size is None:
        size = 20_000 if isinstance(initialize(name, shape, **parameters).source, WholeSource) else 120_000
    times = max(1, int((size / math.prod(shape)) ** (1 / len(shape))))
    return tuple(times * axis for axis in shape)


def told(name):
    """Return what an enlarged sample tells of itself."""
    return initialize(name, enlarged(name), **SAMPLES[name][1]).facts


STATED = [kind.name for kind in CATALOGUE if kind.random and "std" in told(kind.name)]


@pytest.mark.parametrize("name", STATED)
def test_a_sample_has_the_moments_that_are_stated(name):
    """Those after a cut, where both are. Copies and structure leave a quarter of the elements independent, or more."""
    facts, values = told(name), make(name, enlarged(name), **SAMPLES[name][1]).astype(np.float64)
    std, noise = facts.get("std_after", facts["std"]), 2 / math.sqrt(values.size)

    assert values.std() == pytest.approx(std, rel=6 * noise)
    assert values.mean() == pytest.approx(facts.get("mean_after", facts.get("mean", 0.0)), abs=6 * noise * std)


@pytest.mark.parametrize("name", [name for name in NAMES if "bound" in told(name)])
def test_no_element_is_beyond_the_bound_that_is_stated(name):
    values = make(name, enlarged(name), **SAMPLES[name][1])

    assert np.abs(values).max() <= told(name)["bound"] * (1 + 2**-20)


@pytest.mark.parametrize("dtype", [name for name in REAL if name not in {"float32", "float64"}])
@pytest.mark.parametrize("name", NAMES)
def test_a_narrow_dtype_is_the_float32_tensor_rounded(name, dtype):
    shape, parameters = SAMPLES[name]
    whole = tensor(name, shape, **parameters).read()

    assert (
        tensor(name, shape, dtype=dtype, **parameters).read().tobytes() == whole.astype(DTYPES[dtype].storage).tobytes()
    )


@pytest.mark.parametrize("name", NAMES)
def test_float64_refines_float32(name):
    shape, parameters = SAMPLES[name]
    fine, coarse = (make(name, shape, dtype=dtype, **parameters) for dtype in ("float64", "float32"))

    np.testing.assert_allclose(fine, coarse, rtol=1e-5, atol=1e-6 * max(np.abs(fine).max(), 1e-30))


@pytest.mark.parametrize("name", NAMES)
def test_a_complex_tensor_is_made_or_refused_for_its_dtype(name):
    assert refusal(name, SAMPLES[name][0], dtype="complex64") == (None if name in COMPLEX else "dtype")


@pytest.mark.parametrize("name", [name for name in COMPLEX if name in STATED])
def test_a_complex_sample_has_half_of_the_stated_variance_in_each_part(name):
    values = make(name, enlarged(name), dtype="complex64", **SAMPLES[name][1])
    part = told(name)["std"] / math.sqrt(2)

    for of in (values.real, values.imag):
        assert of.std(dtype=np.float64) == pytest.approx(part, rel=12 / math.sqrt(values.size))


@pytest.mark.parametrize("name", NAMES)
def test_a_shape_without_elements_is_empty_or_no_shape_of_it(name):
    shape, parameters = SAMPLES[name]
    for axis in range(len(shape)):
        empty = (*shape[:axis], 0, *shape[axis + 1 :])
        if refusal(name, empty) is None:
            assert make(name, empty, **parameters).shape == empty
        else:
            assert refusal(name, empty) == "shape"


@pytest.mark.parametrize("name", NAMES)
def test_an_enormous_tensor_can_be_looked_into(name):
    """Unless it must be made whole, for which there are limits, or the entry itself says that it is too large."""
    shape = enlarged(name, 2**50)
    if refusal(name, shape) is not None:
        assert refusal(name, shape) == "shape"
        return
    source = initialize(name, shape, **SAMPLES[name][1]).source
    if not isinstance(source, WholeSource):
        assert np.isfinite(stretch(source, "float32", math.prod(shape) // 2 + 12_345, 16)).all()


def test_the_canonical_parameters_are_those_that_are_not_the_defaults():
    initializer = CATALOGUE.get("truncated_normal")(high=3.0, std=1.0, low=-2.0, bounds="absolute")

    assert initializer.canonical == (("high", 3.0), ("bounds", "absolute"))
