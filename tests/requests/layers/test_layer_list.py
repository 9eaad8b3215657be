"""Lists of layers as they are pasted from code: activations and what has no weights among them, whole modules."""

from __future__ import annotations

import pytest

from service.advice.network.cost import READING, READING_CALL
from service.requests.advice_request import parse_network
from service.requests.layers.layer_list import reading_seconds
from service.requests.members import Members

SEQUENTIAL = "nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, 10))"

# The same network, by ways to write it: the names of its layers are those of its own code.
SAME = {
    "a module": (SEQUENTIAL, ["0", "3"]),
    "a module in Keras": (
        'keras.Sequential([keras.Input(shape=(784,)), layers.Dense(256, activation="relu"), layers.Dense(10)])',
        ["0", "1"],
    ),
    "an assignment": (f"net = {SEQUENTIAL}", ["0", "3"]),
    "on a device": (f'{SEQUENTIAL}.to("cuda").eval()', ["0", "3"]),
    "with comments": ("nn.Sequential(\n nn.Linear(784, 256), # (one\n nn.ReLU(),\n nn.Linear(256, 10),\n)", ["0", "2"]),
    "on lines": ("nn.Linear(784, 256)\nnn.ReLU()\nnn.Linear(256, 10)\n", ["0", "2"]),
    "printed lines": (
        "(fc1): Linear(in_features=784, out_features=256, bias=True)\n(act): ReLU()\n"
        "(fc2): Linear(in_features=256, out_features=10, bias=True)",
        ["fc1", "fc2"],
    ),
    "added": (
        "model = keras.Sequential()\nmodel.add(layers.Dense(256, 'relu', input_dim=784))\nmodel.add(layers.Dense(10))",
        ["0", "1"],
    ),
    "a class": (
        "class Net(nn.Module):\n  def __init__(self):\n    super().__init__()\n    self.fc1 = nn.Linear(784, 256)\n"
        "    self.act = nn.ReLU()\n    self.fc2 = nn.Linear(256, 10)\n\n  def forward(self, x):\n"
        "    x = self.act(self.fc1(x))\n    return self.fc2(x)\n",
        ["fc1", "fc2"],
    ),
    "with its name": (
        'keras.Sequential(name="net", layers=[layers.Dense(256, "relu", input_dim=784), Dense(10)])',
        ["0", "1"],
    ),
    "named": (
        "nn.Sequential(OrderedDict([('fc1', nn.Linear(784, 256)), ('act', nn.ReLU()), ('fc2', nn.Linear(256, 10))]))",
        ["fc1", "fc2"],
    ),
    "as it is printed": (
        "Sequential(\n  (0): Linear(in_features=784, out_features=256, bias=True)\n  (1): ReLU()\n"
        "  (2): Linear(in_features=256, out_features=10, bias=True)\n)",
        ["0", "2"],
    ),
    "a printed class": (
        "Net(\n  (body): Sequential(\n    (0): Linear(in_features=784, out_features=256, bias=True)\n    (1): ReLU()\n"
        "  )\n  (fc): Linear(in_features=256, out_features=10, bias=True)\n)",
        ["body.0", "fc"],
    ),
    "in Julia": ("Chain(Dense(784 => 256, relu), Dense(256 => 10), softmax)", ["0", "1"]),
    "a list in a text": ("[nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)]", ["0", "2"]),
    "texts": (["nn.Linear(784, 256)", "nn.ReLU()", "nn.Linear(256, 10)"], ["layers.0", "layers.2"]),
    "assignments": (
        ["self.fc1 = nn.Linear(784, 256)", "self.act = nn.ReLU()", {"layer": "self.fc2 = nn.Linear(256, 10)"}],
        ["fc1", "fc2"],
    ),
    "lazy": (["nn.Linear(784, 256)", "nn.ReLU()", "nn.LazyLinear(10)"], ["layers.0", "layers.2"]),
    "a function": (["nnx.Linear(784, 256)", "nnx.relu", "nnx.Linear(256, 10)"], ["layers.0", "layers.2"]),
    "Keras's activation": (["Dense(256, input_dim=784)", "Activation('relu')", "Dense(10)"], ["layers.0", "layers.2"]),
    "objects": (
        [{"layer": "nn.Linear(784, 256)", "name": "a"}, {"layer": "nn.ReLU()"}, {"layer": "nn.Linear(256, 10)"}],
        ["a", "layers.2"],
    ),
    "a module in a list": (
        ["nn.Sequential(nn.Linear(784, 256), nn.ReLU())", {"layer": "nn.Linear(256, 10)", "name": "head"}],
        ["layers.0.0", "head"],
    ),
}  # fmt: skip


def answer_of(client, layers, **members):
    reply = client.post("/advise", json={"layers": layers, **members})
    assert reply.status_code == 200, reply.text
    return reply.json()


def described(answer, member):
    return [layer["layer"].get(member) for layer in answer["layers"]]


@pytest.mark.parametrize(("layers", "names"), SAME.values(), ids=SAME.keys())
def test_a_network_is_understood_however_it_is_pasted(client, layers, names):
    answer = answer_of(client, layers)

    assert described(answer, "name") == names
    assert [(layer["layer"]["fan_in"], layer["layer"]["fan_out"]) for layer in answer["layers"]] == [
        (784, 256),
        (256, 10),
    ]
    assert described(answer, "role") == ["hidden", "head"]
    assert described(answer, "activation") == ["relu", "linear"]
    assert {name.rpartition(".")[0] for name in answer["manifest"]["tensors"]} == set(names)


@pytest.mark.parametrize(
    ("layers", "members", "normalizations"),
    [
        # The normalisation is that of the layer before it, and of none where a nonlinearity is between.
        (["nn.Linear(8, 16)", "nn.BatchNorm1d(16)", "nn.ReLU()", "nn.Linear(16, 2)"], {}, ["batch", "none", "none"]),
        (["nn.Linear(8, 16)", "nn.ReLU()", "nn.BatchNorm1d(16)", "nn.Linear(16, 2)"], {}, ["none", "none", "none"]),
        (["nn.Conv2d(3, 8, 3)", "nn.MaxPool2d(2)", "nn.InstanceNorm2d(8)"], {}, ["instance", "none"]),
    ],
)
def test_an_activation_and_a_normalisation_are_the_layers_before_them(client, layers, members, normalizations):
    answer = answer_of(client, layers, **members)

    assert [layer["assumed"]["normalization"] for layer in answer["layers"]] == normalizations
    assert described(answer, "activation")[0] == "relu"


@pytest.mark.parametrize(
    ("entry", "activation", "parameter"),
    [
        ("nn.LeakyReLU(0.2)", "leaky_relu", {"negative_slope": 0.2}),
        ({"layer": "LeakyReLU", "negative_slope": 0.2}, "leaky_relu", {"negative_slope": 0.2}),
        ("nn.GELU(approximate='tanh')", "gelu_tanh", {}),
        ("nn.ELU(alpha=0.5)", "elu", {"alpha": 0.5}),
        ("nn.GLU(dim=-1)", "glu", {}),
        ("nn.PReLU()", "prelu", {}),
        ("tf.nn.tanh", "tanh", {}),
        ("F.silu", "silu", {}),
    ],
)
def test_an_activation_keeps_its_parameter(client, entry, activation, parameter):
    first = answer_of(client, ["nn.Linear(64, 64)", entry, "nn.LazyLinear(10)"])["layers"][0]

    assert first["layer"]["activation"] == activation
    assert {
        name: first["assumed"].get(name, entry.get(name) if isinstance(entry, dict) else None) for name in parameter
    } == parameter


@pytest.mark.parametrize(
    ("activation", "name"),
    [
        ("NewGELUActivation()", "gelu_tanh"),
        ("PytorchGELUTanh()", "gelu_tanh"),
        ("GELUActivation()", "gelu"),
        ("QuickGELUActivation()", "quick_gelu"),
        ("SiLUActivation()", "silu"),
        ("ReLUSquaredActivation()", "squared_relu"),
    ],
)
def test_blocks_that_are_printed_once_are_as_many_as_they_are(client, activation, name):
    """As PyTorch 2 prints them, with the activations of Hugging Face's transformers."""
    block = (
        f"(up): Linear(in_features=64, out_features=256, bias=True)\n      (act): {activation}\n"
        "      (down): Linear(in_features=256, out_features=64, bias=True)\n"
    )
    printed = f"Model(\n  (layers): ModuleList(\n    (0-11): 12 x Block(\n      {block}    )\n  )\n)"
    answer = answer_of(client, printed)

    assert described(answer, "name") == [f"layers.{number}.{own}" for number in range(12) for own in ("up", "down")]
    assert described(answer, "activation")[0] == name


FLATTENED = [
    # The CNN of Keras's guide to MNIST: 28, 26, 13, 11, 5.
    (
        "keras.Sequential([keras.Input(shape=(28, 28, 1)), layers.Conv2D(32, kernel_size=(3, 3), activation='relu'), "
        "layers.MaxPooling2D(pool_size=(2, 2)), layers.Conv2D(64, kernel_size=(3, 3), activation='relu'), "
        "layers.MaxPooling2D(pool_size=(2, 2)), layers.Flatten(), layers.Dropout(0.5), layers.Dense(10)])",
        1600,
    ),
    ("[Conv2D(8, 3, padding='same', input_shape=(32, 32, 3)), MaxPooling2D(), Flatten(), Dense(10)]", 16 * 16 * 8),
    ("[Conv2D(8, 5, 2, input_shape=(32, 32, 3)), Flatten(), Dense(10)]", 14 * 14 * 8),
    ("[Flatten(input_shape=(28, 28)), Dense(10)]", 784),
    ("[Conv2D(8, 3), GlobalAveragePooling2D(), Dense(10)]", 8),
    ("nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LazyLinear(10))", 8),
    ("nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d((7, 7)), nn.Flatten(), nn.LazyLinear(10))", 49 * 8),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "inputs"), FLATTENED)
def test_a_flattened_map_has_as_many_numbers_as_its_code_says(client, layers, inputs):
    """Counted by the formulas of torch.nn.Conv2d and keras.layers.Conv2D."""
    last = answer_of(client, layers)["layers"][-1]

    assert last["assumed"]["in_features"] == inputs
    assert last["layer"]["fan_in"] == inputs


def test_what_the_weights_have_now_is_said_of_all_layers(client):
    layers = [
        "nn.Linear(784, 256)",
        "nn.BatchNorm1d(256)",
        "nn.ReLU()",
        {"layer": "nn.Linear(256, 10)", "current": "zeros"},
    ]
    answer = answer_of(client, layers, current="normal?std=1")
    initializers = [(layer["verdict"] or {"weights": None})["weights"] for layer in answer["layers"]]

    assert initializers[0]["initializer"] == "normal"
    assert initializers[1] is None
    assert initializers[2]["initializer"] == "zeros"


@pytest.mark.parametrize(
    ("layers", "frameworks"),
    [
        (["nn.Linear(784, 256)", "nn.BatchNorm1d(256)", "nn.Linear(256, 10)"], ["PyTorch"] * 3),
        (["keras.layers.Dense(256)", "tf.keras.layers.Dense(10)"], ["Keras"] * 2),
        (["nn.Dense(256)", "nn.Dense(10)"], ["Flax"] * 2),
    ],
)
def test_default_is_that_of_the_framework_of_the_calls(client, layers, frameworks):
    answer = answer_of(client, layers, current="default")

    assert [layer["framework_default"]["framework"] for layer in answer["layers"]] == frameworks
    assert all(layer["verdict"] is not None for layer in answer["layers"])
    assert all("framework" in layer["assumed"] for layer in answer["layers"])


REFUSED = [
    ("", "layers", ""),
    ("   ", "layers", ""),
    ([], "layers", ""),
    ([3], "layers", ""),
    (["nn.ReLU()"], "layers", "no layer with weights"),
    ("nn.Sequential()", "layers", "no layer with weights"),
    ("nn.Sequential(", "layers", ""),
    ("nn.Linear(784, 256", "layers", ""),
    (["nn.Foo(3)"], "layers", "nn.Foo(3) is not a known layer"),
    (["nn.Linear(784, 256)", {"layer": "nn.Foo(3)"}], "layers/1/layer", "nn.Foo"),
    ("nn.Sequential(nn.Foo(3), nn.ReLU())", "layers", "nn.Foo(3) is not a known layer"),
    (["nn.Linear(784, 256)", {"layer": "nn.ReLU()", "shape": [3]}], "layers/1/shape", "activation"),
    (["nn.Linear(784, 256)", {"layer": "nn.Dropout(0.5)", "role": "head"}], "layers/1/role", "no weights"),
    ([{"layer": SEQUENTIAL, "activation": "relu"}], "layers/0/activation", "one by one"),
    (["nn.Linear(784, 256)", "nn.MaxPool2d(0)", "nn.Conv2d(3, 8, 3, groups=2)"], "layers/2", "groups 2 groups"),
    ("(" * 5000, "layers", ""),
    ("nn.Sequential(" * 3000, "layers", ""),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "pointer", "detail"), REFUSED)
def test_what_is_no_list_of_layers_is_refused_at_its_place(client, layers, pointer, detail):
    reply = client.post("/advise", json={"layers": layers})

    assert reply.status_code == 422, reply.text
    (error,) = reply.json()["errors"]
    assert error["pointer"] == f"/{pointer}"
    assert detail in error["detail"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layers", "count"),
    [
        (["nn.Linear(3, 3)"] * 2001, 2001),
        (["nn.Linear(3, 3)", "nn.ReLU()"] * 1001, 2002),
        ([{"layer": "Linear", "shape": [3, 3]}] * 2001, 2001),
        ("nn.Linear(3, 3), " * 3000, 3000),
        ("nn.Linear(3, 3), nn.ReLU(), " * 1500, 3000),
        ([f"nn.Sequential({'nn.Linear(3, 3), ' * 3000})"], 3000),
        (["nn.Linear(3, 3)", f"nn.Sequential({'nn.Linear(3, 3), ' * 2000})"], 2001),
        ("Net((0-999999): 1000000 x Linear(in_features=3, out_features=3))", 2**13),
        ("A((0-9999): 3 x B(" * 8 + "(a): Linear(in_features=3, out_features=3)" + "))" * 8, 2**13),
    ],
)
def test_more_layers_than_the_limit_are_over_it(client, layers, count):
    """Those of a text that says in a few characters that they are repeated are counted so far."""
    page = client.post("/advise", json={"layers": layers}).json()

    assert (page["type"], page["limit"], page["requested"]) == ("/problems/over-limit", 2000, count)
    assert f"FANIN_MAX_LAYERS={count}" in page["detail"]


@pytest.mark.slow
def test_as_many_layers_as_the_limit_are_not(client):
    assert client.post("/advise", json={"layers": ["nn.Linear(3, 3)", "nn.ReLU()"] * 1000}).status_code == 200


@pytest.mark.parametrize("current", ["foo", {"initializer": 3}, "np.random.randn(784, 256) * 0.01", "normal?std=-1"])
def test_what_no_weights_can_have_is_refused_once(client, current):
    reply = client.post("/advise", json={"layers": ["nn.Linear(784, 256)", "nn.Linear(256, 10)"], "current": current})

    assert reply.status_code == 422
    assert reply.json()["errors"][0]["pointer"].startswith("/current")


def test_the_hint_of_an_activation_keeps_its_number(client):
    reply = client.get("/advise", params={"layer": "nn.LeakyReLU(0.2)"})

    assert "activation=nn.LeakyReLU(0.2)" in reply.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    "text",
    [
        "OrderedDict",
        "Sequential(OrderedDict)",
        "Chain(OrderedDict([axis=Input(3)]), MaxPool2d(2))",
        "OrderedDict(" * 2500 + "nn.Linear(2, 2)" + ")" * 2500,
        "Sequential(OrderedDict" + "a" * 63_000 + ")",
        "Sequential(" * 4000 + "nn.Linear(2, 2)" + ")" * 4000,
    ],
    ids=["word", "inside", "list", "nested", "long", "sequential"],
)
@pytest.mark.parametrize("as_list", [False, True])
def test_what_looks_like_modules_and_is_none_is_refused(client, text, as_list):
    response = client.post("/advise", json={"layers": [text] if as_list else text})

    assert response.status_code == 422


BIASES = {
    "nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 4, 1))": ("0.bias", [8]),
    "nn.Sequential(nn.Embedding(1000, 64), nn.Linear(64, 1000))": ("1.bias", [1000]),
    "nn.Sequential(nn.ConvTranspose2d(3, 8, 4), nn.InstanceNorm2d(8), nn.Tanh())": ("0.bias", [8]),
}


@pytest.mark.parametrize("text", BIASES)
def test_what_a_constructor_makes_is_in_the_manifest_though_the_layer_may_do_without_its_bias(client, text):
    answer = client.post("/advise", json={"layers": text}).json()
    name, shape = BIASES[text]
    tensor = answer["manifest"]["tensors"][name]
    assert (tensor["initializer"], tensor["shape"]) == ("zeros", shape)
    assert any("bias=False" in warning for layer in answer["layers"] for warning in layer["warnings"])


def test_a_constructor_that_is_told_to_make_no_bias_makes_none(client):
    text = "nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 4, 1))"
    assert "0.bias" not in client.post("/advise", json={"layers": text}).json()["manifest"]["tensors"]


def test_attention_that_is_printed_has_all_its_tensors(client):
    linear = "(out_proj): NonDynamicallyQuantizableLinear(in_features=64, out_features=64, bias=True)"
    text = (
        f"Net(\n  (attn): MultiheadAttention(\n    {linear}\n  )\n"
        "  (fc): Linear(in_features=64, out_features=10, bias=True)\n)"
    )
    tensors = client.post("/advise", json={"layers": text}).json()["manifest"]["tensors"]
    assert {name: tensor["shape"] for name, tensor in tensors.items()} == {
        "attn.in_proj_weight": [192, 64],
        "attn.in_proj_bias": [192],
        "attn.out_proj.weight": [64, 64],
        "attn.out_proj.bias": [64],
        "fc.weight": [10, 64],
        "fc.bias": [10],
    }


_BOTTLENECK = [
    "nn.Linear(8, 64)",
    "nn.ReLU()",
    "nn.Linear(64, 16)",
    "nn.Linear(16, 64)",
    "nn.ReLU()",
    "nn.Linear(64, 3)",
]


@pytest.mark.parametrize("layers", [_BOTTLENECK, f"nn.Sequential({', '.join(_BOTTLENECK)})"])
def test_a_layer_that_another_follows_at_once_is_linear_where_activations_are_shown(client, layers):
    found = client.post("/advise", json={"layers": layers}).json()["layers"]
    assert [each["layer"]["activation"] for each in found] == ["relu", "linear", "relu", "linear"]


def test_layers_without_any_activation_shown_have_the_usual_one(client):
    layers = "nn.Sequential(nn.Linear(8, 64), nn.Linear(64, 16), nn.Linear(16, 3))"
    found = client.post("/advise", json={"layers": layers}).json()["layers"]
    assert [each["layer"]["activation"] for each in found] == ["relu", "relu", "linear"]


def test_rotary_embeddings_of_a_printed_model_have_no_weights(client):
    block = (
        "LlamaDecoderLayer(\n (q_proj): Linear(in_features=64, out_features=64, bias=False)\n"
        " (rotary_emb): LlamaRotaryEmbedding()\n)"
    )
    answer = client.post("/advise", json={"layers": f"LlamaModel(\n (layers): ModuleList(\n (0): {block}\n)\n)"})

    assert answer.status_code == 200, answer.text
    assert [layer["layer"]["name"] for layer in answer.json()["layers"]] == ["layers.0.q_proj"]


@pytest.mark.parametrize(
    ("layers", "calls", "objects"),
    [
        ("nn.Linear(3, 3)", 1, 0),
        ("nn.Sequential(nn.Linear(3, 3), nn.ReLU())", 3, 0),
        (["nn.Linear(3, 3)", "nn.ReLU()", "relu"], 2, 1),
        ([{"layer": "Linear"}, {"layer": "nn.Linear(3, 3)"}, {}], 1, 2),
        (["nn.Sequential(" + "nn.Linear(3, 3), " * 3000 + ")"], 2000, 0),
        ("Net((0-31): 32 x Linear(in_features=3, out_features=3))", 2000, 0),
        ([{"layer": "Linear"}] * 3000, 0, 2000),
        (3, 0, 1),
        (None, 0, 1),
    ],
)
def test_the_time_that_reading_takes_is_told_before_it(layers, calls, objects):
    assert reading_seconds(layers, 2000) == pytest.approx(READING_CALL * calls + READING * objects)


FRAMEWORKS = {
    "keras": 'keras.Sequential([keras.Input(shape=(784,)), layers.Dense(256, activation="relu"), layers.Dense(10)])',
    "flax": "nn.Sequential([nnx.Linear(784, 256), nnx.relu, nnx.Linear(256, 10)])",
    "haiku": "[hk.Linear(256), jax.nn.relu, hk.Linear(10)]",
    "pytorch": "nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))",
    "burn": "LinearConfig::new(784, 256)\nRelu::new()\nLinearConfig::new(256, 10)",
    "equinox": "eqx.nn.Sequential([eqx.nn.Linear(784, 256, key=a), jax.nn.relu, eqx.nn.Linear(256, 10, key=b)])",
}  # fmt: skip
STORED = {
    "keras": ("kernel", [256, 10]), "flax": ("kernel", [256, 10]), "haiku": ("w", [256, 10]),
    "pytorch": ("weight", [10, 256]), "burn": ("weight", [256, 10]), "equinox": ("weight", [10, 256]),
}  # fmt: skip


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("as_list", [False, True])
def test_code_says_how_its_framework_stores_and_calls_the_tensors(client, framework, as_list):
    code = FRAMEWORKS[framework]
    answer = answer_of(client, [code] if as_list and "equential" in code else code, current="default")
    tensor, shape = STORED[framework]
    last = answer["layers"][-1]

    assert last["assumed"]["framework"] == framework
    assert (last["layer"]["fan_in"], last["layer"]["shape"]) == (256, shape)
    assert answer["manifest"]["tensors"][f"{last['layer']['name']}.{tensor}"]["shape"] == shape
    assert last["verdict"]["weights"]["std"] > 0.0


def test_a_framework_that_is_given_holds_before_that_of_the_code(client):
    layer = answer_of(client, "nn.Sequential(nn.Linear(784, 256))", framework="keras")["layers"][0]

    assert layer["layer"]["shape"] == [784, 256]
    assert "framework" not in layer["assumed"]


GENERAL = {
    "objects": [
        {"layer": "Linear", "shape": [256, 784]},
        {"layer": "Linear", "shape": [256, 256], "activation": "relu"},
        {"layer": "BatchNorm1d", "shape": [256]},
        {"layer": "Linear", "shape": [256, 256]},
        {"layer": "Linear", "shape": [10, 256]},
    ],
    "code": "nn.Sequential(nn.Linear(784, 256), nn.Linear(256, 256), nn.ReLU(), nn.BatchNorm1d(256), "
    "nn.Linear(256, 256), nn.Linear(256, 10))",
}


@pytest.mark.parametrize("layers", GENERAL.values(), ids=GENERAL.keys())
@pytest.mark.parametrize(("activation", "name"), [("tanh", "tanh"), ("nn.LeakyReLU(0.2)", "leaky_relu")])
def test_an_activation_beside_the_list_is_that_of_layers_that_show_none(client, layers, activation, name):
    """A normalisation has none, and the last layer, which is the output, neither."""
    answer = answer_of(client, layers, activation=activation)

    assert described(answer, "activation") == [name, "relu", "linear", name, "linear"]
    assert described(answer, "role")[-1] == "head"
    assert answer["layers"][0]["assumed"]["activation"] == name
    assert answer["layers"][0]["assumed"].get("negative_slope") == (0.2 if name == "leaky_relu" else None)


def test_one_layer_in_a_list_has_the_activation_beside_it(client):
    assert described(answer_of(client, [{"layer": "Linear"}], activation="gelu"), "activation") == ["gelu"]


def test_heads_queries_and_recurrent_cells_have_no_use_for_an_activation_beside_them(client):
    layers = [{"layer": "LSTM", "units": 8}, {"layer": "q_proj", "shape": [8, 8]}, {"layer": "head", "shape": [3, 8]}]

    assert described(answer_of(client, layers, activation="gelu"), "activation") == ["tanh", "linear", "linear"]


def test_other_members_beside_the_list_are_those_of_layers_with_a_use_for_them(client):
    layers = [
        {"layer": "Linear", "shape": [784, 256]},
        {"layer": "LayerNorm", "shape": [256]},
        {"layer": "MultiheadAttention", "width": 256},
    ]
    answer = answer_of(client, layers, layout="in_out", bias=False, heads=8)

    assert described(answer, "fan_in") == [784, 256, 256]
    assert [layer["assumed"].get("heads") for layer in answer["layers"]] == [None, None, 8]
    assert "layers.0.bias" not in answer["manifest"]["tensors"]
    assert "layers.1.bias" in answer["manifest"]["tensors"]


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"activation": "foo"}, "/activation"),
        ({"activation": "relu", "negative_slope": 0.1}, "/negative_slope"),
        ({"activation_table": {"x": [0, 1], "y": [0, 0]}}, "/activation_table"),
        ({"heads": 0}, "/heads"),
        ({"role": "head"}, "/role"),
    ],
)
def test_what_no_layer_can_be_said_to_have_is_refused_beside_the_list(client, members, pointer):
    reply = client.post("/advise", json={"layers": GENERAL["objects"], **members})

    assert reply.status_code == 422, reply.text
    assert [error["pointer"] for error in reply.json()["errors"]] == [pointer]


UNKNOWN = {
    "nn.Sequential(nn.Conv2d(3, 16, 3), Rearrange('b c h w -> b (c h w)'), nn.Linear(400, 10))": ("1: Rearrange(",),
    "Net(\n (a): Linear(in_features=8, out_features=16, bias=True)\n (gate): MyGate(16)\n"
    " (b): Linear(in_features=32, out_features=4, bias=True)\n)": ("gate: MyGate(16)",),
    "nn.Linear(8, 8)\nx = x + skip\nnn.Linear(8, 4)": ("x: x + skip",),
    "nn.Sequential(nn.Linear(8, 8), nn.Linaer(8, 8), nn.Linear(8, 4))": ("1: nn.Linaer(8, 8)", "did you mean linear"),
    "nn.Sequential(nn.Linear(8, 8), nn.Parameter(torch.zeros(3)), nn.Linear(8, 4))": ("1: nn.Parameter(", "any tensor"),
}


@pytest.mark.parametrize("code", UNKNOWN)
@pytest.mark.parametrize("form", ["json", "text"])
def test_a_line_that_is_not_understood_is_passed_over_and_told(client, code, form):
    reply = client.post("/advise", json={"layers": code, "format": form})

    assert reply.status_code == 200, reply.text
    warnings = " ".join(reply.text.split()) if form == "text" else str(reply.json()["warnings"][0])
    assert all(said in warnings for said in (*UNKNOWN[code], "is passed over"))
    assert form == "text" or reply.json()["warnings"][0]["layers"] == []


def test_an_unknown_line_is_told_once_for_all_that_are_alike(client):
    block = "Block(\n (up): Linear(in_features=8, out_features=8, bias=True)\n (gate): MyGate(16)\n )"
    answer = answer_of(client, f"Net(\n (layers): ModuleList(\n (0-5): 6 x {block}\n )\n)")

    (warning,) = [each["warning"] for each in answer["warnings"] if not each["layers"]]
    assert warning.startswith("layers.0.gate and 5 more: MyGate(16)")


def test_many_unknown_lines_are_told_up_to_a_number(client):
    answer = answer_of(client, "\n".join(f"Foo{number}x(3)" for number in range(40)) + "\nnn.Linear(3, 4)")

    told = [each["warning"] for each in answer["warnings"] if not each["layers"]]
    assert len(told) == 17
    assert told[-1].startswith("24 more lines")


def test_widths_after_a_line_that_is_not_understood_are_not_compared(client):
    unknown, known = (
        answer_of(client, f"nn.Sequential(nn.Linear(8, 16), {between}, nn.Linear(99, 99), nn.Linear(7, 7))")
        for between in ("MyGate(16)", "nn.ReLU()")
    )

    assert [any("do not meet" in each for each in layer["warnings"]) for layer in unknown["layers"]] == [
        False, False, True,
    ]  # fmt: skip
    assert any("do not meet" in each for each in known["layers"][1]["warnings"])


def test_an_object_that_says_that_it_is_a_layer_is_refused_where_it_is_unknown(client):
    reply = client.post("/advise", json={"layers": ["nn.Linear(3, 4)", {"layer": "nn.Foo(3)"}]})

    assert reply.status_code == 422


WRAPPED = {
    "nn.Sequential(spectral_norm(nn.Conv2d(3, 64, 3)), nn.utils.weight_norm(nn.Conv2d(64, 8, 1)))": [[3, 64], [64, 8]],
    "keras.Sequential([layers.TimeDistributed(layers.Dense(10, input_dim=8)), layers.Dense(4)])": [[8, 10], [10, 4]],
    "nn.Sequential(nn.Linear(8, 8), Residual(nn.Sequential(nn.Linear(8, 16), nn.ReLU())), nn.Linear(16, 4))": [
        [8, 8], [8, 16], [16, 4],
    ],
    "nn.Sequential(*[nn.Linear(8, 8) for _ in range(3)], nn.Linear(8, 4))": [[8, 8], [8, 8], [8, 8], [8, 4]],
    "nn.ModuleList([nn.Sequential(nn.Linear(8, 8), nn.ReLU()) for i in range(2)])": [[8, 8], [8, 8]],
    "self.layers = [eqx.nn.Linear(8, 16, key=a), eqx.nn.Linear(16, 4, key=b)]": [[8, 16], [16, 4]],
    "const model = tf.sequential();\nmodel.add(tf.layers.dense({units: 4, inputShape: [8]}));": [[8, 4]],
}  # fmt: skip


@pytest.mark.parametrize("code", WRAPPED)
def test_layers_within_other_calls_are_read(client, code):
    answer = answer_of(client, code)
    sides = [
        [layer["layer"]["fan_in"] / receptive, layer["layer"]["fan_out"] / receptive]
        for layer in answer["layers"]
        for receptive in [9 if layer["layer"]["shape"][2:] == [3, 3] else 1]
    ]

    assert sides == WRAPPED[code]
    assert [each for each in answer["warnings"] if not each["layers"]] == []
    assert len(set(described(answer, "name"))) == len(sides)


@pytest.mark.parametrize("code", ["[nn.Sequential() for _ in range(9999)]", "[nn.Linear(3, 3) for _ in range(999999)]"])
def test_lists_that_a_few_characters_repeat_are_bounded(client, code):
    for _ in range(6):
        code = f"[{code} for _ in range(99999)]"
    reply = client.post("/advise", json={"layers": code})

    assert reply.status_code in {413, 422}


def test_entries_of_a_list_give_numbers_to_names(client):
    answer = answer_of(client, ["hidden = 16", "nn.Linear(8, hidden)", "nn.ReLU()", "nn.Linear(hidden, 4)"])

    assert described(answer, "fan_out") == [16, 4]


FUNCTIONAL = {
    "Keras": "inputs = keras.Input(shape=(784,))\nx = layers.Dense(64, activation='relu')(inputs)\n"
    "x = layers.Dropout(0.5)(x)\noutputs = layers.Dense(10)(x)\n"
    "model = keras.Model(inputs=inputs, outputs=outputs)\nmodel.summary()\n",
    "Keras in a function": "def build(size=64):\n    inputs = keras.Input(shape=(784,))\n"
    "    x = layers.Dense(size, activation='relu')(inputs)\n    outputs = layers.Dense(10)(x)\n"
    "    return keras.Model(inputs, outputs)\n",
    "Flax": "class MLP(nn.Module):\n    features: int = 64\n    @nn.compact\n    def __call__(self, x):\n"
    "        x = nn.Dense(self.features)(x)\n        x = nn.relu(x)\n        return nn.Dense(10)(x)\n",
    "Haiku": "def net(x):\n    x = hk.Linear(64)(x)\n    x = jax.nn.relu(x)\n    return hk.Linear(10)(x)\n",
    "Haiku's module": "class Net(hk.Module):\n    def __call__(self, x):\n        x = hk.Linear(64)(x)\n"
    "        x = jax.nn.relu(x)\n        return hk.Linear(10)(x)\n",
    "PyTorch": 'class Net(nn.Module):\n    """One hidden layer\n\n    (and its output)."""\n'
    "    def __init__(self, hidden: int = 64):\n        super().__init__()\n        self.hidden = hidden\n"
    "        self.fc1 = nn.Linear(784, self.hidden)\n        self.act = nn.ReLU()\n"
    "        self.fc2 = nn.Linear(self.hidden, 10)\n    def forward(self, x):\n"
    "        return self.fc2(self.act(self.fc1(x)))\n",
    "a script": "import torch\nimport torch.nn as nn\nhidden = 8 * 8\nlr = 1e-3\ndevice = 'cuda'\n"
    "model = nn.Sequential(nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, 10))\n"
    "optimizer = torch.optim.Adam(model.parameters(), lr=lr)\nprint(model)\n",
}


@pytest.mark.parametrize("code", FUNCTIONAL.values(), ids=FUNCTIONAL.keys())
def test_code_that_makes_layers_where_it_uses_them_is_read(client, code):
    answer = answer_of(client, code)

    assert described(answer, "fan_out") == [64, 10]
    assert described(answer, "activation") == ["relu", "linear"]
    assert [each for each in answer["warnings"] if not each["layers"]] == []


def test_a_size_without_a_number_is_refused_with_its_name_and_what_to_do(client):
    code = "class Net(nn.Module):\n  def __init__(self, inputs, hidden):\n    self.fc1 = nn.Linear(inputs, hidden)\n"
    detail = client.post("/advise", json={"layers": code}).json()["errors"][0]["detail"]

    assert "inputs and hidden have none" in detail
    assert "inputs = 256" in detail
    assert answer_of(client, f"inputs = 784\nhidden = 256\n{code}")["layers"][0]["layer"]["shape"] == [256, 784]


@pytest.mark.parametrize(
    ("layers", "pointer"),
    [
        ("nn.Sequential(nn.Linear(784, 256), nn.ReLU()", "/layers"),
        (["nn.Linear(784, 256)", "nn.Sequential(nn.Linear(784, 256"], "/layers/1"),
        ("class Net(nn.Module):\n  def __init__(self):\n    self.fc = nn.Linear(784,", "/layers"),
    ],
)
def test_code_that_ends_within_a_bracket_is_refused_with_where_that_was_opened(client, layers, pointer):
    (error,) = client.post("/advise", json={"layers": layers}).json()["errors"]

    assert error["pointer"] == pointer
    assert "ends before the bracket is closed that" in error["detail"]


def test_a_bracket_in_a_comment_is_none(client):
    assert answer_of(client, "nn.Linear(3, 4)  # :(\nnn.Linear(4, 2)")["layers"][1]["layer"]["name"] == "1"


# transformers/activations.py, in version 4.
CLASSES = {
    "MishActivation": "mish", "LinearActivation": "linear", "FastGELUActivation": "gelu_tanh",
    "ClippedGELUActivation": "gelu", "LaplaceActivation": "table", "SiLUActivation": "silu",
}  # fmt: skip


@pytest.mark.parametrize(("name", "activation"), CLASSES.items())
def test_hugging_faces_classes_of_activations_are_understood(client, name, activation):
    answer = answer_of(client, f"nn.Sequential(nn.Linear(8, 8), {name}(), nn.Linear(8, 3))")

    assert described(answer, "activation")[0] == activation


@pytest.mark.parametrize(
    ("layers", "names"),
    [
        (
            "keras.Sequential([layers.Embedding(100, 32), layers.Bidirectional(layers.LSTM(64)), layers.Dense(4)])",
            ["0", "1.forward_lstm", "1.backward_lstm", "2"],
        ),
        (
            ["layers.Embedding(100, 32)", "layers.Bidirectional(layers.LSTM(64, name='a'))", "layers.Dense(4)"],
            ["layers.0", "layers.1.forward_a", "layers.1.backward_a", "layers.2"],
        ),
        (
            "x = layers.Embedding(100, 32)(x)\nx = layers.Bidirectional(layers.LSTM(64), name='b')(x)\n"
            "x = layers.Dense(4)(x)",
            ["0", "1.forward_lstm", "1.backward_lstm", "2"],
        ),
    ],
)
def test_two_directions_are_two_cells_beside_each_other(client, layers, names):
    answer = answer_of(client, layers)
    tensors = answer["manifest"]["tensors"]

    assert described(answer, "name") == names
    assert [tensors[f"{name}.kernel"]["shape"] for name in names[1:]] == [[32, 256], [32, 256], [128, 4]]
    assert not any("do not meet" in str(warning) for warning in answer["warnings"])


def test_a_cell_after_two_directions_takes_what_both_give(client):
    code = (
        "keras.Sequential([layers.Embedding(100, 32), layers.Bidirectional(layers.GRU(64, return_sequences=True)), "
        "layers.Bidirectional(layers.GRU(8))])"
    )
    tensors = answer_of(client, code)["manifest"]["tensors"]

    assert [tensors[f"2.{direction}_gru.kernel"]["shape"] for direction in ("forward", "backward")] == [[128, 24]] * 2


def test_an_addition_in_a_list_is_told(client):
    answer = answer_of(client, "keras.Sequential([layers.Dense(8, input_dim=8), layers.Add(), layers.Dense(2)])")

    assert answer["warnings"][0]["warning"].startswith("1: what is added there")


@pytest.mark.parametrize(
    "lines",
    [
        [
            "self.fc1 = nn.Linear(784, 256)",
            "self.fc2 = nn.Linear(256, 10)",
            "x = F.relu(self.fc1(x))",
            "return self.fc2(x)",
        ],
        [
            "fc1 = nn.Linear(784, 256)",
            "fc2 = nn.Linear(256, 10)",
            "def forward(self, x):",
            "    return self.fc2(F.relu(self.fc1(x)))",
        ],
    ],
)
def test_lines_that_use_layers_are_read_with_those_that_make_them(lines):
    network = parse_network(Members({"layers": lines}, in_body=True), "", 100)
    layers = [each.layer for each in network.layers]

    assert network.warnings == ()
    assert [layer.links.name for layer in layers] == ["fc1", "fc2"]
    assert [layer.activation.name for layer in layers] == ["relu", "linear"]


@pytest.mark.parametrize(
    "code",
    [
        "nn.Sequential([eqx.nn.Conv2d(1, 3, 4, key=k), jax.nn.relu, jnp.ravel, eqx.nn.Linear(1728, 10, key=l)])",
        "using Flux\nmodel = Chain(\n    Dense(784 => 256, relu),\n    Dense(256 => 10),\n)",
        "import haiku as hk\ndef net_fn(x):\n    x = jnp.tanh(hk.Linear(300)(x))\n    return hk.Linear(10)(x)\n"
        "net = hk.transform(net_fn)",
    ],
    ids=["ravel", "using", "transform"],
)
def test_what_has_no_weights_is_no_unknown_layer(code):
    network = parse_network(Members({"layers": code}, in_body=True), "", 100)

    assert network.warnings == ()
    assert len(network.layers) == 2
