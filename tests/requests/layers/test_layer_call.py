"""Constructor calls as people paste them, and sizes by frameworks' names."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.requests.advice_request import parse_layer
from service.requests.faults import InvalidRequest
from service.requests.layers.constructor_call import ConstructorCall
from service.requests.members import Members


def _layer(**members):
    return parse_layer(Members(members, in_body=False), "").layer


# The shapes that the frameworks' own layers have; Keras's is without its inputs, which it learns from the first batch.
CALLS = {
    "nn.Linear(784, 256)": (256, 784),
    "nn.Linear(in_features=784, out_features=10, bias=True)": (10, 784),
    "nn.Conv2d(3, 64, kernel_size=7)": (64, 3, 7, 7),
    "nn.Conv2d(3, 64, 7, 2, 3)": (64, 3, 7, 7),
    "nn.Conv2d(64, 64, (3, 5), groups=64)": (64, 1, 3, 5),
    "nn.Conv1d(in_channels=8, out_channels=16, kernel_size=5)": (16, 8, 5),
    "nn.ConvTranspose2d(64, 32, 4, stride=2)": (64, 32, 4, 4),
    "nn.ConvTranspose2d(64, 32, 4, groups=2)": (64, 16, 4, 4),
    "nn.Embedding(50257, 768)": (50257, 768),
    "nn.LSTM(128, 256)": (1024, 256),
    "nn.GRU(input_size=128, hidden_size=64)": (192, 64),
    "nn.MultiheadAttention(512, 8)": (1536, 512),
    "nn.BatchNorm2d(64)": (64,),
    "nn.GroupNorm(8, 64)": (64,),
    "nn.LayerNorm((768,))": (768,),
    "nn.Bilinear(20, 30, 40)": (40, 20, 30),
    "Dense(784 => 256, relu)": (256, 784),
    "candle_nn::linear(784, 256, vb)": (256, 784),
    "LinearConfig::new(784, 256)": (784, 256),
    "nn::LinearConfig::new(784, 256).with_bias(false).init(&device)": (784, 256),
    "Conv2dConfig::new([3, 64], [7, 7]).with_stride([2, 2])": (64, 3, 7, 7),
    "EmbeddingConfig::new(100, 20)": (100, 20),
    "new DenseLayer.Builder().nIn(784).nOut(250).activation(Activation.RELU).build()": (784, 250),
    "new ConvolutionLayer.Builder(5, 5).nIn(1).stride(1, 1).nOut(20).build()": (20, 1, 5, 5),
    "torch::nn::Conv2dOptions(3, 64, 7).stride(2).bias(false)": (64, 3, 7, 7),
    "torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 64, 7).bias(false))": (64, 3, 7, 7),
    "nn.Linear(784, 256).to(device)": (256, 784),
    "nn.Linear(28 * 28, 256)": (256, 784),
    "nn.Conv2d(4, 64, 3, 1, 1, 1, 2, False)": (64, 2, 3, 3),
    "nn.ConvTranspose2d(64, 32, 4, 2, 1, 0, 2)": (64, 16, 4, 4),
    "nn.Bilinear(in1_features=20, in2_features=30, out_features=40)": (40, 20, 30),
    'nn::linear(&vs / "fc", 784, 256, Default::default())': (256, 784),
    'candle_nn::conv2d(3, 64, 7, cfg, vb.pp("c"))': (64, 3, 7, 7),
    "Dense(784 => 256, relu; bias=false)": (256, 784),
    "nnx.LoRA(784, 8, 256, rngs=rngs)": (784, 8),
    "paddle.nn.Conv2D(3, 64, 7)": (64, 3, 7, 7),
    "Mamba(d_model=256, d_state=32, d_conv=4, expand=2)": (512, 32),
    "MultiHeadAttention(num_heads=8, key_dim=32)": (256, 8, 32),
    "tf.layers.dense({units: 32, inputShape: [50]})": (50, 32),
    "transformers.pytorch_utils.Conv1D(2304, 768)": (768, 2304),
    "self.fc1 = nn.Linear(128, 256)": (256, 128),
    "fc1 = nn.Linear(128, 256)": (256, 128),
    "self.fc1: nn.Module = nn.Linear(128, 256)": (256, 128),
    "let fc1 = LinearConfig::new(128, 256).init(&device);": (128, 256),
    "auto fc1 = torch::nn::Linear(128, 256);": (256, 128),
    'fc1 = register_module("fc1", torch::nn::Linear(128, 256));': (256, 128),
    "DenseLayer fc1 = new DenseLayer.Builder().nIn(784).nOut(250).build();": (784, 250),
    "(fc1): Linear(in_features=128, out_features=256, bias=True)": (256, 128),
    "nn.Linear(128, 256),": (256, 128),
    "nn.Linear(128, 256)  # the first": (256, 128),
    "model.add(layers.Linear(128, 256))": (256, 128),
    "nn.LazyConv2d(64, 3)": (64, 256, 3, 3),
    "nn.LazyConv1d(64, 3, 2)": (64, 256, 3),
    "nn.LazyConvTranspose2d(64, 3)": (256, 64, 3, 3),
    "nn.LazyLinear(10)": (10, 512),
    "torch.nn.LazyLinear(10, False)": (10, 512),
    "Conv1D(nf=2304, nx=768)": (768, 2304),
    "tf.layers.conv2d({inputShape: [28, 28, 1], kernelSize: 5, filters: 8})": (5, 5, 1, 8),
}
IN_ORDER = {
    ("keras", 'Dense(256, activation="relu")'): (512, 256),
    ("keras", "layers.Conv2D(64, (3, 3))"): (3, 3, 256, 64),
    ("keras", "layers.Conv2D(32, (3, 3), input_shape=(28, 28, 1))"): (3, 3, 1, 32),
    ("keras", "Dense(64, input_shape=(784,))"): (784, 64),
    ("keras", "Dense(64, input_dim=784)(x)"): (784, 64),
    ("keras", "Conv2D(filters=64, kernel_size=3, in_channels=3)"): (3, 3, 3, 64),
    ("keras", "DepthwiseConv2D(5)"): (5, 5, 256, 1),
    ("keras", "LSTM(128)"): (128, 512),
    ("flax", "nn.Dense(features=64)"): (512, 64),
    ("flax", "nn.Conv(64, (3, 3))"): (3, 3, 256, 64),
    ("flax", "nn.ConvTranspose(64, (3, 3))"): (3, 3, 256, 64),
    ("flax", "nn.ConvTranspose(64, (3, 3), transpose_kernel=False)"): (3, 3, 256, 64),
    # flax.linen.ConvTranspose: the kernel's last two axes are exchanged.
    ("flax", "nn.ConvTranspose(64, (3, 3), transpose_kernel=True)"): (3, 3, 64, 256),
    ("mlx", "nn.Conv2d(3, 64, 3)"): (64, 3, 3, 3),
    ("flux", "Conv((3, 3), 1 => 16, relu)"): (3, 3, 1, 16),
    ("burn", "Linear(784, 256)"): (784, 256),
    # Hugging Face's Conv1D(nf, nx) has a weight of (nx, nf).
    ("transformers", "Conv1D(2304, 768)"): (768, 2304),
    ("huggingface", "pytorch_utils.Conv1D(nx=768, nf=3072)"): (768, 3072),
    ("transformers", "nn.Conv1d(80, 384, 3)"): (384, 80, 3),
    ("keras", "Conv1D(64, 3)"): (3, 256, 64),
}


@pytest.mark.parametrize(("call", "shape"), CALLS.items())
def test_a_call_makes_the_shape(call, shape):
    assert _layer(layer=call).shape == shape


@pytest.mark.parametrize(("words", "shape"), IN_ORDER.items())
def test_the_shape_is_in_the_frameworks_order(words, shape):
    framework, call = words

    assert _layer(layer=call, framework=framework).shape == shape


def test_what_was_read_is_told():
    layer = _layer(layer='Dense(256, activation="tanh", use_bias=False, name="x", dtype="f", kernel_init="he_normal")')
    told = {"out_features": 256, "activation": "tanh", "bias": False, "current": "he_normal"}

    assert told.items() <= layer.assumed.items()
    assert layer.assumed["unused_arguments"] == ["dtype"]
    assert layer.links.name == "x"
    assert layer.activation.name == "tanh"
    assert layer.description.bias is False


@pytest.mark.parametrize(
    ("activation", "name", "value"),
    [
        ("nn.LeakyReLU(0.2)", "leaky_relu", 0.2),
        ("nn.LeakyReLU(negative_slope=0.2, inplace=True)", "leaky_relu", 0.2),
        ("nn.ELU(alpha=1.5)", "elu", 1.5),
        ("nn.PReLU(init=0.1)", "prelu", 0.1),
        ("nn.GELU(approximate='tanh')", "gelu_tanh", None),
        ("nn.Softmax(dim=1)", "linear", None),
    ],
)
def test_the_call_of_an_activation_is_read(activation, name, value):
    found = _layer(layer="Linear", activation=activation).activation

    assert (found.name, found.value) == (name, value)


SIZES = [
    ({"layer": "Linear", "in_features": "784", "out_features": "256"}, (256, 784)),
    ({"layer": "Conv2d", "in_channels": "3", "out_channels": "64", "kernel_size": "7"}, (64, 3, 7, 7)),
    (
        {"layer": "Conv2D", "in_channels": "3", "filters": "64", "kernel_size": "3,5", "framework": "keras"},
        (3, 5, 3, 64),
    ),
    ({"layer": "Dense", "units": "256", "framework": "keras"}, (512, 256)),
    ({"layer": "LSTM", "units": "64"}, (256, 64)),
]


@pytest.mark.parametrize(("members", "shape"), SIZES, ids=str)
def test_sizes_make_the_shape(members, shape):
    assert _layer(**members).shape == shape


REFUSED = [
    ({"layer": "nn.Linear(784, 256)", "shape": "3,4"}, "in_features"),
    ({"layer": "nn.Linear(784, 256)", "in_features": "3"}, "in_features"),
    ({"layer": "Linear", "units": "3", "out_features": "3"}, "units"),
    ({"layer": "Linear", "kernel_size": "3"}, "kernel_size"),
    ({"layer": "LayerNorm", "in_features": "256"}, "in_features"),
    ({"layer": "Conv2d", "kernel_size": "3,3,3"}, "kernel_size"),
    ({"layer": "nn.Conv2d(3, 64, 3, groups=2)"}, "groups"),
    ({"layer": "nn.Linear(d_model, 256)"}, "layer"),
    ({"layer": "nn.Linear(784, 256"}, "layer"),
    ({"layer": "fc.Linear = x(784, 256"}, "layer"),
    ({"layer": "nn.Linear(784, 256) + nn.Linear(3, 4)"}, "layer"),
    ({"layer": "if True: nn.Linear(784, 256)"}, "layer"),
    ({"layer": "x => nn.Linear(784, 256)"}, "layer"),
    ({"layer": "nn.Linear(0, 256)"}, "in_features"),
    ({"layer": "Linear", "activation": "nn.LeakyReLU(0.2)", "negative_slope": "0.1"}, "negative_slope"),
    ({"layer": "Linear", "padding_idx": "0"}, "padding_idx"),
]


@pytest.mark.parametrize(("members", "parameter"), REFUSED, ids=str)
def test_what_does_not_fit_is_refused(members, parameter):
    with pytest.raises(InvalidRequest) as caught:
        _layer(**members)

    assert parameter in [fault.parameter for fault in caught.value.faults]


@pytest.mark.parametrize("text", ["x" * 8000, "(" * 8000, "Linear(" + "(" * 300, "L(" + "1," * 4000 + ")"])
def test_a_long_text_is_no_call(text):
    assert ConstructorCall.of(text) is None


_ARGUMENT = st.text("0123456789,()[]={}'\"ab =>.-:", max_size=40)


@given(
    st.sampled_from(["Linear", "Conv2d", "LSTM", "GroupNorm", "Bilinear", "MultiheadAttention"]), _ARGUMENT, _ARGUMENT
)
def test_whatever_stands_in_a_call_is_read_or_refused(name, arguments, of_activation):
    with suppress(InvalidRequest):
        assert _layer(layer=f"{name}({arguments})", activation=f"GELU(approximate={of_activation})").shape


@pytest.mark.parametrize("current", ["he", "nn.init.kaiming_normal_(w, mode='fan_out', nonlinearity='relu')"])
def test_the_words_for_what_the_weights_have_now(client, current):
    reply = client.get("/advise", params={"layer": "Linear", "activation": "relu", "current": current})

    assert reply.json()["verdict"]["weights"]["initializer"] == "he_normal"


@pytest.mark.parametrize("layer", ["Linear", "nn.Conv2d(3, 64, 3)", "LSTM"])
@pytest.mark.parametrize("framework", ["pytorch", "keras", "flax"])
def test_default_is_the_frameworks(client, layer, framework):
    answer = client.get("/advise", params={"layer": layer, "current": "default", "framework": framework}).json()

    assert answer["verdict"]["weights"]["std"] == pytest.approx(answer["framework_default"]["weights"]["std"])


def test_default_of_no_framework_asks_for_one(client):
    reply = client.get("/advise", params={"layer": "Linear", "current": "default"})

    assert reply.status_code == 422
    assert "framework" in reply.json()["detail"]


MISTAKES = {
    "nn.Linear(784, 256, biass=False)": "did you mean bias?",
    "nn.Linear(784, 256, foo=3)": "'foo' is not a known argument of nn.Linear",
    "nn.Conv2d(3, 64, kernal_size=7)": "did you mean kernel_size?",
    "nn.Conv2d(3, 64, 7, pading=3)": "did you mean padding?",
    "Dense(256, actvation='relu')": "did you mean activation?",
    "nn.LSTM(10, 20, batchfrist=True)": "did you mean batch_first?",
    "Conv2dConfig::new([3, 64], [7, 7]).with_strid([2, 2])": "did you mean stride?",
    "nn.Linear(784, 256, 128)": "bias must be true or false",
    "nn.Linear(784, 256, True, None, None, 3)": "no place for 3",
    "GCNConv(16, 32, 8)": "no place for 8",
    "nn.Linear(True, 2)": "must be a whole number",
    "nn.Linear(9**9**9, 2)": "in_features must be a whole number",
    "nn.Linear(784, hidden)": "out_features must be a whole number",
    "nn.Linear(784.5, 2)": "in_features must be a whole number",
    "nn.Linear(config.hidden_size, 256)": "in_features must be a whole number",
    "nn.Linear(784, 256, bias=maybe)": "bias must be true or false",
    "nn.Linear(784, 256, bias=)": "bias must be true or false",
    "nn.Conv2d(3, 64, 3, stride=(2, 1))": "the same for all axes",
    "nn.Linear(784, 256, in_features=3)": "says in_features twice",
    "LinearConfig::new(1, 2).with_bias(false).with_bias(true)": "twice",
    "new DenseLayer.Builder().nIn(1).nIn(2).nOut(3).build()": "twice",
    "nn.BatchNorm2d(64, affine=False)": "nothing to initialise",
    "nn.LayerNorm(768, 1e-5, False)": "nothing to initialise",
    "LayerNormalization(scale=False)": "nothing to initialise",
    "DepthwiseConv2D(5, depth_multiplier=2)": "give shape",
    "nn.MultiheadAttention(512, 8, kdim=256)": "role=query",
}


@pytest.mark.parametrize(("call", "said"), MISTAKES.items())
def test_a_mistake_in_a_call_is_told(call, said):
    with pytest.raises(InvalidRequest) as caught:
        _layer(layer=call)

    (fault,) = caught.value.faults
    assert fault.parameter == "layer"
    assert said in fault.detail


# The arguments of torch 2.13's constructors, by inspect.signature, in order.
SIGNATURES = {
    "Linear": ("in_features=4", "out_features=4", "bias=True", "device=None", "dtype=None"),
    "Conv2d": (
        "in_channels=4", "out_channels=4", "kernel_size=3", "stride=1", "padding=0", "dilation=1", "groups=1",
        "bias=True", "padding_mode='zeros'", "device=None", "dtype=None",
    ),
    "ConvTranspose2d": (
        "in_channels=4", "out_channels=4", "kernel_size=3", "stride=1", "padding=0", "output_padding=0", "groups=1",
        "bias=True", "dilation=1", "padding_mode='zeros'", "device=None", "dtype=None",
    ),
    "Embedding": (
        "num_embeddings=4", "embedding_dim=4", "padding_idx=None", "max_norm=None", "norm_type=2.0",
        "scale_grad_by_freq=False", "sparse=False", "_weight=None", "_freeze=False", "device=None", "dtype=None",
    ),
    "EmbeddingBag": (
        "num_embeddings=4", "embedding_dim=4", "max_norm=None", "norm_type=2.0", "scale_grad_by_freq=False",
        "mode='mean'", "sparse=False", "_weight=None", "include_last_offset=False", "padding_idx=None",
    ),
    "LSTM": (
        "input_size=4", "hidden_size=4", "num_layers=1", "bias=True", "batch_first=False", "dropout=0.0",
        "bidirectional=False", "proj_size=None", "device=None", "dtype=None",
    ),
    "RNNCell": ("input_size=4", "hidden_size=4", "bias=True", "nonlinearity='tanh'", "device=None", "dtype=None"),
    "MultiheadAttention": (
        "embed_dim=4", "num_heads=2", "dropout=0.0", "bias=True", "add_bias_kv=False", "add_zero_attn=False",
        "kdim=None", "vdim=None", "batch_first=False", "device=None", "dtype=None",
    ),
    "TransformerEncoderLayer": (
        "d_model=4", "nhead=2", "dim_feedforward=8", "dropout=0.1", "activation='relu'", "layer_norm_eps=1e-05",
        "batch_first=False", "norm_first=False", "bias=True", "device=None", "dtype=None",
    ),
    "LayerNorm": ("normalized_shape=4", "eps=1e-05", "elementwise_affine=True", "bias=True", "device=None"),
    "GroupNorm": ("num_groups=2", "num_channels=4", "eps=1e-05", "affine=True", "device=None", "dtype=None"),
    "BatchNorm2d": (
        "num_features=4", "eps=1e-05", "momentum=0.1", "affine=True", "track_running_stats=True", "device=None",
    ),
    "PReLU": ("num_parameters=1", "init=0.25", "device=None", "dtype=None"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "arguments"), SIGNATURES.items())
def test_arguments_by_their_places_and_by_their_names_are_the_same(name, arguments):
    by_place = _layer(layer=f"nn.{name}({', '.join(each.partition('=')[2] for each in arguments[:9])})")
    by_name = _layer(layer=f"nn.{name}({', '.join(arguments[:9])})")

    assert by_place.shape == by_name.shape
    assert by_place.description.model_dump(exclude={"layer"}) == by_name.description.model_dump(exclude={"layer"})
    assert _layer(layer=f"nn.{name}({', '.join(arguments)})").shape == by_name.shape


@pytest.mark.parametrize("written", ["bias=None", "bias=0", "bias=False", "use_bias=False", "bias_attr=False"])
def test_what_is_false_to_python_switches_a_bias_off(written):
    layer = _layer(layer=f"Linear(784, 256, {written})")

    assert layer.description.bias is False
    assert layer.assumed["bias"] is False


@pytest.mark.parametrize("call", ["nn.Embedding(1000, 64, padding_idx=3)", "nn.Embedding(1000, 64, 3)"])
def test_the_row_that_pads_is_zeros_in_what_is_recommended_and_in_the_default(client, call):
    answer = client.get("/advise", params={"layer": call, "framework": "pytorch"}).json()

    assert answer["recommendation"]["weights"]["parameters"]["padding_idx"] == 3
    assert answer["framework_default"]["weights"]["parameters"]["padding_idx"] == 3
    assert "padding_idx=3" in answer["recommendation"]["weights"]["href"]
    assert client.head(answer["recommendation"]["weights"]["href"]).status_code == 200


def test_the_initializer_of_a_cells_state_is_what_the_answer_is_for():
    call = "LSTM(64, kernel_initializer='he_normal', recurrent_initializer='orthogonal')"
    assumed = _layer(layer=call, framework="keras").assumed

    assert (assumed["current"], assumed["unused_arguments"]) == ("orthogonal", ["kernel_initializer"])


def test_a_row_that_the_embedding_does_not_have_is_refused(client):
    reply = client.get("/advise", params={"layer": "nn.Embedding(1000, 64, padding_idx=5000)"})

    assert reply.status_code == 422
    assert "1000 rows" in reply.json()["detail"]


@pytest.mark.parametrize(
    "call",
    ["nn.Linear(784)", "torch.nn.Linear(784)", "nnx.Linear(784)", "eqx.nn.Linear(784)", "nn.Conv2d(64)",
     "LinearConfig::new(784)", "nn.Linear(784, bias=False)"],
)  # fmt: skip
def test_one_size_of_two_is_not_taken_for_the_other(call):
    with pytest.raises(InvalidRequest, match="takes the inputs and the outputs"):
        _layer(layer=call)


@pytest.mark.parametrize(
    ("call", "outputs"),
    [("hk.Linear(64)", 64), ("nn.Dense(64)", 64), ("layers.Conv2D(32, 3)", 32), ("nn.LazyLinear(10)", 10),
     ("nn.Linear(784, out_features=10)", 10), ("nn.Conv2d(3, out_channels=8, kernel_size=5)", 8)],
)  # fmt: skip
def test_one_size_is_the_outputs_of_those_that_take_no_inputs(call, outputs):
    assert _layer(layer=call).out == outputs


@pytest.mark.parametrize(
    ("call", "kind", "fans"),
    [
        ("Conv1D(2304, 768)", "dense", (768, 2304)),
        ("Conv1D(3 * 768, 768)", "dense", (768, 2304)),
        ("self.c_attn = Conv1D(2304, 768)", "dense", (768, 2304)),
        ("layers.Conv1D(64, 768)", "conv", (256 * 768, 64 * 768)),
        ("Conv1D(64, 3)", "conv", (256 * 3, 64 * 3)),
        ("Conv1D(64, 63, padding='same')", "conv", (256 * 63, 64 * 63)),
    ],
)
def test_the_matrix_of_gpt_2_is_told_from_a_convolution_by_its_inputs(call, kind, fans):
    layer = _layer(layer=call)

    assert (layer.kind, (layer.fan_in, layer.fan_out)) == (kind, fans)


@pytest.mark.parametrize(
    ("tensor", "shape"),
    [("linear1.weight", (1024, 256)), ("linear2.weight", (256, 1024)), ("self_attn.out_proj.weight", (256, 256))],
)
def test_a_tensor_of_a_transformers_layer_has_the_layers_sizes(tensor, shape):
    layer = _layer(layer="nn.TransformerEncoderLayer(d_model=256, nhead=4, dim_feedforward=1024)", tensor=tensor)

    assert layer.shape == shape


def test_the_feed_forward_part_of_a_transformers_layer_is_as_wide_as_its_library_makes_it():
    layer = _layer(layer="nn.TransformerEncoderLayer(d_model=512, nhead=8)", tensor="linear1.weight")

    assert (layer.shape, layer.assumed["dim_feedforward"]) == ((2048, 512), 2048)


# Flux.jl src/layers/basic.jl, conv.jl, recurrent.jl
@pytest.mark.parametrize(
    "call",
    ["Dense(784 => 256, relu; init=Flux.kaiming_normal)", "Conv((3, 3), 16 => 32, relu, init=Flux.kaiming_normal)"],
)
def test_what_flux_calls_init_is_what_the_weights_have(call):
    found = parse_layer(Members({"layer": call}, in_body=False), "")

    assert found.current.name == "he_normal"
