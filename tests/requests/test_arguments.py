"""Names that say whose they are, and the arguments of the functions that they name."""

from __future__ import annotations

import math
from urllib.parse import parse_qs, urlsplit

import pytest

from service.catalogue.equivalents import EQUIVALENTS
from service.frameworks.registry import FRAMEWORKS
from service.requests.axis_parameters import AxisParameters
from service.requests.tensor_parameters import TensorParameters

CALLS = [(framework, call) for framework in FRAMEWORKS for call in framework.calls]
IDS = [f"{framework.name} {call.text}" for framework, call in CALLS]


def _made(response):
    """Return the initializer and the parameters of a canonical URL."""
    url = urlsplit(response.headers["Content-Location"])
    query = {name: value for name, (value,) in parse_qs(url.query).items()}
    for name in ("shape", "seed", "dtype", "stream", "format", "name"):
        query.pop(name, None)
    return url.path.rpartition("/")[2], query


def _shape(equivalent):
    return parse_qs(urlsplit(equivalent.href).query)["shape"][0]


@pytest.mark.parametrize("in_body", [False, True])
@pytest.mark.parametrize(("framework", "call"), CALLS, ids=IDS)
def test_an_owned_name_with_its_arguments_is_the_call(client, framework, call, in_body):
    equivalent = next(e for e in EQUIVALENTS if (e.framework, e.call) == (framework.title, call.text))
    name, shape = f"{framework.owners[0]}.{call.name}", _shape(equivalent)
    if in_body:
        sizes = [int(size) for size in shape.split(",")]
        body = {"initializer": name, "shape": sizes, "seed": 42, "format": "raw", **call.given}
        response = client.post("/weights", json=body)
    else:
        response = client.get(f"/weights/{name}", params={"shape": shape, "seed": 42, "format": "raw", **call.given})
    expected = client.get(f"{equivalent.href}&format=raw")

    assert response.status_code == 200, response.text
    assert _made(response) == _made(expected)
    assert response.content == expected.content
    assert "Fanin-Notes" not in response.headers


# What frameworks' users write, and what it is in the catalogue.
REQUESTS = [
    # methods of a tensor, which stands before them
    ("normal_(0, 0.02)?shape=4", "normal", {"std": "0.02"}),
    ("m.weight.data.normal_(0.0, 0.02)?shape=4", "normal", {"std": "0.02"}),
    ("w.uniform_(-1, 1)?shape=4", "uniform", {"low": "-1", "high": "1"}),
    # whosesoever's
    ("uniform(0, 0.1)?shape=4", "uniform", {"low": "0", "high": "0.1"}),
    ("normal(0, 0.02)?shape=4", "normal", {"std": "0.02"}),
    ("constant(0.1)?shape=4", "constant", {"value": "0.1"}),
    # numbers that code computes
    ("nn.init.orthogonal_(w, gain=2**0.5)?shape=4,4", "orthogonal", {"gain": "1.4142135623730951"}),
    ("nn.init.orthogonal_(w, np.sqrt(2))?shape=4,4", "orthogonal", {"gain": "1.4142135623730951"}),
    ("nn.init.xavier_normal_(w, gain=nn.init.calculate_gain('tanh'))?shape=4,8", "glorot_normal",
     {"gain": "1.6666666666666667"}),
    ("nn.init.xavier_uniform_(w, calculate_gain('leaky_relu', 1))?shape=4,8", "glorot_uniform", {"gain": "1"}),
    ("constant_(m.bias, -math.log(99))?shape=4", "constant", {"value": "-4.59511985013459"}),
    # the findings' cases
    ("torch.nn.init.trunc_normal_?shape=784,256&std=0.02", "truncated_normal", {"std": "0.02", "bounds": "absolute"}),
    ("trunc_normal_?shape=4&std=0.02&a=-2&b=2", "truncated_normal", {"std": "0.02", "bounds": "absolute"}),
    ("keras.initializers.HeNormal?shape=784,256", "he_normal",
     {"distribution": "truncated_normal", "layout": "in_out"}),
    ("jax.nn.initializers.lecun_normal?shape=784,256", "lecun_normal",
     {"distribution": "truncated_normal", "layout": "in_out"}),
    ("timm.layers.lecun_normal_?shape=784,256", "lecun_normal", {"distribution": "truncated_normal"}),
    ("lecun_normal_?shape=784,256", "lecun_normal", {"distribution": "truncated_normal"}),
    ("tf.keras.initializers.RandomNormal?shape=4", "normal", {"std": "0.05"}),
    ("keras.initializers.RandomUniform?shape=4", "uniform", {"low": "-0.05", "high": "0.05"}),
    ("jax.nn.initializers.normal?shape=4", "normal", {"std": "0.01"}),
    ("jax.nn.initializers.uniform?shape=4", "uniform", {"low": "0", "high": "0.01"}),
    ("mlx.nn.init.he_normal?shape=4,4", "he_normal", {"gain": "1", "layout": "out_kernel_in"}),
    ("trunc_normal_?shape=4&std=0.001&low=-2&high=2&bounds=absolute", "truncated_normal",
     {"std": "0.001", "bounds": "absolute"}),
    # modules as users import them
    ("init.trunc_normal_?shape=4", "truncated_normal", {"bounds": "absolute"}),
    ("nn.init.kaiming_uniform_?shape=4,3", "he_uniform", {"layout": "out_in"}),
    ("nn.init.he_normal?shape=4,4", "he_normal", {"gain": "1", "layout": "out_kernel_in"}),
    ("nn.initializers.lecun_normal?shape=4,4", "lecun_normal",
     {"distribution": "truncated_normal", "layout": "in_out"}),
    ("timm.models.layers.trunc_normal_tf_?shape=4", "truncated_normal", {}),
    ("keras.src.initializers.random_initializers.RandomNormal?shape=4", "normal", {"std": "0.05"}),
    ("keras.initializers.random_normal?shape=4", "normal", {"std": "0.05"}),
    ("keras.initializers.normal?shape=4", "normal", {"std": "0.05"}),
    ("tf.compat.v1.random_normal_initializer?shape=4", "normal", {}),
    ("hk.initializers.TruncatedNormal?shape=4&stddev=0.3", "truncated_normal", {"std": "0.3"}),
    ("tch::nn::Init::Uniform?shape=4&lo=-0.1&up=0.3", "uniform", {"low": "-0.1", "high": "0.3"}),
    ("burn::module::Initializer::KaimingNormal?shape=4,3&gain=2&fan_out_only=true", "he_normal",
     {"gain": "2", "mode": "fan_out", "layout": "out_in"}),
    ("tf.random_normal_initializer?shape=4", "normal", {"std": "0.05"}),
    ("tf.random_uniform_initializer?shape=4&minval=0", "uniform", {"low": "0", "high": "0.05"}),
    # arguments
    ("torch.nn.init.trunc_normal_?shape=4&mean=1&a=0&b=3", "truncated_normal",
     {"mean": "1", "low": "0", "high": "3", "bounds": "absolute"}),
    ("torch.nn.init.uniform_?shape=4&a=-1", "uniform", {"low": "-1", "high": "1"}),
    ("torch.nn.init.constant_?shape=4&val=0.5", "constant", {"value": "0.5"}),
    ("torch.nn.init.orthogonal_?shape=4,4&gain=2", "orthogonal", {"gain": "2", "layout": "out_in"}),
    ("torch.nn.init.sparse_?shape=4,4&sparsity=0.5&std=1", "sparse", {"sparsity": "0.5", "std": "1"}),
    ("torch.nn.init.kaiming_normal_?shape=4,4&a=0.2", "he_normal",
     {"nonlinearity": "leaky_relu", "negative_slope": "0.2", "layout": "out_in"}),
    ("torch.nn.init.kaiming_normal_?shape=4,4&nonlinearity=leaky_relu", "he_normal",
     {"nonlinearity": "leaky_relu", "negative_slope": "0", "layout": "out_in"}),
    ("torch.nn.init.kaiming_normal_?shape=4,4&nonlinearity=tanh&mode=fan_out", "he_normal",
     {"nonlinearity": "tanh", "gain_rule": "pytorch", "mode": "fan_out", "layout": "out_in"}),
    ("keras.initializers.VarianceScaling?shape=4,4&scale=2&distribution=untruncated_normal", "variance_scaling",
     {"scale": "2", "layout": "in_out"}),
    ("keras.initializers.VarianceScaling?shape=4,4&mode=fan_avg&distribution=uniform", "variance_scaling",
     {"mode": "fan_avg", "distribution": "uniform", "layout": "in_out"}),
    ("keras.initializers.TruncatedNormal?shape=4&stddev=0.2&mean=1", "truncated_normal", {"std": "0.2", "mean": "1"}),
    ("keras.initializers.RandomUniform?shape=4&maxval=1", "uniform", {"low": "-0.05", "high": "1"}),
    ("keras.initializers.Orthogonal?shape=4,4&gain=3", "orthogonal", {"gain": "3", "layout": "in_out"}),
    ("keras.initializers.Constant?shape=4", "constant", {}),
    ("jax.nn.initializers.orthogonal?shape=4,4&scale=3", "orthogonal", {"gain": "3", "layout": "in_out"}),
    ("jax.nn.initializers.truncated_normal?shape=4&lower=-1&upper=3", "truncated_normal",
     {"std": "0.01", "low": "-1", "high": "3"}),
    ("jax.nn.initializers.variance_scaling?shape=4,4&scale=2&mode=fan_in&distribution=normal", "variance_scaling",
     {"scale": "2", "layout": "in_out"}),
    ("chainer.initializers.Uniform?shape=4&scale=0.2", "uniform", {"low": "-0.2", "high": "0.2"}),
    ("mxnet.init.Xavier?shape=4,4&magnitude=12", "glorot_uniform", {"gain": "2", "layout": "out_in"}),
    ("mlx.nn.init.he_uniform?shape=4,4&nonlinearity=relu", "he_uniform", {"layout": "out_kernel_in"}),
    # the catalogue's names of parameters
    ("keras.initializers.RandomNormal?shape=4&std=0.2", "normal", {"std": "0.2"}),
    ("keras.initializers.HeNormal?shape=4,4&layout=out_in&distribution=normal", "he_normal", {}),
    # arguments that choose what is made
    ("mx.init.Xavier?shape=4,6&rnd_type=uniform&factor_type=avg&magnitude=3", "glorot_uniform", {"gain": "1"}),
    ("mx.init.Xavier?shape=4,6&rnd_type=uniform&factor_type=in&magnitude=12", "lecun_uniform", {"gain": "2"}),
    ("mx.init.Xavier?shape=4,6&factor_type=out&magnitude=6", "variance_scaling",
     {"scale": "2", "mode": "fan_out", "distribution": "uniform"}),
    ("mx.init.Xavier?shape=4,6&rnd_type=gaussian&magnitude=4", "glorot_normal", {"gain": "2"}),
    ("mx.init.Xavier?shape=4,6&rnd_type=gaussian&factor_type=in&magnitude=4", "lecun_normal", {"gain": "2"}),
    ("mx.init.Xavier?shape=4,6&rnd_type=gaussian&factor_type=out&magnitude=2", "variance_scaling",
     {"scale": "2", "mode": "fan_out"}),
    ("mx.init.MSRAPrelu?shape=4,6&factor_type=in&slope=0.5", "he_normal",
     {"nonlinearity": "prelu", "negative_slope": "0.5"}),
    ("mx.init.Orthogonal?shape=4,6&scale=2&rand_type=normal", "orthogonal", {"gain": "2"}),
    ("mmengine.model.kaiming_init?shape=4,6&a=0&mode=fan_out&nonlinearity=relu&distribution=normal", "he_normal",
     {"mode": "fan_out"}),
    ("mmengine.model.kaiming_init?shape=4,6&a=0&distribution=uniform", "he_uniform", {"mode": "fan_out"}),
    ("tf.contrib.layers.variance_scaling_initializer?shape=4,6&factor=3&mode=FAN_AVG&uniform=true",
     "variance_scaling", {"scale": "3", "mode": "fan_avg", "distribution": "uniform", "layout": "in_out"}),
    ("caffe.msra?shape=4,6&variance_norm=average", "he_normal", {"mode": "fan_avg"}),
    # what each framework's argument multiplies
    ("chainer.initializers.HeNormal?shape=4,6&scale=2&fan_option=fan_out", "he_normal",
     {"gain": "2.8284271247461903", "mode": "fan_out"}),
    ("hk.initializers.VarianceScaling?shape=4,6&distribution=normal", "variance_scaling", {"layout": "in_out"}),
    ("snt.initializers.VarianceScaling?shape=4,6&distribution=normal", "variance_scaling", {"layout": "in_out"}),
    ("tf.initializers.varianceScaling?shape=4,6&scale=2&mode=fanOut&distribution=uniform", "variance_scaling",
     {"scale": "2", "mode": "fan_out", "distribution": "uniform", "layout": "in_out"}),
    ("tf.initializers.randomUniform?shape=4&minval=0&maxval=1", "uniform", {"low": "-0.05", "high": "1"}),
    ("paddle.nn.initializer.KaimingUniform?shape=4,6&nonlinearity=tanh", "he_uniform",
     {"nonlinearity": "tanh", "gain_rule": "pytorch", "layout": "in_out"}),
    ("paddle.nn.initializer.KaimingNormal?shape=4,6&negative_slope=0&fan_in=9", "he_normal",
     {"fan_in": "9", "layout": "in_out"}),
    ("mindspore.common.initializer.HeUniform?shape=4,6&negative_slope=0.2&mode=fan_out", "he_uniform",
     {"nonlinearity": "leaky_relu", "negative_slope": "0.2", "mode": "fan_out"}),
    ("mindspore.common.initializer.TruncatedNormal?shape=4", "truncated_normal", {"std": "0.01"}),
    ("torch.nn.init.kaiming_normal_?shape=4,6&a=0&mode=fan_in&nonlinearity=relu", "he_normal", {}),
    # old names, and modules by other names
    ("torch.nn.init.xavier_uniform?shape=4,6", "glorot_uniform", {}),
    ("nn.init.orthogonal?shape=4,6", "orthogonal", {}),
    ("jnn.initializers.lecun_uniform?shape=4,6", "lecun_uniform", {"layout": "in_out"}),
    ("tf.initializers.he_normal?shape=4,6", "he_normal", {"distribution": "truncated_normal", "layout": "in_out"}),
    ("tf.compat.v1.keras.initializers.RandomNormal?shape=4", "normal", {"std": "0.05"}),
    ("tf.compat.v1.initializers.random_normal?shape=4", "normal", {}),
    ("tf.truncated_normal_initializer?shape=4", "truncated_normal", {}),
    ("lasagne.init.HeNormal?shape=4,6", "he_normal", {"gain": "1", "layout": "in_out"}),
    # calls as they stand in code
    ("he_normal()?shape=4,6", "he_normal", {}),
    ("torch.nn.init.normal_(w, std=0.02)?shape=4", "normal", {"std": "0.02"}),
    ("torch.nn.init.trunc_normal_(m.weight, 0., .02)?shape=4", "truncated_normal",
     {"std": "0.02", "bounds": "absolute"}),
    ("torch.nn.init.kaiming_uniform_(w, a=math.sqrt(5))?shape=4,6", "he_uniform",
     {"nonlinearity": "leaky_relu", "negative_slope": "2.23606797749979"}),
    ("tf.keras.initializers.HeNormal()?shape=4,6", "he_normal",
     {"distribution": "truncated_normal", "layout": "in_out"}),
    ("keras.initializers.VarianceScaling(scale=2.0, mode='fan_in', distribution='untruncated_normal')?shape=4,6",
     "variance_scaling", {"scale": "2", "layout": "in_out"}),
    ("nn.initializers.variance_scaling(2.0, 'fan_in', 'truncated_normal')?shape=4,6", "variance_scaling",
     {"scale": "2", "distribution": "truncated_normal", "layout": "in_out"}),
    ("nn.initializers.normal(stddev=0.02, dtype=jnp.float32)?shape=4", "normal", {"std": "0.02"}),
    ("Init::Uniform { lo: -0.1, up: 0.3 }?shape=4", "uniform", {"low": "-0.1", "high": "0.3"}),
    ("tf.initializers.randomNormal({stddev: 0.1})?shape=4", "normal", {"std": "0.1"}),
    ("Flux.kaiming_normal(; gain = √2)?shape=4,6", "he_normal", {"gain": "1.4142135623730951"}),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "initializer", "parameters"), REQUESTS, ids=[each[0] for each in REQUESTS])
def test_a_name_with_arguments_is_understood(client, request_, initializer, parameters):
    made = _made(client.get(f"/weights/{request_}&seed=1"))
    parameters = {name: value for name, value in parameters.items() if (name, value) != ("layout", "out_in")}

    assert made == (initializer, parameters)


@pytest.mark.parametrize("request_", [each[0] for each in REQUESTS])
def test_the_canonical_url_has_the_same_bytes(client, request_):
    response = client.get(f"/weights/{request_}&seed=1&format=safetensors")
    again = client.get(response.headers["Content-Location"])

    assert (again.content, again.headers["ETag"]) == (response.content, response.headers["ETag"])


# What is wrong, by the name that the request has for it.
REFUSED = [
    ("torch.nn.init.trunc_normal_?shape=4&a=-2&low=-1", "low", "another name of a"),
    ("torch.nn.init.trunc_normal_?shape=4&a=x", "a", "must be a"),
    ("keras.initializers.RandomNormal?shape=4&std=1&stddev=1", "stddev", "another name of std"),
    ("keras.initializers.RandomNormal?shape=4&stddev=-1", "stddev", "greater than or equal to 0"),
    ("torch.nn.init.constant_?shape=4", "val", "is required by torch.nn.init.constant_"),
    ("torch.nn.init.sparse_?shape=4,4", "sparsity", "is required"),
    ("keras.initializers.HeNormal?shape=4,4&stddev=1", "stddev", "takes no such parameter"),
    ("torch.nn.init.kaiming_normal_?shape=4,4&nonlinearity=relu&a=0.2", "a", "no negative slope"),
    ("keras.initializers.VarianceScaling?shape=4,4&distribution=cauchy", "distribution", "must be"),
    ("chainer.initializers.Uniform?shape=4&scale=wide", "scale", "must be a"),
    ("mxnet.init.Xavier?shape=4,4&magnitude=-1", "magnitude", "greater than or equal to 0"),
    ("mxnet.init.Xavier?shape=4,4&rnd_type=cauchy", "rnd_type", "must be 'uniform' or 'gaussian'"),
    ("hk.initializers.Orthogonal?shape=4,4&axis=0", "axis", "must be -1"),
    # by the function's names, and what the URL needs
    (
        "keras.initializers.RandomNormal?shape=4&sigma=2",
        "sigma",
        "keras.initializers.RandomNormal takes no such parameter; did you mean stddev=2? It takes mean, stddev, seed,",
    ),
    ("torch.nn.init.uniform_?shape=4&lo=2", "lo", "did you mean a=2? It takes a, b, shape,"),
    ("torch.nn.init.normal_(std=0.02)?shape=4&std=1", "std", "stands in the call too"),
    ("torch.nn.init.normal_(std=0.02, std=1)?shape=4", "std", "stands in the call twice"),
    ("torch.nn.init.normal_(w, 0.5, mean=1)?shape=4", "mean", "stands in the call twice"),
    ("torch.nn.init.normal_(std=0.02*s)?shape=4", "std", "must be a number, a word"),
    ("torch.nn.init.normal_(std=9**9**9)?shape=4", "std", "must be a number, a word"),
    ("torch.nn.init.xavier_normal_(w, gain=calculate_gain('gelu'))?shape=4,4", "gain", "must be a number, a word"),
]


def test_a_tuple_without_a_name_is_the_shape(client):
    """numpy.random.normal(loc, scale, size)."""
    response = client.get("/weights/np.random.normal(0, 0.1, (3, 4))?format=json")

    assert response.json()["shape"] == [3, 4]
    assert response.json()["parameters"]["std"] == 0.1


@pytest.mark.parametrize(("request_", "parameter", "text"), REFUSED, ids=[each[0] for each in REFUSED])
def test_what_is_wrong_is_told_by_the_name_that_was_given(client, request_, parameter, text):
    response = client.get(f"/weights/{request_}")

    assert response.status_code == 422
    assert [error["parameter"] for error in response.json()["errors"]] == [parameter]
    assert text in response.json()["errors"][0]["detail"]


def test_an_argument_without_a_name_needs_one_where_its_place_is_not_known(client):
    response = client.get("/weights/normal(0.02)?shape=4")

    assert response.status_code == 422
    assert "needs its name" in response.json()["detail"]


@pytest.mark.parametrize("framework", [f for f in FRAMEWORKS if f.signatures], ids=lambda f: f.name)
def test_every_argument_of_a_signature_has_a_meaning(framework):
    general = {*TensorParameters.model_fields, *AxisParameters.model_fields}
    assert framework.signatures.keys() <= framework.functions.keys()
    for function in framework.functions.values():
        kind = type(function.plainest.scheme)
        for name in function.argument_names:
            known = {*general, *kind.model_fields, *function.defaults}
            assert name in known or function.argument(name, kind) is not None, (function.path, name)


@pytest.mark.parametrize("equivalent", EQUIVALENTS, ids=lambda e: f"{e.framework} {e.call}")
def test_a_call_has_a_link_by_the_frameworks_names(client, equivalent):
    named, own = client.get(f"{equivalent.named_href}&format=raw"), client.get(f"{equivalent.href}&format=raw")

    assert named.status_code == 200, named.text
    assert named.content == own.content


# What makes no difference: a symmetric law of a matrix, whichever of its axes is in.
@pytest.mark.parametrize(
    ("request_", "has_note"),
    [
        ("GlorotUniform?shape=4,6", False),
        ("GlorotUniform?shape=4,6,3", True),
        ("GlorotUniform?shape=4,6&gates=2", True),
        ("xavier_uniform?shape=4,6", False),
        ("xavier_uniform?shape=4,6,3,3", True),
        ("HeUniform?shape=6,6", True),
        ("HeUniform?shape=4,6", True),
        ("kaiming_uniform?shape=6,6", True),
        ("nn.init.orthogonal?shape=4,6", False),
    ],
)
def test_only_what_makes_a_difference_is_noted(client, request_, has_note):
    response = client.get(f"/weights/{request_}&seed=1")

    assert ("Fanin-Notes" in response.headers) is has_note
    assert "layout" not in _made(response)[1]


# Bare names that frameworks disagree on.
@pytest.mark.parametrize(
    ("request_", "initializer", "owner"),
    [
        ("HeNormal?shape=4,4", "he_normal", "keras.initializers.HeNormal"),
        ("RandomNormal?shape=4", "normal", "keras.initializers.RandomNormal"),
        ("kaiming_normal?shape=4,4", "he_normal", "jax.nn.initializers.kaiming_normal"),
        ("Orthogonal?shape=4,4,3", "orthogonal", "keras.initializers.Orthogonal"),
        ("Orthogonal?shape=4,4", "orthogonal", "mxnet.initializer.Orthogonal"),
    ],
)
def test_a_bare_name_of_several_meanings_is_the_catalogues_and_says_so(client, request_, initializer, owner):
    response = client.get(f"/weights/{request_}&seed=1")
    note = response.json()["parameters"]["notes"]

    assert _made(response) == (initializer, {})
    assert owner in note
    assert response.headers["Fanin-Notes"] == note


@pytest.mark.parametrize(
    "request_",
    [
        "he_normal?shape=4,4",
        "normal?shape=4",
        "xavier_uniform_?shape=4,4",
        "kaiming_uniform_?shape=4,4",
        "HeNormal?shape=4,4&distribution=truncated_normal&layout=in_out&gain=1",
        "RandomNormal?shape=4&std=0.02",
        "RandomNormal?shape=4&stddev=0.02",
    ],
)
def test_what_has_one_meaning_has_no_note(client, request_):
    assert "Fanin-Notes" not in client.get(f"/weights/{request_}&seed=1").headers


def test_a_name_that_the_framework_does_not_have_is_the_catalogues_and_says_so(client):
    response = client.get("/weights/torch.nn.init.RandomNormal?shape=4&seed=1")

    assert _made(response) == ("normal", {})
    assert response.json()["parameters"]["notes"].startswith("RandomNormal is not a known function of PyTorch")


def test_the_catalogue_understands_owned_names(client):
    assert client.get("/initializers/keras.initializers.RandomNormal").json()["name"] == "normal"
    assert client.get("/initializers/torch.nn.init.trunc_normal_").json()["name"] == "truncated_normal"


def test_the_current_initializer_of_a_layer_may_be_an_owned_name(client):
    query = {"layer": "Linear", "shape": "256,784", "current": "keras.initializers.RandomNormal?stddev=0.5"}
    owned = client.get("/advise", params=query).json()["verdict"]
    own = client.get("/advise", params={**query, "current": "normal?std=0.5"}).json()["verdict"]

    assert owned == own


def test_he_normal_of_keras_is_cut_where_keras_cuts(client):
    """Keras: stddev = sqrt(2 / fan_in) / .87962566103423978, cut at two of it."""
    page = client.get("/weights/keras.initializers.HeNormal?shape=784,256&seed=1").json()
    largest = max(abs(value) for row in page["data"] for value in row)

    bound = 2.0 * math.sqrt(2.0 / 784) / 0.87962566103423978
    assert 0.999 * bound < largest <= bound * (1 + 1e-6)
