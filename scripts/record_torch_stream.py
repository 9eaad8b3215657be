"""Record what torch itself makes after `torch.manual_seed`: `tests/framework_streams/torch/recorded.json`.

Run in an environment with PyTorch: `.venv-peers/bin/python -m scripts.record_torch_stream > FILE`. With `--check FILE`
it fails where torch no longer makes what the file has; `ATEN_CPU_CAPABILITY=avx2` asks for AVX2's kernels.

`--vectors > service/streams/torch/vectors.json` writes the vectors that another implementation is checked with.

A tensor is recorded by the first 16 digits of the SHA-256 of its bytes; bfloat16 ones as float32.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
import sys
import textwrap
from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn

SHAPES = ((1,), (7,), (15,), (16,), (17,), (100,), (3, 3), (4, 4), (33, 47), (5, 3, 2, 2))
LARGE = (1000, 1000)
SEEDS = (0, 42, 2**31 + 5, 2**40 + 7)
DTYPES = ("float32", "float64", "bfloat16", "float16")

CALLS = {
    "uniform_": nn.init.uniform_,
    "uniform_?a=-0.1&b=0.3": lambda w: nn.init.uniform_(w, -0.1, 0.3),
    "normal_": nn.init.normal_,
    "normal_?mean=0.1&std=0.02": lambda w: nn.init.normal_(w, 0.1, 0.02),
    "trunc_normal_": nn.init.trunc_normal_,
    "trunc_normal_?std=0.02": lambda w: nn.init.trunc_normal_(w, std=0.02),
    "trunc_normal_?mean=0.5&std=2&a=-1&b=3": lambda w: nn.init.trunc_normal_(w, 0.5, 2.0, -1.0, 3.0),
}
MATRIX_CALLS = {
    "kaiming_uniform_": nn.init.kaiming_uniform_,
    f"kaiming_uniform_?a={math.sqrt(5)!r}": lambda w: nn.init.kaiming_uniform_(w, a=math.sqrt(5)),
    "kaiming_uniform_?mode=fan_out&nonlinearity=tanh": lambda w: nn.init.kaiming_uniform_(
        w, mode="fan_out", nonlinearity="tanh"
    ),
    "kaiming_normal_": nn.init.kaiming_normal_,
    "kaiming_normal_?nonlinearity=selu": lambda w: nn.init.kaiming_normal_(w, nonlinearity="selu"),
    "xavier_uniform_": nn.init.xavier_uniform_,
    "xavier_uniform_?gain=1.7": lambda w: nn.init.xavier_uniform_(w, gain=1.7),
    "xavier_normal_": nn.init.xavier_normal_,
}
SPARSE_CALLS = {
    "sparse_?sparsity=0.3": lambda w: nn.init.sparse_(w, 0.3),
    "sparse_?sparsity=0.07&std=0.5": lambda w: nn.init.sparse_(w, 0.07, 0.5),
}

# Functions, in torch.nn.init's own words, that draw nothing.
CONSTANT_CALLS = {"eye_": ((5, 7), nn.init.eye_), "dirac_": ((6, 4, 3, 3), nn.init.dirac_)}

# Small tensors, between which a second normal is kept, and others.
CALLS_IN_A_ROW = (
    ("normal_", 3), ("uniform_", 5), ("normal_", 2), ("normal_", 20), ("normal_", 1), ("trunc_normal_", 9),
    ("normal_", 4), ("trunc_normal_", 40), ("uniform_", 2),
)  # fmt: skip

NETWORKS = {
    "twelve": (
        "nn.Conv2d(3, 16, 3)", "nn.BatchNorm2d(16)", "nn.Linear(144, 33)",
        "nn.LSTM(7, 5, num_layers=2, bidirectional=True)", "nn.Embedding(11, 6, padding_idx=2)", "nn.GRU(4, 3)",
        "nn.MultiheadAttention(8, 2)", "nn.TransformerEncoderLayer(8, 2, 16)", "nn.Embedding(3, 2)",
        "nn.Linear(5, 1, bias=False)", "nn.ConvTranspose2d(4, 6, 2)", "nn.Bilinear(3, 4, 5)",
    ),
    "others": (
        "nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 3, norm=nn.LayerNorm(8))",
        "nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16), 2)",
        "nn.Sequential(nn.Conv1d(4, 6, 5, groups=2), nn.ReLU(), nn.Conv3d(2, 4, (1, 2, 3), bias=False))",
        "nn.GroupNorm(2, 4)", "nn.LSTM(7, 5, 2, proj_size=3)", "nn.GRU(4, 3, 2, False)",
        "nn.RNN(6, 4, bidirectional=True)", "nn.LSTMCell(3, 2)", "nn.GRUCell(3, 2, bias=False)", "nn.RNNCell(3, 2)",
        "nn.MultiheadAttention(8, 2, kdim=5, vdim=7, add_bias_kv=True)", "nn.MultiheadAttention(8, 2, bias=False)",
        "nn.ConvTranspose1d(4, 6, 3, groups=2)", "nn.ConvTranspose3d(2, 3, 2)", "nn.LayerNorm((3, 4), bias=False)",
        "nn.RMSNorm(5)", "nn.InstanceNorm2d(3, affine=True, track_running_stats=True)", "nn.PReLU(3, init=0.1)",
        "nn.EmbeddingBag(7, 3)", "nn.Embedding(2, 3, padding_idx=-1)", "nn.Linear(3, 4)",
    ),
    "more": (
        "nn.Transformer(d_model=8, nhead=2, num_encoder_layers=2, num_decoder_layers=2, dim_feedforward=16)",
        "nn.Transformer(8, 2, 1, 1, 16, bias=False)", "nn.Linear(40, 5, dtype=torch.bfloat16)", "nn.SyncBatchNorm(4)",
        "nn.Linear(4 * 2 ** 2, 30 // 7 - 1, device='cpu')", "nn.ModuleList([nn.Linear(3, 4 + i) for i in range(3)])",
        "nn.ModuleDict({'a': nn.Linear(2, 3), 'b': nn.Embedding(3, 5)})", "nn.Dropout1d(0.1)", "nn.CrossEntropyLoss()",
        "nn.Sequential(OrderedDict([('fc', nn.Linear(3, 4)), ('act', nn.ReLU()), ('out', nn.Linear(4, 2))]))",
        "nn.Sequential(*[nn.Linear(2, 2) for _ in range(2)], nn.Tanh())",
        "nn.TransformerEncoderLayer(8, 2, 16, dtype=torch.float64)",
        "nn.EmbeddingBag(7, 3, mode='sum', padding_idx=1)", "nn.LSTM(3, 2, dtype=torch.float16)",
    ),
}  # fmt: skip
"""Modules, as they are written, in the order of their construction."""


_NAMES = {"nn": nn, "torch": torch, "OrderedDict": OrderedDict, "__name__": "code"}

CODE = {
    "gpt": """
        import torch.nn as nn

        class Block(nn.Module):
            def __init__(self, d, heads=2):
                super().__init__()
                self.ln_1 = nn.LayerNorm(d)
                self.attn = nn.MultiheadAttention(d, heads, batch_first=True)
                self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d), nn.Dropout(0.1))

            def forward(self, x):
                return x + self.mlp(self.ln_1(x))

        class GPT(nn.Module):
            def __init__(self, vocabulary=50, d=8, *, layers=2):
                super(GPT, self).__init__()
                self.wte, self.wpe = nn.Embedding(vocabulary, d), nn.Embedding(4, d)
                self.h = nn.ModuleList([Block(d) for _ in range(layers)])
                self.lm_head = nn.Linear(d, vocabulary, bias=False)
    """,
    "vit": """
        class Vit(nn.Module):
            def __init__(self, width: int = 16):
                super().__init__()
                self.cls = nn.Parameter(torch.zeros(1, 1, width))
                self.positions = nn.Parameter(torch.randn(1, 5, width) * 0.02)
                self.scale = nn.Parameter(torch.rand(3), requires_grad=False)
                layer = nn.TransformerEncoderLayer(d_model=width, nhead=2, dim_feedforward=2 * width)
                self.encoder = nn.TransformerEncoder(layer, num_layers=2)
                self.head = nn.Linear(width, 3)

        model = Vit(width=8)
    """,
    "cnn": """
        width = 4
        conv1 = nn.Conv2d(1, width, 3)
        norm = nn.GroupNorm(2, width)
        fc = nn.Linear(width * 5 * 5, 2)
    """,
}
"""Lines of code; what they make is `model`, or the last class, or what has names."""


def _digest(tensor):
    values = tensor.detach()
    array = (values.float() if values.dtype == torch.bfloat16 else values).numpy()
    return hashlib.sha256(array.tobytes()).hexdigest()[:16]


def _of(call, shape, dtype, seed):
    torch.manual_seed(seed)
    return _digest(call(torch.empty(shape, dtype=getattr(torch, dtype))))


def _name(shape):
    return ",".join(map(str, shape))


def _calls(shape):
    matrices = MATRIX_CALLS if len(shape) > 1 else {}
    return {**CALLS, **matrices, **(SPARSE_CALLS if len(shape) == 2 and shape != LARGE else {})}


def _tensors(dtype):
    """Return what each function makes of each shape, by its seeds."""
    found: dict[str, dict[str, str]] = {}
    for shape in (*SHAPES, LARGE):
        seeds = SEEDS if shape != LARGE else SEEDS[1:2]
        for name, call in _calls(shape).items():
            digests = [_of(call, shape, dtype, seed) for seed in seeds]
            found.setdefault(name, {})[_name(shape)] = " ".join(digests)
    return found


def _in_a_row(dtype):
    torch.manual_seed(3)
    functions = {name: getattr(nn.init, name) for name, _ in CALLS_IN_A_ROW}
    return [[name, count, _digest(functions[name](torch.empty(count, dtype=dtype)))] for name, count in CALLS_IN_A_ROW]


def _network(modules):
    torch.manual_seed(42)
    made = nn.Sequential(*(eval(text, dict(_NAMES)) for text in modules))  # noqa: S307 (texts of this file)
    state = {name: _digest(tensor) for name, tensor in made.state_dict().items()}
    # The next words tell where the generator stands.
    return {"modules": list(modules), "state_dict": state, "then": _digest(torch.empty(20).uniform_())}


def _code(text):
    text, names = textwrap.dedent(text).strip(), dict(_NAMES)
    torch.manual_seed(42)
    exec(text, names)  # noqa: S102 (texts of this file)
    made = [value for name, value in names.items() if name not in _NAMES]
    modules = {name: value for name, value in names.items() if isinstance(value, nn.Module)}
    if not modules:
        modules = {"model": [value for value in made if isinstance(value, type)][-1]()}
    several = nn.ModuleDict(modules) if len(modules) > 1 else next(iter(modules.values()))
    return {"modules": text, "state_dict": {name: _digest(tensor) for name, tensor in several.state_dict().items()}}


def record():
    """Return all that is recorded."""
    return {
        "torch": torch.__version__.partition("+")[0],
        "capability": torch.backends.cpu.get_cpu_capability(),
        "libc": " ".join(platform.libc_ver()),
        "written_by": "scripts/record_torch_stream.py",
        "seeds": SEEDS,
        "tensors": {dtype: _tensors(dtype) for dtype in DTYPES},
        "constants": {
            name: [shape, _digest(call(torch.empty(shape)))] for name, (shape, call) in CONSTANT_CALLS.items()
        },
        "in_a_row": {dtype: _in_a_row(getattr(torch, dtype)) for dtype in DTYPES},
        "networks": {name: _network(modules) for name, modules in NETWORKS.items()},
        "code": {name: _code(text) for name, text in CODE.items()},
        "float64_normals": _normals(),
    }  # fmt: skip


def _normals():
    """Return 60 normals in binary64, in hexadecimal: 50 in blocks with a ragged end, and 10 in pairs."""
    found = {}
    for count in (50, 10):
        torch.manual_seed(42)
        found[str(count)] = [value.hex() for value in torch.empty(count, dtype=torch.float64).normal_().tolist()]
    return found


def _bytes(tensor):
    values = tensor.detach()
    return (values.view(torch.int16) if values.dtype == torch.bfloat16 else values).numpy().tobytes()


def _vector(dtype, name, shape, seed):
    torch.manual_seed(seed)
    made = _bytes(_calls(shape)[name](torch.empty(shape, dtype=getattr(torch, dtype))))
    return {
        "call": name,
        "shape": shape,
        "seed": seed,
        "bytes": made[:96].hex(),
        "sha256": hashlib.sha256(made).hexdigest(),
        "is_near": dtype == "float64" and "uniform" not in name,
    }


def vectors():
    """Return what another implementation is checked with: of each tensor its first 96 bytes, little endian."""
    shapes = ((7,), (16,), (17,), (33, 47))
    return {
        "written_by": "scripts/record_torch_stream.py --vectors, by torch " + torch.__version__.partition("+")[0],
        "tensors": {
            dtype: [
                _vector(dtype, name, shape, seed)
                for shape in shapes
                for name in _calls(shape)
                for seed in (SEEDS[1:2] if len(shape) > 1 else SEEDS[1::2])
            ]
            for dtype in DTYPES
        },
        "networks": {name: _network(NETWORKS[name]) for name in ("twelve", "others")},
    }


def main(arguments):
    if arguments == ["--vectors"]:
        sys.stdout.write(json.dumps(vectors(), indent=1) + "\n")
        return 0
    recorded = json.loads(json.dumps(record()))
    if arguments[:1] == ["--check"]:
        known = json.loads(Path(arguments[1]).read_text())
        changed = [key for key in known if key not in {"libc", "capability"} and known[key] != recorded.get(key)]
        return f"torch {recorded['torch']} makes other numbers: {', '.join(changed)}" if changed else 0
    sys.stdout.write(json.dumps(recorded, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
