from __future__ import annotations

import random

import pytest

from service.requests.faults import InvalidRequest
from service.requests.members import Members
from service.requests.tensor_request import parse_tensor


def tensor(initializer, /, **given):
    return parse_tensor(initializer, Members({"shape": "3,5", **given}, in_body=False), 1)[0]


def faults(initializer, /, **given):
    with pytest.raises(InvalidRequest) as refused:
        tensor(initializer, **given)
    return {fault.parameter: fault.detail for fault in refused.value.faults}


@pytest.mark.parametrize(
    ("stream", "key", "detail"),
    [
        ("jax", "split(3)", "'split(3)' is several keys: which of them is meant"),
        ("jax", "jax.random.split(jax.random.key(0), 3)", "which of them is meant"),
        ("jax", "jax.random.split(subkey)[1]", "which key 'subkey' is the request does not say"),
        ("jax", "jax.random.split(key, 3)[3]", "of 3 keys the last is [2]"),
        ("jax", "jax.random.split(key, (2, 3))[1]", "one of its keys is meant, by whole numbers"),
        ("jax", "jax.random.split(key, n)[1]", "one of its keys is meant, by whole numbers"),
        ("jax", "jax.random.PRNGKey(-1)", "write 4294967295"),
        ("jax", "jax.random.key(0, impl='rbg')", "keys of 'rbg' are not made here"),
        ("jax", "jax.random.fold_in(key, 4294967296)", "what is folded in is 0 to 4294967295"),
        ("jax", "split(3)[3]", "of 3 keys the last is [2]"),
        ("jax", "split(0)[0]", "the number of keys is 1 to"),
        ("jax", "fold_in(4294967296)", "what is folded in is 0 to 4294967295"),
        ("jax", "fold_in(-1)", "'fold_in(-1)' is no step"),
        ("jax", "fold_in(1)fold_in(2)", "between steps stands /"),
        ("jax", "fold_in(1)/", "between steps stands /"),
        ("jax", "/fold_in(1)", "is no step"),
        ("jax", "42/43", "'43' is no step"),
        ("jax", "18446744073709551616", "begins with a seed, 0 to"),
        ("jax", "linen(Dense_0)", "that is a step of stream=flax"),
        ("jax", "42/set_random_seed[1]", "that is a step of stream=keras"),
        ("jax", "/".join(["fold_in(1)"] * 33), "at most 32 are taken"),
        ("jax", "x" * 513, "512"),
        ("flax", "linen(a//b)", "a path is the names of modules"),
        ("flax", "linen(a)[0]", "counts its parameters from 1 on"),
        ("flax", "nnx[4294967296]", "what is folded in is 0 to"),
        ("keras", "split(2)[0]", "must be set_random_seed(seed)[number]"),
        ("keras", "set_random_seed(4294967296)[0]", "takes seeds up to"),
        ("keras", "SeedGenerator[4294967296]", "counts up to 4294967295"),
        ("keras", "set_random_seed[1000]", "layer.kernel_initializer.seed"),
    ],
)
def test_a_bad_key_is_refused_with_what_is_wrong(stream, key, detail):
    assert detail in faults("he_normal", stream=stream, seed="1", key=key)["key"]


@pytest.mark.parametrize("stream", ["jax", "flax", "keras"])
def test_a_seed_that_the_key_says_otherwise_is_refused(stream):
    key = "42/fold_in(1)" if stream != "keras" else "set_random_seed(42)[1]"
    assert "42" in faults("normal", stream=stream, seed="7", key=key)["seed"]
    assert tensor("normal", stream=stream, seed="42", key=key).spec.seed == 42


@pytest.mark.parametrize(("stream", "seed"), [("jax", 2**63), ("flax", 2**64 - 1), ("keras", 2**32)])
def test_a_seed_that_the_framework_refuses_is_refused(stream, seed):
    assert "takes seeds up to" in faults("normal", stream=stream, seed=str(seed))["seed"]


@pytest.mark.parametrize(
    ("name", "given", "drawn"),
    [
        ("jax.random.normal", {}, "4b08e73eae0afa3f452804bf"),
        ("jax.random.uniform", {}, "28912c3f7e80793f500e9b3e"),
        ("jax.random.truncated_normal", {"lower": "-2", "upper": "2"}, "dcd4db3ea862d63feb3efbbe"),
        ("jax.random.normal(key, (3,))", {"shape": None}, "4b08e73eae0afa3f452804bf"),
    ],
)
def test_a_function_of_a_key_is_no_initializer(name, given, drawn):
    """What JAX 0.10.2 drew by `jax.random.…(jax.random.key(7), …)`, in float32."""
    told = {key: value for key, value in {"shape": "3", "seed": "7", **given}.items() if value is not None}
    assert parse_tensor(name, Members({**told, "stream": "jax"}, in_body=False), 1)[0].read().tobytes().hex() == drawn


@pytest.mark.parametrize(
    ("code", "steps"),
    [
        ("jax.random.split(key)[1]", "split(2)[1]"),
        ("split[1]", "split(2)[1]"),
        ("fold_in(1) / split(5)[-1]", "fold_in(1)/split(5)[4]"),
        ("7/split[1]/linen(encoder/Dense_0)[2]", "split(2)[1]/linen(encoder/Dense_0)[2]"),
        ("[0, 7]", ""),
    ],
)
def test_a_key_in_code_stands_by_its_steps_in_the_canonical_url(code, steps):
    stream, seed = "flax" if "linen" in code else "jax", {} if "7" in code else {"seed": "7"}
    assert dict(tensor("normal", stream=stream, key=code, **seed).spec.query).get("key", "") == steps


def test_a_key_in_a_call_is_given_once():
    call = "jax.random.normal(jax.random.PRNGKey(3), shape)"
    assert "give it once" in faults(call, stream="jax", key="split(2)[0]")["key"]
    assert "3" in faults(call, stream="jax", seed="4")["seed"]


def test_a_key_in_a_call_is_a_seed_of_another_stream_and_says_so():
    made = tensor("jax.random.normal(jax.random.PRNGKey(3), shape)")
    assert made.spec.seed == 3
    assert "which stream=jax has" in made.facts()["notes"]
    assert "stream=jax has" in faults("jax.random.normal(jax.random.split(jax.random.key(3))[0], shape)")["stream"]


@pytest.mark.parametrize(
    ("stream", "code", "given"),
    [
        ("torch", "torch.randn(30, 20) / math.sqrt(20)", {}),
        ("torch", "torch.randn(3, 5) * 0.1", {}),
        ("torch", "torch.randn(30, 20).half()", {}),
        ("torch", "torch.randn(30, 20) * 0.1", {"dtype": "bfloat16"}),
        ("torch", "torch.rand(30, 20) * 0.2 - 0.1", {}),
        ("torch", "torch.normal(0, 0.1, (30, 20)) * 3", {}),
        ("jax", "jax.random.normal(key, (30, 20)) / jnp.sqrt(20)", {}),
    ],
)
def test_what_code_does_after_a_draw_is_refused_where_it_would_be_rounded_otherwise(stream, code, given):
    told = {"shape": None, "seed": "42", **given}
    values = {key: value for key, value in told.items() if value is not None}
    with pytest.raises(InvalidRequest) as refused:
        parse_tensor(code, Members({**values, "stream": stream}, in_body=False), 1)
    assert "is rounded again" in refused.value.faults[0].detail


def test_a_note_says_that_half_of_a_seed_counts():
    long, short = (tensor("normal", stream="jax", seed=str(seed)) for seed in (2**40 + 7, 7))
    assert long.read().tobytes() == short.read().tobytes()
    assert "7 makes the same" in long.facts()["notes"]
    assert "notes" not in short.facts()
    wide = tensor("normal", stream="jax", seed=str(2**40 + 7), dtype="float64")
    assert wide.facts()["key_data"] == "256,7"


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("he_normal", {"stream": "jax"}),
        ("he_normal", {"stream": "jax", "layout": "out_in"}),
        ("he_normal", {"stream": "jax", "in_axis": "0", "out_axis": "1"}),
        ("uniform", {"stream": "jax"}),
        ("uniform", {"stream": "jax", "low": "0", "high": "1"}),
        ("normal", {"stream": "jax", "std": "1"}),
        ("variance_scaling", {"stream": "jax", "scale": "1.7", "mode": "fan_avg", "distribution": "normal"}),
        ("variance_scaling", {"stream": "jax", "scale": "1", "mode": "fan_in", "distribution": "truncated_normal"}),
        ("xavier_uniform", {"stream": "flax", "key": "linen(a/b)"}),
        ("RandomNormal", {"stream": "keras"}),
        ("VarianceScaling", {"stream": "keras", "mode": "fan_out"}),
        ("keras_default", {"stream": "keras", "layer": "Dense", "tensor": "kernel", "key": "set_random_seed[2]"}),
        ("ones", {"stream": "jax"}),
    ],
)
def test_the_canonical_url_says_what_the_framework_decided(name, given):
    asked = tensor(name, seed="42", **given)
    again = tensor(asked.spec.initializer, **{key: str(value) for key, value in asked.spec.query})
    assert again.spec.query == asked.spec.query
    assert again.read().tobytes() == asked.read().tobytes()
    assert not asked.spec.stream.isalpha()


def test_the_seed_in_a_key_stands_as_the_seed_in_the_canonical_url():
    query = dict(tensor("normal", stream="jax", key="42/split(03)[1]/fold_in(7)").spec.query)
    assert (query["seed"], query["key"]) == ("42", "split(3)[1]/fold_in(7)")


def test_keras_counts_by_python_s_own_generator():
    generator = random.Random(42)
    seeds = [generator.randint(1, 10**9) for _ in range(3)]
    made = tensor("he_normal", stream="keras", key="set_random_seed(42)[2]")
    assert made.facts()["key_data"] == f"{seeds[2]},0"
    assert made.read().tobytes() == tensor("he_normal", stream="keras", seed=str(seeds[2])).read().tobytes()


@pytest.mark.parametrize(
    ("name", "given", "parameter", "detail"),
    [
        ("orthogonal", {}, "stream", "LAPACK"),
        ("delta_orthogonal", {"shape": "3,3,4,4"}, "stream", "LAPACK"),
        ("siren", {}, "stream", "jax.nn.initializers has no siren; stream=1 has it"),
        ("he_normal", {"distribution": "normal"}, "distribution", "variance_scaling with distribution=normal has it"),
        ("he_normal", {"mode": "fan_out"}, "mode", "variance_scaling with mode=fan_out has it"),
        ("he_normal", {"gain": "2"}, "gain", "its variance is 2/fan"),
        ("he_normal", {"nonlinearity": "tanh"}, "nonlinearity", "its variance is 2/fan"),
        ("glorot_normal", {"groups": "5"}, "groups", "stream=1 knows groups"),
        ("he_normal", {"dtype": "float8_e5m2"}, "dtype", "float32, float64, bfloat16, float16"),
        ("he_normal", {"dtype": "complex64"}, "dtype", "float32, float64, bfloat16, float16"),
        ("normal", {"padding_idx": "0"}, "padding_idx", "stream=1 has it"),
        ("truncated_normal", {"bounds": "absolute"}, "bounds", "stream=1 has it"),
        ("truncated_normal", {"std_is": "after"}, "std_is", "stream=1 has it"),
        ("truncated_normal", {"low": "-3", "stream": "keras"}, "low", "stream=jax has it"),
        ("variance_scaling", {"mode": "fan_geo_avg", "stream": "keras"}, "mode", "stream=jax has it"),
    ],
)
def test_what_the_framework_has_not_is_refused_with_what_has_it(name, given, parameter, detail):
    assert detail in faults(name, **{"stream": "jax", "seed": "1", **given})[parameter]
