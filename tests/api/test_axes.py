"""How people store their weights, and what they should get: cases from public threads, by layout."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest


def _reply(client, path):
    reply = client.get(f"/weights/{path}")
    assert reply.status_code == 200, reply.text
    return reply


def _array(client, path):
    return np.load(io.BytesIO(_reply(client, f"{path}&format=npy").content))


def _parameters(client, path):
    """Return what the reply tells; the tensor is not sent."""
    rank = path.partition("&")[0].count(",") + 1
    return _reply(client, f"{path}&seed=1&slice={','.join('0' * rank)}").json()["parameters"]


@pytest.mark.parametrize(
    ("path", "fans", "std"),
    [
        # Attention kernels of Keras and Flax: in, heads, head size; and the output projection.
        ("glorot_uniform?shape=64,8,16&layout=ioo", (64, 128), math.sqrt(2 / 192)),
        ("glorot_uniform?shape=64,8,16&in_axis=0&out_axis=1,2", (64, 128), math.sqrt(2 / 192)),
        ("lecun_normal?shape=8,16,64&layout=iio", (128, 64), 1 / math.sqrt(128)),
        ("lecun_normal?shape=8,16,64&in_axis=0,1", (128, 64), 1 / math.sqrt(128)),
        # Heads before the inputs, as einsum layers may have them: heads, in, head size.
        ("glorot_uniform?shape=8,64,16&layout=oio", (64, 128), math.sqrt(2 / 192)),
        # Stacks: stack, in, out; one kernel an expert; scanned layers in the middle; two stacks.
        ("variance_scaling?shape=5,100,20&layout=sio&scale=2", (100, 20), math.sqrt(0.02)),
        ("variance_scaling?shape=5,100,20&batch_axis=0&scale=2", (100, 20), math.sqrt(0.02)),
        ("he_normal?shape=8,256,784&layout=soi", (784, 256), math.sqrt(2 / 784)),
        ("he_normal?shape=784,12,256&layout=iso", (784, 256), math.sqrt(2 / 784)),
        ("he_normal?shape=4,8,256,784&layout=ssoi", (784, 256), math.sqrt(2 / 784)),
        ("he_normal?shape=4,64,3,3,3&layout=soikk", (27, 576), math.sqrt(2 / 27)),
        # Transposed convolutions: in, out, kernel; Keras's: kernel, out, in; grouped ones as a stack.
        ("he_uniform?shape=1,256,1,1&layout=iokk&gain=1", (1, 256), 1.0),
        ("glorot_normal?shape=16,33,3,5&layout=iokk", (240, 495), math.sqrt(2 / 735)),
        ("he_normal?shape=4,4,64,128&layout=kkoi", (2048, 1024), math.sqrt(2 / 2048)),
        ("he_normal?shape=4,8,16,3,3&layout=siokk", (72, 144), math.sqrt(2 / 72)),
        # Keras's depthwise kernel: kernel, channels, multiplier.
        ("lecun_uniform?shape=3,3,64,1&layout=kkso", (9, 9), 1 / 3),
        ("he_normal?shape=3,3,64,2&layout=kkso&mode=fan_out", (9, 18), 1 / 3),
        ("lecun_uniform?shape=3,3,64&layout=kks", (9, 9), 1 / 3),
        # Embeddings: vocabulary, width; Bilinear: out, in1, in2; a vector whose axis is named.
        ("variance_scaling?shape=5000,64&layout=io", (5000, 64), 1 / math.sqrt(5000)),
        ("lecun_normal?shape=5,4,3&layout=oii", (12, 5), 1 / math.sqrt(12)),
        ("lecun_normal?shape=5&layout=i", (5, 1), 1 / math.sqrt(5)),
    ],
)
def test_fans_are_those_of_the_layer(client, path, fans, std):
    parameters = _parameters(client, path)

    assert (parameters["fan_in"], parameters["fan_out"]) == fans
    assert parameters["std"] == pytest.approx(std, rel=1e-12)


def test_queries_keys_and_values_of_their_own_sizes_have_their_own_bounds(client):
    parameters = _parameters(client, "glorot_uniform?shape=6144,4096&gates=4096,1024,1024")

    assert parameters["gates"] == "4096,1024,1024"
    assert (parameters["fan_in"], parameters["fan_out"]) == (4096, "4096,1024,1024")
    bounds = [float(bound) for bound in parameters["bound"].split(",")]
    assert bounds == pytest.approx([math.sqrt(6 / 8192), math.sqrt(6 / 5120), math.sqrt(6 / 5120)])


def test_one_std_is_told_where_all_gates_have_it(client):
    parameters = _parameters(client, "he_normal?shape=6,4&gates=4,1,1")

    assert parameters["fan_out"] == "4,1,1"
    assert parameters["std"] == math.sqrt(2 / 4)


def test_the_binary_formats_tell_a_number_for_each_gate_too(client):
    reply = _reply(client, "glorot_uniform?shape=6,4&gates=4,1,1&seed=1&format=npy")

    assert reply.headers["Fanin-Fan-Out"] == "4,1,1"
    assert reply.headers["Fanin-Gates"] == "4,1,1"


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("he_normal?shape=8,4&layout=oi", "shape=8,4"),
        ("he_normal?shape=8,4&layout=io", "shape=8,4&layout=in_out"),
        ("he_normal?shape=8,4,3,3&layout=IOHW", "shape=8,4,3,3&layout=iokk"),
        ("he_normal?shape=3,8,4&layout=WIO", "shape=3,8,4&layout=in_out"),
        ("he_normal?shape=8,4&layout=IO", "shape=8,4&layout=in_out"),
        ("he_normal?shape=8,4,3&layout=okk", "shape=8,4,3&layout=okk"),
        ("he_normal?shape=8,4,3,3&layout=oikk", "shape=8,4,3,3"),
        ("he_normal?shape=8,4,3,3&layout=okki", "shape=8,4,3,3&layout=out_kernel_in"),
        ("he_normal?shape=3,3,8,4&in_axis=-2&out_axis=-1", "shape=3,3,8,4&layout=in_out"),
        ("he_normal?shape=3,8,4&batch_axis=0", "shape=3,8,4&layout=sio"),
        ("he_normal?shape=8,4&in_axis=1&out_axis=0", "shape=8,4"),
        ("he_normal?shape=6,4&gates=2,2,2", "shape=6,4&gates=3"),
        ("he_normal?shape=6,4&gates=6", "shape=6,4&gates=6"),
        ("he_normal?shape=6,4&gates=4,2", "shape=6,4&gates=4,2"),
        ("he_normal?shape=6,4&gates=[4,2]", "shape=6,4&gates=4,2"),
        ("he_normal?shape=6,4&gates=(4, 2)", "shape=6,4&gates=4,2"),
        ("he_normal?shape=6,4&gates=4,2,", "shape=6,4&gates=4,2"),
        ("he_normal?shape=6,4&gates=4&gates=2", "shape=6,4&gates=4,2"),
        ("he_normal?shape=6,4&gates[]=4&gates[]=2", "shape=6,4&gates=4,2"),
        ("he_normal?shape=6,4&gates=2.0", "shape=6,4&gates=2"),
        ("he_normal?shape=3,8,4&in_axis=[0,1]&out_axis=[2]", "shape=3,8,4&layout=iio"),
        ("he_normal?shape=3,8,4&in_axis=0&in_axis=1&out_axis=2", "shape=3,8,4&layout=iio"),
        ("he_normal?shape=3,8,4&in_axis=-2&batch_axis=()", "shape=3,8,4&layout=in_out"),
        ("identity?shape=3,8,4&layout=soi", "shape=3,8,4"),
        ("identity?shape=3,8,4&layout=sio", "shape=3,8,4&layout=in_out"),
        ("identity?shape=3,8,4&batch_axis=0", "shape=3,8,4&layout=in_out"),
        ("bilinear?shape=3,1,4,4&groups=3", "shape=3,1,4,4"),
        ("bilinear?shape=6,2,4,4&groups=3", "shape=6,2,4,4&groups=3"),
        ("bilinear?shape=6,2,4,4&groups=1", "shape=6,2,4,4"),
    ],
)
def test_the_canonical_url_has_one_spelling(client, path, canonical):
    given = f"{path}&seed=1&format=npy" if path.startswith("he_normal") else f"{path}&format=npy"
    reply = _reply(client, given)
    query = reply.headers["Content-Location"].partition("?")[2]

    assert query.replace("&seed=1", "").replace("&dtype=float32", "").replace("&stream=1", "") == (
        f"{canonical}&format=npy"
    )
    assert client.get(reply.headers["Content-Location"]).content == reply.content


@pytest.mark.parametrize(
    ("members", "same"),
    [
        ({"in_axis": 0, "out_axis": [1, 2]}, "layout=ioo"),
        ({"in_axis": [0, 1]}, "layout=iio"),
        ({"batch_axis": [0]}, "layout=sio"),
        ({"batch_axis": 1, "in_axis": -3}, "layout=iso"),
        ({"layout": "oii"}, "layout=oii"),
        ({"layout": "out_in", "gates": [2, 1]}, "gates=2,1"),
        ({"layout": "out_in", "gates": "2,1"}, "gates=2,1"),
        ({"layout": "out_in", "gates": []}, "gates=1"),
    ],
)
def test_json_says_axes_as_a_query_does(client, members, same):
    body = {"initializer": "he_normal", "shape": [3, 4, 5], "seed": 1, "format": "npy", **members}
    posted = client.post("/weights", json=body)

    assert posted.status_code == 200, posted.text
    assert posted.content == _reply(client, f"he_normal?shape=3,4,5&seed=1&format=npy&{same}").content


@pytest.mark.parametrize(
    ("path", "parameter", "message"),
    [
        ("he_normal?shape=8,4&layout=soi", "layout", "soi has 3 letters, and the shape has 2 axes"),
        ("he_normal?shape=8,4&layout=ab", "layout", "one letter an axis in stored order"),
        ("he_normal?shape=8,4&layout=", "layout", "one letter an axis in stored order"),
        ("orthogonal?shape=8,4,2&layout=oi", "layout", "oi has 2 letters"),
        ("lecun_uniform?shape=3,3,64,1&layout=in_out&groups=64", "groups", "layout=kkso"),
        ("he_normal?shape=8,4&gates=5,2", "gates", "5,2 are 7 units together, and the out axis has 8"),
        ("he_normal?shape=8,4&gates=", "gates", "the size of each gate"),
        ("he_normal?shape=8,4&gates=0,8", "gates", "the size of each gate"),
        ("he_normal?shape=8,4&gates=4,-4,8", "gates", "the size of each gate"),
        ("he_normal?shape=8,4&gates=4,,4", "gates", "the size of each gate"),
        ("he_normal?shape=8&layout=o&gates=4,4", "gates", "rank 2 or more"),
        ("he_normal?shape=100,4&gates=" + ",".join("1" * 100), "gates", "has 100 sizes; give 1 to 64"),
        ("he_normal?shape=8,4&in_axis=1&layout=oi", "in_axis", "give either it or layout"),
        ("he_normal?shape=8,4&in_axis=2", "in_axis", "2 is out of bounds for a shape of 2 axes"),
        ("he_normal?shape=8,4&in_axis=0&out_axis=0", "out_axis", "axis 0 is named by in_axis and by out_axis"),
        ("he_normal?shape=8,4&batch_axis=0", "batch_axis", "in_axis is -2 where it is not given"),
        ("he_normal?shape=8,4&in_axis=a", "in_axis", "must be the number of an axis"),
        ("he_normal?shape=8&in_axis=0", "in_axis", "out_axis is -1 where it is not given"),
        ("he_normal?shape=&in_axis=&out_axis=", "shape", "needs two axes"),
        ("normal?shape=8,4&in_axis=0", "in_axis", "takes no such parameter"),
        ("dirac?shape=8,4,3&layout=soi", "layout", "1 to 3 kernel axes"),
        ("delta_orthogonal?shape=8,4,3&layout=soi", "layout", "1 to 3 kernel axes"),
        ("bilinear?shape=8,4,3&layout=soi", "layout", "needs kernel axes"),
        ("icnr?shape=8,4,3&layout=ooi", "layout", "needs kernel axes"),
        ("icnr?shape=8,4,3,3&layout=ooik", "layout", "one out axis"),
    ],
)
def test_axes_that_cannot_be_are_refused_where_they_are_wrong(client, path, parameter, message):
    reply = client.get(f"/weights/{path}")

    assert reply.status_code == 422
    (error,) = (error for error in reply.json()["errors"] if message in error["detail"])
    assert error["parameter"] == parameter


def test_each_expert_has_an_orthogonal_matrix(client):
    for matrix in _array(client, "orthogonal?shape=8,32,32&layout=soi&seed=1"):
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(32), atol=1e-5)


@pytest.mark.parametrize(
    "path", ["bilinear?shape=3,1,4,4", "bilinear?shape=3,1,4,4&groups=3", "bilinear?shape=3,1,1,4,4&layout=soikk"]
)
def test_a_depthwise_upsampling_fills_every_channel(client, path):
    """Every (c, 0) has the kernel, the outer product of 1/4, 3/4, 3/4, 1/4 with itself."""
    line = np.array([0.25, 0.75, 0.75, 0.25])

    np.testing.assert_array_equal(
        _array(client, path).reshape(3, 4, 4), np.broadcast_to(np.outer(line, line), (3, 4, 4))
    )


def test_grouped_upsampling_maps_each_channel_to_itself_within_its_group(client):
    values = _array(client, "bilinear?shape=6,2,1,1&groups=3")

    np.testing.assert_array_equal(values[:, :, 0, 0], np.tile(np.eye(2), (3, 1)))
