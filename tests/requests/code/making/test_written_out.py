"""Python code whose loops, functions and own classes make the layers.

The names are those of `named_parameters()`: nn.Module joins what members are called with points, and nn.Sequential and
nn.ModuleList call theirs by their places (torch/nn/modules/module.py, container.py).
"""

from __future__ import annotations

import pytest

from service.advice.network.context import in_context
from service.requests.advice_request import parse_network
from service.requests.code.making.written_out import write_out
from service.requests.members import Members


def _layers(code):
    network = parse_network(Members({"layers": code}, in_body=True), "", 2000)
    return [layer.layer for layer in in_context(network.layers).layers], network.warnings


def _shapes(code):
    layers, warnings = _layers(code)
    assert warnings == ()
    return {layer.links.name: layer.shape for layer in layers if layer.kind != "normalization"}


APPENDED = """
class MLP(nn.Module):
    def __init__(self, sizes=(784, 256, 128, 10)):
        super().__init__()
        layers = []
        for i in range(len(sizes) - 1):
            layers.append(nn.Linear(sizes[i], sizes[i + 1]))
            if i < len(sizes) - 2:
                layers.append(nn.ReLU())
        self.net = nn.Sequential(*layers)
    def forward(self, x):
        return self.net(x)
"""
PAIRS = """
class MLP(nn.Module):
    def __init__(self, inputs=784, hidden=256, depth=2):
        super().__init__()
        sizes = [inputs] + [hidden] * (depth - 1) + [10]
        self.net = nn.ModuleList([nn.Linear(i, o) for i, o in zip(sizes[:-1], sizes[1:])])
"""
FUNCTION = """
def mlp(sizes, activation=nn.Tanh, output=nn.Identity):
    layers = []
    for j in range(len(sizes) - 1):
        act = activation if j < len(sizes) - 2 else output
        layers += [nn.Linear(sizes[j], sizes[j + 1]), act()]
    return nn.Sequential(*layers)
pi = mlp([8, 64, 4])
"""
WITHIN = """
class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        def block(inputs, outputs, normalize=True):
            layers = [nn.Linear(inputs, outputs)]
            if normalize:
                layers.append(nn.BatchNorm1d(outputs, 0.8))
            return [*layers, nn.LeakyReLU(0.2, inplace=True)]
        self.model = nn.Sequential(*block(100, 128, normalize=False), *block(128, 256), nn.Linear(256, 784), nn.Tanh())
    def forward(self, z):
        return self.model(z)
"""
NAMED = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        for i in range(2):
            self.add_module(f"fc{i}", nn.Linear(64, 64))
            setattr(self, f"norm{i}", nn.LayerNorm(64))
        self.out = nn.Linear(64, 10)
    def forward(self, x):
        for i in range(2):
            x = torch.tanh(getattr(self, f"fc{i}")(x))
        return self.out(x)
"""
CONFIGURED = """
cfgs = {"A": [64, "M", 128, "M"]}
class VGG(nn.Module):
    def __init__(self, name="A"):
        super().__init__()
        self.features = self._make_layers(cfgs[name])
        self.classifier = nn.Linear(128, 10)
    def _make_layers(self, cfg):
        layers, inputs = [], 3
        for x in cfg:
            if x == "M":
                layers += [nn.MaxPool2d(2)]
            else:
                layers += [nn.Conv2d(inputs, x, kernel_size=3, padding=1), nn.ReLU(inplace=True)]
                inputs = x
        return nn.Sequential(*layers)
    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))
"""
KERAS = """
model = keras.Sequential()
model.add(keras.Input(shape=(784,)))
for units in [256, 128]:
    model.add(layers.Dense(units, activation="relu"))
model.add(layers.Dense(10))
"""
FLAX = """
class MLP(nn.Module):
    features: Sequence[int] = (512, 256, 10)
    @nn.compact
    def __call__(self, x):
        for width in self.features[:-1]:
            x = nn.relu(nn.Dense(width)(x))
        return nn.Dense(self.features[-1])(x)
"""


@pytest.mark.parametrize(
    ("code", "shapes"),
    [
        (APPENDED, {"net.0": (256, 784), "net.2": (128, 256), "net.4": (10, 128)}),
        (PAIRS, {"net.0": (256, 784), "net.1": (10, 256)}),
        (FUNCTION, {"0": (64, 8), "2": (4, 64)}),
        (WITHIN, {"model.0": (128, 100), "model.2": (256, 128), "model.5": (784, 256)}),
        (NAMED, {"fc0": (64, 64), "fc1": (64, 64), "out": (10, 64)}),
        (CONFIGURED, {"features.0": (64, 3, 3, 3), "features.3": (128, 64, 3, 3), "classifier": (10, 128)}),
        (KERAS, {"1": (784, 256), "2": (256, 128), "3": (128, 10)}),
        (FLAX, {"Dense_0": (512, 512), "Dense_1": (512, 256), "Dense_2": (256, 10)}),
    ],
    ids=["appended", "pairs", "function", "within", "named", "configured", "keras", "flax"],
)
def test_loops_and_functions_make_the_layers(code, shapes):
    assert _shapes(code) == shapes


@pytest.mark.parametrize("code", [APPENDED, FUNCTION, WITHIN, NAMED, FLAX])
def test_what_follows_each_layer_is_read(code):
    layers, _ = _layers(code)
    first, last = layers[0].activation.name, layers[-1].activation.name

    assert first in {"relu", "tanh", "leaky_relu"}
    assert last == ("tanh" if code is WITHIN else "linear")


RESNET = """
class BasicBlock(nn.Module):
    expansion = 1
    def __init__(self, in_planes, planes, stride=1):
        super(BasicBlock, self).__init__()
        self.conv1 = nn.Conv2d(in_planes, planes, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, kernel_size=3, stride=1, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.shortcut = nn.Sequential()
        if stride != 1 or in_planes != self.expansion * planes:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_planes, self.expansion * planes, kernel_size=1, stride=stride, bias=False),
                nn.BatchNorm2d(self.expansion * planes),
            )
    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += self.shortcut(x)
        return F.relu(out)
class ResNet(nn.Module):
    def __init__(self, block, num_blocks, num_classes=10):
        super(ResNet, self).__init__()
        self.in_planes = 64
        self.conv1 = nn.Conv2d(3, 64, kernel_size=3, stride=1, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = self._make_layer(block, 64, num_blocks[0], stride=1)
        self.layer2 = self._make_layer(block, 128, num_blocks[1], stride=2)
        self.linear = nn.Linear(128 * block.expansion, num_classes)
    def _make_layer(self, block, planes, num_blocks, stride):
        strides = [stride] + [1] * (num_blocks - 1)
        layers = []
        for stride in strides:
            layers.append(block(self.in_planes, planes, stride))
            self.in_planes = planes * block.expansion
        return nn.Sequential(*layers)
    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.layer2(self.layer1(out))
        return self.linear(F.avg_pool2d(out, 4).view(out.size(0), -1))
def ResNet10():
    return ResNet(BasicBlock, [1, 2])
"""


def test_blocks_of_a_class_are_in_the_model_by_their_paths():
    layers, warnings = _layers(RESNET)
    found = {layer.links.name: layer for layer in layers}

    assert warnings == ()
    assert {name: layer.shape for name, layer in found.items() if layer.kind == "conv"} == {
        "conv1": (64, 3, 3, 3),
        "layer1.0.conv1": (64, 64, 3, 3),
        "layer1.0.conv2": (64, 64, 3, 3),
        "layer2.0.conv1": (128, 64, 3, 3),
        "layer2.0.conv2": (128, 128, 3, 3),
        "layer2.0.shortcut.0": (128, 64, 1, 1),
        "layer2.1.conv1": (128, 128, 3, 3),
        "layer2.1.conv2": (128, 128, 3, 3),
    }
    assert [name for name, layer in found.items() if layer.role == "residual_last" and layer.kind == "conv"] == [
        "layer1.0.conv2",
        "layer2.0.conv2",
        "layer2.1.conv2",
    ]
    assert found["layer2.0.shortcut.0"].role == "shortcut"
    assert found["linear"].role == "head"


SEQUENTIAL = """
class ConvBNReLU(nn.Sequential):
    def __init__(self, inputs, outputs, stride=1, groups=1):
        super().__init__(
            nn.Conv2d(inputs, outputs, 3, stride, 1, groups=groups, bias=False), nn.BatchNorm2d(outputs), nn.ReLU6()
        )
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(ConvBNReLU(3, 32, stride=2), ConvBNReLU(32, 32, groups=32))
    def forward(self, x):
        return self.features(x)
"""
WRAPPED = """
class Residual(nn.Module):
    def __init__(self, fn):
        super().__init__()
        self.fn = fn
    def forward(self, x):
        return self.fn(x) + x
class Mixer(nn.Module):
    def __init__(self, dim=256, depth=2):
        super().__init__()
        self.blocks = nn.Sequential(*[
            nn.Sequential(Residual(nn.Sequential(nn.Conv2d(dim, dim, 9, groups=dim), nn.GELU(), nn.BatchNorm2d(dim))))
            for i in range(depth)
        ])
    def forward(self, x):
        return self.blocks(x)
"""
GPT = """
@dataclass
class GPTConfig:
    vocab_size: int = 50304
    n_layer: int = 2
    n_embd: int = 768
    bias: bool = False
class LayerNorm(nn.Module):
    def __init__(self, ndim, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(ndim))
        self.bias = nn.Parameter(torch.zeros(ndim)) if bias else None
class MLP(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.c_fc = nn.Linear(config.n_embd, 4 * config.n_embd, bias=config.bias)
        self.gelu = nn.GELU()
        self.c_proj = nn.Linear(4 * config.n_embd, config.n_embd, bias=config.bias)
    def forward(self, x):
        return self.c_proj(self.gelu(self.c_fc(x)))
class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_2 = LayerNorm(config.n_embd, bias=config.bias)
        self.mlp = MLP(config)
    def forward(self, x):
        return x + self.mlp(self.ln_2(x))
class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        assert config.vocab_size is not None
        self.transformer = nn.ModuleDict(dict(
            wte=nn.Embedding(config.vocab_size, config.n_embd),
            h=nn.ModuleList([Block(config) for _ in range(config.n_layer)]),
        ))
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.transformer.wte.weight = self.lm_head.weight
        for pn, p in self.named_parameters():
            if pn.endswith("c_proj.weight"):
                torch.nn.init.normal_(p, mean=0.0, std=0.02 / math.sqrt(2 * config.n_layer))
        print("number of parameters: %.2fM" % (self.get_num_params() / 1e6,))
    def forward(self, idx):
        x = self.transformer.wte(idx)
        for block in self.transformer.h:
            x = block(x)
        return self.lm_head(x)
"""


OVERRIDING = """
class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = self.make()
    def make(self):
        return nn.Linear(4, 8)
class Middle(Base):
    pass
class Net(Middle):
    def __init__(self):
        super().__init__()
        self.out = nn.ModuleList([nn.Linear(16, 2) for _ in range(2)])
    def make(self):
        return nn.Linear(4, 16)
"""


def test_a_class_that_others_are_made_of_calls_the_functions_of_those():
    assert _shapes(OVERRIDING) == {"fc": (16, 4), "out.0": (2, 16), "out.1": (2, 16)}


def test_a_sequential_of_its_own_is_gone_through():
    layers, _ = _layers(SEQUENTIAL)

    assert [layer.links.name for layer in layers] == ["features.0.0", "features.0.1", "features.1.0", "features.1.1"]
    assert [layer.activation.name for layer in layers if layer.kind == "conv"] == ["relu6", "relu6"]


def test_a_wrapper_of_its_own_makes_a_residual_branch():
    layers, _ = _layers(WRAPPED)
    convolutions = [layer for layer in layers if layer.kind == "conv"]

    assert [layer.links.name for layer in convolutions] == ["blocks.0.0.fn.0", "blocks.1.0.fn.0"]
    assert all(layer.description.residual for layer in convolutions)
    assert all(layer.description.normalization == "batch" for layer in convolutions)


def test_a_configuration_has_the_sizes_where_nobody_gives_them():
    layers, warnings = _layers(GPT)
    found = {layer.links.name: layer for layer in layers}

    assert warnings == ()
    assert found["transformer.h.1.mlp.c_fc"].shape == (3072, 768)
    assert found["transformer.h.1.ln_2"].kind == "normalization"
    assert found["transformer.h.1.mlp.c_proj"].role == "mlp_down"
    assert found["transformer.h.1.mlp.c_fc"].description.norm_position == "pre"


KEYS = """
class Block(eqx.Module):
    linear: eqx.nn.Linear
    def __init__(self, dim, key):
        self.linear = eqx.nn.Linear(dim, dim, key=key)
    def __call__(self, x):
        return x + jax.nn.gelu(self.linear(x))
class Net(eqx.Module):
    blocks: list
    def __init__(self, key, dim=64, depth=2):
        keys = jax.random.split(key, depth + 1)
        self.blocks = [Block(dim, k) for k in keys[:-1]]
        self.head = eqx.nn.Linear(dim, 10, key=keys[-1])
    def __call__(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x)
"""


def test_keys_of_jax_are_as_many_as_are_split():
    assert _shapes(KEYS) == {"blocks.0.linear": (64, 64), "blocks.1.linear": (64, 64), "head": (10, 64)}


@pytest.mark.parametrize(
    "code",
    [
        "nn.Sequential(nn.Linear(784, 256), nn.ReLU())",
        "class N(nn.Module):\n    def __init__(self):\n        self.fc = nn.Linear(4, 4)",
        "class N(M):\n    def __init__(self, n):\n        for i in range(n):\n            self.f = nn.Linear(4, 4)",
        "for (auto i : layers) { x = i->forward(x); }",
        "model.append(nn.Linear(4, 4)",
    ],
)
def test_code_without_loops_or_with_unknown_ones_stays(code):
    assert write_out(code) == code


_BEGINNING = "class N(nn.Module):\n    def __init__(self):\n        l = [1]\n"


@pytest.mark.parametrize(
    "code",
    [
        _BEGINNING + "        for i in range(60):\n            l += l\n",
        _BEGINNING + "        for i in range(4000):\n            for j in range(4000):\n                l.append(i)\n",
        _BEGINNING + "        n = 2\n        for i in range(60):\n            n = n ** n\n",
        _BEGINNING + "        s = 'a'\n        for i in range(60):\n            s = f'{s}{s}'\n",
        "class A(nn.Module):\n    def __init__(self):\n        self.a = A()\n",
        "def f(n):\n    return [f(n), f(n)]\nx = f(3)\n",
        "class N(nn.Module):\n    def __init__(self):\n        self.l = [nn.Linear(2, 2) for _ in range(10**9)]\n",
    ],
)
def test_code_that_makes_too_much_is_not_written_out(code):
    assert len(write_out(code)) < 200
