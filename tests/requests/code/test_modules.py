"""Code that uses its layers: activations and sums around them, functions of classes, names that code gives."""

from __future__ import annotations

import pytest


def answer_of(client, layers, **members):
    reply = client.post("/advise", json={"layers": layers, **members})
    assert reply.status_code == 200, reply.text
    return reply.json()


def activations(answer):
    return {layer["layer"]["name"]: layer["layer"]["activation"] for layer in answer["layers"]}


def pytorch(layers, forward):
    made = "".join(f"        self.{name} = {call}\n" for name, call in layers.items())
    lines = "".join(f"        {line}\n" for line in forward.split("\n"))
    return (
        f"class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n{made}\n"
        f"    def forward(self, x):\n{lines}"
    )


NESTED = {
    "Flax": (
        "class Net(nn.Module):\n  @nn.compact\n  def __call__(self, x):\n    x = nn.relu(nn.Dense(256)(x))\n"
        "    x = nn.tanh(nn.Dense(64)(x))\n    return nn.Dense(10)(x)\n",
        {"Dense_0": "relu", "Dense_1": "tanh", "Dense_2": "linear"},
    ),
    "Keras": (
        "x = keras.Input(shape=(784,))\nh = keras.activations.tanh(layers.Dense(64)(x))\n"
        "h = layers.ReLU()(layers.Dense(64)(h))\nout = layers.Dense(10)(h)",
        {"0": "tanh", "1": "relu", "3": "linear"},
    ),
    "three deep": (
        "y = tf.nn.selu(layers.Dense(8)(tf.nn.elu(layers.Dense(16, input_dim=4)(x))))\nz = layers.Dense(2)(y)",
        {"0": "elu", "1": "selu", "2": "linear"},
    ),
    "with a parameter": (
        "x = nn.leaky_relu(nn.Dense(8)(x), 0.2)\nx = nn.Dense(3)(x)",
        {"0": "leaky_relu", "1": "linear"},
    ),
    "returned": (
        "class Net(nn.Module):\n  @nn.compact\n  def __call__(self, x):\n    x = nn.silu(nn.Dense(8)(x))\n"
        "    return nn.log_softmax(nn.Dense(3)(x))\n",
        {"Dense_0": "silu", "Dense_1": "linear"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), NESTED.values(), ids=NESTED.keys())
def test_calls_within_calls_are_read_in_the_order_of_evaluation(client, code, expected):
    assert activations(answer_of(client, code)) == expected


_THREE = {"fc1": "nn.Linear(784, 256)", "fc2": "nn.Linear(256, 256)", "fc3": "nn.Linear(256, 10)"}
FORWARD = {
    "nested": (_THREE, "x = torch.tanh(self.fc1(x))\nx = F.silu(self.fc2(x))\nreturn self.fc3(x)", ["tanh", "silu"]),
    "on lines": (
        _THREE,
        "x = self.fc1(x)\nx = torch.sigmoid(x)\nx = self.fc2(x)\nx = F.elu(x)\nreturn self.fc3(x)",
        ["sigmoid", "elu"],
    ),
    "in one": (_THREE, "return self.fc3(torch.relu(self.fc2(F.gelu(self.fc1(x)))))", ["gelu", "relu"]),
    "methods": (_THREE, "x = self.fc1(x).tanh()\nreturn self.fc3(self.fc2(x).relu())", ["tanh", "relu"]),
    "modules": (
        {**_THREE, "act": "nn.SELU()", "drop": "nn.Dropout(0.1)"},
        "x = self.drop(self.act(self.fc1(x)))\nx = self.act(self.drop(self.fc2(x)))\nreturn self.fc3(x)",
        ["selu", "selu"],
    ),
    "none": (_THREE, "return self.fc3(self.fc2(torch.tanh(self.fc1(x))))", ["tanh", "linear"]),
    "between": (
        _THREE,
        "x = F.relu(self.fc1(x.view(-1, 784)))\nx = F.dropout(x, training=self.training)\n"
        "x = F.leaky_relu(self.fc2(x), 0.2)\nreturn F.log_softmax(self.fc3(x), dim=1)",
        ["relu", "leaky_relu"],
    ),
    "shapes of inputs": (
        _THREE,
        "b, c = x.shape\nif self.training:\n    x = F.dropout(x, 0.1)\nh = F.gelu(self.fc1(x.flatten(1)))\n"
        "h = torch.tanh(self.fc2(h))\nlogits = self.fc3(h)\nreturn logits",
        ["gelu", "tanh"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("layers", "forward", "expected"), FORWARD.values(), ids=FORWARD.keys())
def test_activations_are_those_that_forward_applies(client, layers, forward, expected):
    found = activations(answer_of(client, pytorch(layers, forward)))

    assert found == {"fc1": expected[0], "fc2": expected[1], "fc3": "linear"}


OTHERS = {
    "nnx": (
        "class Net(nnx.Module):\n  def __init__(self, rngs):\n    self.a = nnx.Linear(8, 16, rngs=rngs)\n"
        "    self.b = nnx.Linear(16, 2, rngs=rngs)\n  def __call__(self, x):\n    return self.b(jnp.tanh(self.a(x)))\n",
        {"a": "tanh", "b": "linear"},
    ),
    "setup": (
        "class Net(nn.Module):\n  def setup(self):\n    self.a = nn.Dense(16)\n    self.b = nn.Dense(2)\n"
        "  def __call__(self, x):\n    x = jax.nn.silu(self.a(x))\n    return self.b(x)\n",
        {"a": "silu", "b": "linear"},
    ),
    "Keras": (
        "class Net(keras.Model):\n  def __init__(self):\n    super().__init__()\n    self.a = layers.Dense(16)\n"
        "    self.b = layers.Dense(2, activation='softmax')\n"
        "  def call(self, x):\n    return self.b(tf.nn.elu(self.a(x)))\n",
        {"a": "elu", "b": "linear"},
    ),
    "Equinox": (
        "class Net(eqx.Module):\n  a: eqx.nn.Linear\n  b: eqx.nn.Linear\n  def __init__(self, key):\n"
        "    self.a = eqx.nn.Linear(8, 16, key=key)\n    self.b = eqx.nn.Linear(16, 2, key=key)\n"
        "  def __call__(self, x):\n    return jax.vmap(self.b)(jax.nn.gelu(jax.vmap(self.a)(x)))\n",
        {"a": "gelu", "b": "linear"},
    ),
    "a loop": (
        pytorch(
            {"layers": "nn.ModuleList([nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 3)])"},
            "for i, layer in enumerate(self.layers):\n    x = layer(x)\n    if i < len(self.layers) - 1:\n"
            "        x = torch.tanh(x)\nreturn x",
        ),
        {"layers.0": "tanh", "layers.1": "tanh", "layers.2": "linear"},
    ),
    "a slice": (
        pytorch(
            {"layers": "nn.ModuleList([nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 3)])"},
            "for layer in self.layers[:-1]:\n    x = F.mish(layer(x))\nreturn self.layers[-1](x)",
        ),
        {"layers.0": "mish", "layers.1": "mish", "layers.2": "linear"},
    ),
    "a list of names": (
        pytorch({"a": "nn.Linear(8, 8)", "b": "nn.Linear(8, 8)", "c": "nn.Linear(8, 2)"},
                "for layer in [self.a, self.b]:\n    x = F.elu(layer(x))\nreturn self.c(x)"),
        {"a": "elu", "b": "elu", "c": "linear"},
    ),
    "a list with its activations": (
        "class Net(eqx.Module):\n  layers: list\n  def __init__(self, key):\n    self.layers = "
        "[eqx.nn.Linear(8, 4, key=key), jax.nn.gelu, eqx.nn.Linear(4, 2, key=key)]\n"
        "  def __call__(self, x):\n    for layer in self.layers:\n"
        "      x = layer(x)\n    return x\n",
        {"layers.0": "gelu", "layers.2": "linear"},
    ),
    "a function of self": (
        pytorch(
            {"a": "nn.Linear(8, 8)", "act": "F.silu", "b": "nn.Linear(8, 2)"}, "return self.b(self.act(self.a(x)))"
        ),
        {"a": "silu", "b": "linear"},
    ),
    "a default": (
        "class Net(nn.Module):\n  def __init__(self, width=8, activation=torch.tanh):\n"
        "    self.a = nn.Linear(4, width)\n    self.b = nn.Linear(width, 2)\n    self.activation = activation\n"
        "  def forward(self, x):\n    return self.b(self.activation(self.a(x)))\n",
        {"a": "tanh", "b": "linear"},
    ),
    "MindSpore": (
        "class Net(nn.Cell):\n  def __init__(self):\n    super().__init__()\n"
        "    self.a = nn.Dense(4, 8)\n    self.b = nn.Dense(8, 2)\n"
        "  def construct(self, x):\n    return self.b(ops.tanh(self.a(x)))\n",
        {"a": "tanh", "b": "linear"},
    ),
    "a default by name": (
        "class Net(nn.Module):\n  def __init__(self, *, activation=torch.tanh):\n"
        "    self.a = nn.Linear(4, 8)\n    self.b = nn.Linear(8, 2)\n    self.activation = activation\n"
        "  def forward(self, x):\n    return self.b(self.activation(self.a(x)))\n",
        {"a": "tanh", "b": "linear"},
    ),
    "a sequence": (
        pytorch({"net": "nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 4))", "head": "nn.Linear(4, 2)"},
                "return self.head(F.softplus(self.net(x)))"),
        {"net.0": "tanh", "net.2": "softplus", "head": "linear"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), OTHERS.values(), ids=OTHERS.keys())
def test_classes_of_all_frameworks_and_loops_are_followed(client, code, expected):
    assert activations(answer_of(client, code)) == expected


def test_a_residual_sum_makes_a_branch_of_the_layers_that_lead_to_it(client):
    forward = "x = torch.tanh(self.fc1(x))\nx = x + F.silu(self.fc2(x))\nreturn self.fc3(x)"
    layers = answer_of(client, pytorch(_THREE, forward))["layers"]

    assert [layer["assumed"].get("residual", True) for layer in layers] == [False, True, False]
    assert "residual_from" in layers[1]["assumed"]


@pytest.mark.parametrize(
    ("forward", "position"),
    [("x = x + self.b(F.gelu(self.a(self.norm(x))))\nreturn x", "pre"),
     ("h = self.b(F.gelu(self.a(x)))\nx = self.norm(x + h)\nreturn x", "post"),
     ("h = self.norm(x)\nx += self.b(F.gelu(self.a(h)))\nreturn x", "pre")],
)  # fmt: skip
def test_the_normalisation_of_a_branch_is_read(client, forward, position):
    code = pytorch({"norm": "nn.LayerNorm(64)", "a": "nn.Linear(64, 256)", "b": "nn.Linear(256, 64)"}, forward)
    said = client.post("/advise", json={"layers": [{"layer": "LayerNorm", "shape": [64], "name": "norm"}, *(
        {"layer": "Linear", "shape": shape, "name": name, "residual": True, "activation": activation,
         "normalization": "layer", "norm_position": position}
        for name, shape, activation in (("a", [256, 64], "gelu"), ("b", [64, 256], "linear"))
    )]}).json()  # fmt: skip
    found = answer_of(client, code)
    by_name = {layer["layer"]["name"]: layer["recommendation"]["weights"] for layer in found["layers"]}
    expected = {layer["layer"]["name"]: layer["recommendation"]["weights"] for layer in said["layers"]}

    assert {name: weights["std"] for name, weights in by_name.items()} == {
        name: weights["std"] for name, weights in expected.items()
    }


def test_two_heads_that_code_calls_a_mean_and_a_logarithm_of_the_variance_are_such(client):
    code = (
        "class VAE(nn.Module):\n  def __init__(self):\n    super().__init__()\n    self.fc1 = nn.Linear(784, 400)\n"
        "    self.fc21 = nn.Linear(400, 20)\n    self.fc22 = nn.Linear(400, 20)\n    self.fc3 = nn.Linear(20, 400)\n"
        "    self.fc4 = nn.Linear(400, 784)\n"
        "  def encode(self, x):\n    h = torch.tanh(self.fc1(x))\n    return self.fc21(h), self.fc22(h)\n"
        "  def sample(self, mu, logvar):\n    return mu + torch.exp(0.5 * logvar) * torch.randn_like(logvar)\n"
        "  def decode(self, z):\n    return torch.sigmoid(self.fc4(F.elu(self.fc3(z))))\n"
        "  def forward(self, x):\n    mu, logvar = self.encode(x.view(-1, 784))\n"
        "    return self.decode(self.sample(mu, logvar)), mu, logvar\n"
    )
    answer = answer_of(client, code)

    assert [layer["layer"]["role"] for layer in answer["layers"]] == [
        "hidden", "variational_head", "variational_head", "hidden", "reconstruction_head",
    ]  # fmt: skip
    assert list(activations(answer).values()) == ["tanh", "linear", "linear", "elu", "sigmoid"]


@pytest.mark.parametrize(
    ("forward", "told"),
    [
        ("x = mine(self.fc1(x))\nx = F.relu(self.fc2(x))\nreturn self.fc3(x)", "mine(...)"),
        ("x = self.other(self.fc1(x), 3)\nx = F.relu(self.fc2(x))\nreturn self.fc3(x)", "self.other(...)"),
        ("x = F.relu(self.fc2(x))\nreturn self.fc3(x)", "no use of it in forward"),
    ],
)
def test_what_is_not_followed_is_told(client, forward, told):
    layers = answer_of(client, pytorch(_THREE, forward))["layers"]

    assert told in next(each for each in layers if each["layer"]["name"] == "fc1")["assumed"]["activation_from"]
    assert "not understood" not in layers[1]["assumed"]["activation_from"]


_MADE = "class Net(nn.Module):\n def __init__(self):\n  self.a = nn.Linear(8, 3)\n def forward(self, x):\n"
NOT_PYTHON = [
    f"{_MADE}  return self.a(x",
    f"{_MADE}  return @self.a(x)",
    f"{_MADE}  return self.forward(x)",
    f"{_MADE}  return " + "self.a(" * 30 + "x" + ")" * 30,
    f"{_MADE}  return " + "-" * 1500 + "self.a(x)",
    _MADE + "  x = self.f(x) + self.f(x)\n" * 40 + " def f(self, x):\n" + "  x = self.f(x) + self.a(x)\n" * 40,
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("code", NOT_PYTHON)
def test_code_that_cannot_be_followed_is_no_fault_of_the_service(client, code):
    assert client.post("/advise", json={"layers": code}).status_code in {200, 422}


def test_a_model_that_is_called_afterwards_is_no_layer_more(client):
    code = (
        "net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))\nx = torch.randn(4, 784)\ny = net(x)\n"
        "loss = F.cross_entropy(y, t)"
    )
    answer = answer_of(client, code)

    assert answer["warnings"] == answer_of(client, code.split("\n", 1)[0])["warnings"]
    assert list(activations(answer)) == ["0", "2"]


def test_a_class_of_one_sequence_has_its_name_in_those_of_the_tensors(client):
    code = pytorch({"net": "nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2))"}, "return self.net(x)")

    assert list(activations(answer_of(client, code))) == ["net.0", "net.2"]


def test_names_of_flax_count_the_layers_of_each_class_and_heed_those_that_are_given(client):
    code = (
        "class Net(nn.Module):\n  @nn.compact\n  def __call__(self, x):\n    x = nn.Conv(16, (3, 3))(x)\n"
        "    x = nn.relu(x)\n"
        "    x = nn.Dense(256, name='hidden')(x)\n    x = nn.relu(x)\n    x = nn.Dense(64)(x)\n    x = nn.relu(x)\n"
        "    return nn.Dense(10)(x)\n"
    )
    answer = answer_of(client, code)

    assert list(activations(answer)) == ["Conv_0", "hidden", "Dense_0", "Dense_1"]
    assert [layer["layer"]["shape"] for layer in answer["layers"][1:]] == [[16, 256], [256, 64], [64, 10]]


def test_a_list_that_flax_sets_up_has_its_numbers_in_the_names(client):
    code = (
        "class Net(nn.Module):\n  def setup(self):\n    self.layers = [nn.Dense(64), nn.Dense(32), nn.Dense(1)]\n"
        "  def __call__(self, x):\n    for layer in self.layers[:-1]:\n      x = nn.tanh(layer(x))\n"
        "    return self.layers[-1](x)\n"
    )

    assert activations(answer_of(client, code)) == {"layers_0": "tanh", "layers_1": "tanh", "layers_2": "linear"}


def test_a_general_activation_is_that_of_layers_for_which_code_shows_none(client):
    code = pytorch(_THREE, "return self.fc3(self.fc2(torch.tanh(self.fc1(x))))")

    assert activations(answer_of(client, code, activation="gelu")) == {"fc1": "tanh", "fc2": "gelu", "fc3": "linear"}


def test_names_that_calls_give_are_those_of_the_tensors(client):
    code = "keras.Sequential([layers.Dense(8, 'relu', input_dim=4, name='first'), layers.Dense(2, name='out')])"
    answer = answer_of(client, code)

    assert list(answer["manifest"]["tensors"]) == ["first.kernel", "first.bias", "out.kernel", "out.bias"]
    assert all("unused_arguments" not in layer["assumed"] for layer in answer["layers"])


def test_a_name_that_two_calls_give_is_that_of_the_first(client):
    answer = answer_of(client, "nn.Sequential([nn.Dense(8, name='a'), nn.relu, nn.Dense(2, name='a')])")

    assert list(activations(answer)) == ["a", "2"]


def test_members_of_a_class_that_make_nothing_are_no_layers(client):
    code = (
        "class Net(nn.Module):\n  sizes: Sequence[int] = (64, 64)\n  act: str = 'relu'\n  head: nn.Module\n"
        "  @nn.compact\n  def __call__(self, x):\n    return nn.Dense(3)(nn.relu(nn.Dense(8)(x)))\n"
    )
    answer = answer_of(client, code)

    # The outer layer is made first, and has the first name.
    assert activations(answer) == {"Dense_1": "relu", "Dense_0": "linear"}
    assert "not a known layer" not in str(answer["warnings"])


def test_a_residual_network_by_functions_has_its_branches_and_their_ends(client):
    code = (
        "x = keras.Input(shape=(32, 32, 16))\ny = layers.Conv2D(16, 3)(x)\ny = layers.BatchNormalization()(y)\n"
        "y = layers.ReLU()(y)\ny = layers.Conv2D(16, 3)(y)\ny = layers.BatchNormalization()(y)\n"
        "x = layers.add([x, y])\nx = layers.ReLU()(x)\nx = layers.GlobalAveragePooling2D()(x)\nx = layers.Dense(10)(x)"
    )
    layers = answer_of(client, code)["layers"]

    assert [layer["layer"]["role"] for layer in layers] == [
        "hidden", "hidden", "residual_last", "residual_last", "head",
    ]  # fmt: skip
    assert layers[3]["recommendation"]["weights"]["initializer"] == "zeros"


@pytest.mark.slow
def test_code_of_more_than_is_followed_says_nothing_of_activations(client):
    layers = "nn.ModuleList([nn.Linear(8, 8) for _ in range(500)])"
    answer = answer_of(
        client, pytorch({"a": layers}, "for l in self.a:\n    x = torch.tanh(l(x))\n" * 200 + "return x")
    )

    assert answer["layers"][0]["layer"]["activation"] == "relu"
    assert "more code than is followed" in answer["layers"][0]["assumed"]["activation_from"]


def test_an_activation_that_the_code_does_not_have_is_told(client):
    code = (
        "class Net(nn.Module):\n  def __init__(self, activation):\n    self.a = nn.Linear(4, 8)\n"
        "    self.b = nn.Linear(8, 2)\n    self.activation = activation\n  def forward(self, x):\n"
        "    return self.b(self.activation(self.a(x)))\n"
    )
    first = answer_of(client, code)["layers"][0]

    assert first["layer"]["activation"] == "relu"
    assert "not understood: activation" in first["assumed"]["activation_from"]


def test_code_after_a_function_or_a_class_is_in_neither(client):
    net = "net = hk.Sequential([hk.Linear(300), jax.nn.relu, hk.Linear(10)])"
    code = f"def step(params, x):\n    return jnp.tanh(x)\n\n{net}\n"

    assert list(activations(answer_of(client, code)).values()) == ["relu", "linear"]
