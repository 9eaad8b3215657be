"""What pasted code says beside its layers: several inputs, weights that are set, biases, summaries."""

from __future__ import annotations

import pytest


def post(client, layers, **members):
    return client.post("/advise", json={"layers": layers, **members})


def answer_of(client, layers, **members):
    response = post(client, layers, **members)
    assert response.status_code == 200, response.text
    return response.json()


def shapes(answer):
    return [layer["layer"]["shape"] for layer in answer["layers"]]


TWO_INPUTS = """
a_in = keras.Input(shape=(16,))
b_in = keras.Input(shape=(8,))
a = layers.Dense(32, activation="relu")(a_in)
b = layers.Dense(64, activation="relu")(b_in)
x = layers.concatenate([a, b])
x = layers.Dense(48, activation="relu")(x)
out = layers.Dense(3, activation="softmax")(x)
"""
WIDE_AND_DEEP = """
inp = Input(shape=(30,))
h = Dense(20, activation="relu")(inp)
h = Dense(10, activation="relu")(h)
c = Concatenate()([inp, h])
out = Dense(1)(c)
"""
TWO_HEADS = """
inputs = keras.Input(shape=(28, 28, 1))
x = layers.Conv2D(16, 3, activation="relu")(inputs)
x = layers.MaxPooling2D(2)(x)
f = layers.Flatten()(x)
d1 = layers.Dense(10, activation="softmax", name="cls")(f)
d2 = layers.Dense(4, name="box")(f)
"""
SKIP = """
inputs = keras.Input((64, 64, 3))
c1 = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
p1 = layers.MaxPooling2D()(c1)
c2 = layers.Conv2D(32, 3, padding="same", activation="relu")(p1)
u1 = layers.Conv2DTranspose(16, 2, strides=2, padding="same")(c2)
m1 = layers.Concatenate()([u1, c1])
c3 = layers.Conv2D(8, 3, padding="same", activation="relu")(m1)
"""
TEXTS = """
q = keras.Input(shape=(None,))
t = keras.Input(shape=(None,))
e1 = layers.Embedding(1000, 64)(q)
e2 = layers.Embedding(2000, 32)(t)
l1 = layers.LSTM(128)(e1)
l2 = layers.LSTM(16)(e2)
x = layers.concatenate([l1, l2])
o = layers.Dense(1, activation="sigmoid")(x)
"""
# Keras builds each kernel for the last axis of what the layer is called with; Concatenate adds these axes up.
FUNCTIONAL = {
    "two inputs": (TWO_INPUTS, [[16, 32], [8, 64], [96, 48], [48, 3]]),
    "wide and deep": (WIDE_AND_DEEP, [[30, 20], [20, 10], [40, 1]]),
    "two heads": (TWO_HEADS, [[3, 3, 1, 16], [13 * 13 * 16, 10], [13 * 13 * 16, 4]]),
    "a skip": (SKIP, [[3, 3, 3, 16], [3, 3, 16, 32], [2, 2, 16, 32], [3, 3, 32, 8]]),
    "texts": (TEXTS, [[1000, 64], [2000, 32], [128, 512], [16, 64], [144, 1]]),
}


@pytest.mark.parametrize(("code", "expected"), FUNCTIONAL.values(), ids=FUNCTIONAL)
def test_a_layer_of_a_functional_model_takes_what_its_variable_has(client, code, expected):
    answer = answer_of(client, code)

    assert shapes(answer) == expected
    assert not any("do not meet" in warning for layer in answer["layers"] for warning in layer["warnings"])


IN_CODE = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 256)
        self.fc2 = nn.Linear(256, 10)
        nn.init.normal_(self.fc1.weight, std=1.0)
        nn.init.zeros_(self.fc1.bias)
        nn.init.zeros_(self.fc2.weight)
    def forward(self, x):
        return self.fc2(torch.tanh(self.fc1(x)))
"""
BY_CLASS = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.fc = nn.Linear(8, 2)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_in")
            elif isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, 0, 3.0)
                nn.init.constant_(m.bias, 0)
    def forward(self, x):
        return self.fc(F.relu(self.conv(x)).mean((2, 3)))
"""
BY_TYPE = """
def init_weights(m):
    if type(m) == nn.Linear:
        nn.init.normal_(m.weight, std=1.0)

net = nn.Sequential(nn.Linear(784, 256), nn.Tanh(), nn.Linear(256, 10))
net.apply(init_weights)
"""


@pytest.mark.parametrize(
    ("code", "judgements"),
    [(IN_CODE, ["reject", "good"]), (BY_CLASS, ["good", "poor"]), (BY_TYPE, ["reject", "reject"])],
    ids=["by name", "by class", "by type"],
)
def test_weights_that_code_sets_are_judged(client, code, judgements):
    answer = answer_of(client, code)

    assert [layer["verdict"]["judgement"] for layer in answer["layers"]] == judgements
    assert answer["warnings"] == []


TWO_LAYERS = """
class Net(nn.Module):
    def __init__(self, s=1):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(256, 256), nn.Linear(256, 256)])
        self.norm = nn.LayerNorm(256)
        self.head = nn.Linear(256, 10)
{}
    def forward(self, x):
        for each in self.layers:
            x = torch.tanh(each(x))
        return self.head(self.norm(x))
"""
BY_STATEMENTS = {
    "in place": ("self.head.weight.data.normal_(0, 3.0)", {"head": 3.0}),
    "in place, all of a class": (
        "for m in self.modules():\n    if isinstance(m, nn.Linear):\n        m.weight.data.normal_(0, 3.0)\n"
        "        m.bias.data.zero_()",
        {"layers.0": 3.0, "layers.1": 3.0, "head": 3.0},
    ),
    "a list": (
        "for layer in self.layers:\n    nn.init.normal_(layer.weight, std=3.0)", {"layers.0": 3.0, "layers.1": 3.0},
    ),
    "a list, numbered": (
        "for i, layer in enumerate(self.layers):\n    trunc_normal_(layer.weight, std=3.0, a=-99, b=99)",
        {"layers.0": 3.0, "layers.1": 3.0},
    ),
    "a part of a list": ("for layer in self.layers[1:]:\n    nn.init.normal_(layer.weight, std=3.0)", {}),
    "those that are named": (
        "nn.init.ones_(self.head.weight)\nfor layer in (self.layers, self.head):\n"
        "    nn.init.normal_(layer.weight, std=3.0)",
        {"layers.0": 3.0, "layers.1": 3.0, "head": 3.0},
    ),
    "as in DCGAN": (
        "for m in self.modules():\n    classname = m.__class__.__name__\n    if classname.find('Linear') != -1:\n"
        "        nn.init.normal_(m.weight.data, 0.0, 3.0)",
        {"layers.0": 3.0, "layers.1": 3.0, "head": 3.0},
    ),
    "all matrices": (
        "for p in self.parameters():\n    if p.dim() > 1:\n        nn.init.normal_(p, 0, 3.0)",
        {"layers.0": 3.0, "layers.1": 3.0, "head": 3.0},
    ),
    "by the ends of names": (
        "for name, p in self.named_parameters():\n    if name.endswith('head.weight'):\n"
        "        torch.nn.init.normal_(p, mean=0.0, std=3.0)",
        {"head": 3.0},
    ),
    "one that is not understood": (
        "for p in self.parameters():\n    if p.dim() > 1:\n        nn.init.normal_(p, 0, 3.0)\n"
        "nn.init.normal_(self.head.weight, std=s)",
        {"layers.0": 3.0, "layers.1": 3.0},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), BY_STATEMENTS.values(), ids=BY_STATEMENTS)
def test_weights_are_set_layer_by_layer_and_in_loops(client, lines, expected):
    """As PyTorch sets them: modules(), parameters() and lists go through the layers so."""
    code = TWO_LAYERS.format("\n".join(f"        {line}" for line in lines.split("\n")))
    answer = answer_of(client, code)
    judged = [layer for layer in answer["layers"] if layer.get("verdict")]
    stds = {layer["layer"]["name"]: layer["verdict"]["weights"]["std"] for layer in judged}

    assert stds == pytest.approx(expected, rel=1e-3)
    assert not any("passed over" in warning for warning in answer["warnings"])


def test_weights_that_only_some_layers_are_set_to_are_no_others(client):
    """As in timm's _init_vit_weights: if name.startswith(head), zeros."""
    code = BY_CLASS.replace(
        "nn.init.normal_(m.weight, 0, 3.0)", "if m is self.fc:\n                    nn.init.zeros_(m.weight)"
    )

    assert answer_of(client, code)["layers"][1].get("verdict") is None


@pytest.mark.parametrize(
    ("call", "warned"),
    [
        ('Dense(256, bias_initializer="zeros")', None),
        ('Dense(256, bias_initializer="ones")', "starts the bias with ones"),
        ("keras.layers.Dense(256, bias_initializer=keras.initializers.Constant(0.01))", "does little harm"),
        ("nn.Dense(256, bias_init=nn.initializers.constant(10.))", "drowns the signal"),
        ('Conv2D(32, 3, bias_initializer="foo")', None),
    ],
)
def test_a_bias_that_a_call_starts_otherwise_is_warned_of(client, call, warned):
    warnings = client.get("/advise", params={"layer": call, "activation": "relu"}).json()["warnings"]

    assert any(warned in each for each in warnings) if warned else not any("bias with" in each for each in warnings)


def test_each_layer_of_a_list_keeps_what_its_bias_starts_with(client):
    code = 'Sequential([Dense(8, input_shape=(8,)), Dense(8, bias_initializer="ones"), Dense(8), Dense(8)])'
    warnings = [layer["warnings"] for layer in answer_of(client, code)["layers"]]

    assert [any("bias with ones" in each for each in of_layer) for of_layer in warnings] == [False, True, False, False]


def test_a_summary_is_refused_with_what_to_paste_instead(client):
    summary = " Layer (type)         Output Shape        Param #\n dense (Dense)        (None, 64)          50240\n"
    response = post(client, summary)

    assert response.status_code == 422
    assert "is a summary" in response.json()["detail"]
    assert "paste the code" in response.json()["detail"]


@pytest.mark.parametrize(("mode", "width"), [('"concat"', 64), ('"sum"', 32), ('"mul"', 32), ("'ave'", 32)])
def test_directions_are_as_wide_together_as_their_merge_mode_says(client, mode, width):
    """keras/src/layers/rnn/bidirectional.py, compute_output_shape: concat doubles the last axis, the others keep it."""
    code = f'keras.Sequential([LSTM(64), Bidirectional(LSTM(32), merge_mode={mode}), Dense(8, activation="relu")])'
    answer = answer_of(client, code)

    assert shapes(answer)[1:3] == [[32, 128], [32, 128]]
    assert shapes(answer)[3] == [width, 8]


def test_directions_that_stay_two_have_no_one_width(client):
    code = 'keras.Sequential([LSTM(64), Bidirectional(LSTM(32), merge_mode=None), Dense(8, activation="relu")])'

    assert "usual number" in answer_of(client, code)["layers"][3]["assumed"]["in_features_from"]


def test_lines_of_candle_without_a_block_are_read(client):
    code = 'let a = candle_nn::linear(784, 100, vs.pp("ln1"))?;\nlet b = candle_nn::linear(100, 10, vs.pp("ln2"))?;'

    assert shapes(answer_of(client, code)) == [[100, 784], [10, 100]]


def test_the_larger_of_a_value_and_zero_is_relu(client):
    code = """
class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = nn.Linear(784, 256)
        self.l2 = nn.Linear(256, 10)
    def __call__(self, x):
        return self.l2(mx.maximum(self.l1(x), 0.0))
"""
    assert answer_of(client, code, framework="mlx")["layers"][0]["layer"]["activation"] == "relu"


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("current=uniform?low=0&high=0.1", "current=uniform%3Flow=0%26high=..."),
        ("current=normal&std=0.1", "current=normal%3Fstd=..."),
    ],
)
def test_a_parameter_that_an_ampersand_cuts_off_is_told_as_one_of_current(client, query, hint):
    problem = client.get(f"/advise?layer=Linear&{query}").json()

    assert hint in problem["detail"]


@pytest.mark.parametrize(
    ("query", "shape"),
    [
        ("layer=LSTM&hidden_size=128&input_size=32&framework=pytorch", [512, 128]),
        ("layer=Embedding&vocab_size=100&embedding_dim=8", [100, 8]),
        ("layer=Linear&input_dim=3&hidden_units=4", [4, 3]),
        ("layer=MultiheadAttention&embed_dim=64&num_heads=8", [192, 64]),
    ],
)
def test_sizes_may_have_the_names_of_constructors_arguments(client, query, shape):
    assert client.get(f"/advise?{query}").json()["layer"]["shape"] == shape


@pytest.mark.parametrize("name", ["initializer", "kernel_initializer", "weight_init"])
def test_what_constructors_call_the_initializer_is_what_there_is(client, name):
    answer = client.get(f"/advise?layer=Linear&activation=relu&{name}=he_normal").json()

    assert answer["verdict"]["judgement"] == "good"


def test_the_value_of_a_critic_is_no_part_of_attention(client):
    """CleanRL's ppo.py: layer_init(nn.Linear(64, 1), std=1.0)."""
    found = client.get("/advise?layer=value&architecture=ppo&shape=1,64").json()["recommendation"]

    assert (found["rule"], found["weights"]["initializer"]) == ("value_head", "orthogonal")


def test_what_is_wrong_with_all_layers_is_pointed_at_where_it_is_said(client):
    problem = post(client, [{"layer": "Linear"}], depth=0).json()

    assert [error["pointer"] for error in problem["errors"]] == ["/depth"]


def test_torchvisions_attention_keeps_pytorchs_own_reset(client):
    """torch/nn/modules/activation.py, MultiheadAttention._reset_parameters: Glorot's on the three as one matrix."""
    query = "layer=MultiheadAttention&embed_dim=768&architecture=vit&framework=torchvision"
    weights = client.get(f"/advise?{query}").json()["recommendation"]["weights"]

    assert weights["std"] == pytest.approx((2.0 / (768 + 3 * 768)) ** 0.5)


BESIDE = {
    "concatenated": ("self.c(torch.cat([self.a(x), self.b(x)], 1))", 56, None),
    "too few": ("self.c(torch.cat([self.a(x), self.b(x)], 1))", 48, "c takes 48 inputs, and a and b give 32 and 24"),
    "one alone": ("self.c(self.a(x)), self.b(x)", 32, None),
    "the other": ("self.c(F.relu(self.b(x))), self.a(x)", 32, "c takes 32 inputs, and b before it gives 24 outputs"),
    "a part of it": ("self.c(torch.chunk(self.a(x), 2, -1)[0]), self.b(x)", 16, None),
}


@pytest.mark.parametrize(("returned", "inputs", "told"), BESIDE.values(), ids=BESIDE)
def test_layers_beside_each_other_meet_what_the_code_gives_them(client, returned, inputs, told):
    layers = {"a": "nn.Linear(16, 32)", "b": "nn.Linear(16, 24)", "c": f"nn.Linear({inputs}, 10)"}
    made = "".join(f"        self.{name} = {call}\n" for name, call in layers.items())
    code = (
        f"class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n{made}"
        f"    def forward(self, x):\n        return {returned}\n"
    )
    found = [each for layer in answer_of(client, code)["layers"] for each in layer["warnings"] if "not meet" in each]

    assert found == [] if told is None else len(found) == 1 and told in found[0]


def test_two_layers_of_keras_take_one_input_where_a_third_takes_both(client):
    code = """
inputs = keras.Input(shape=(16,))
a = layers.Dense(32)(inputs)
b = layers.Dense(24)(inputs)
z = layers.Dense(10)(layers.concatenate([a, b]))
"""
    assert shapes(answer_of(client, code)) == [[16, 32], [16, 24], [56, 10]]
