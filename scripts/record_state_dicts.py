"""Record which tensors models have: names and shapes in `tests/advice/network/recorded/state_dicts.json`.

Run in an environment with PyTorch, torchvision and transformers:
`.venv-peers/bin/python -m scripts.record_state_dicts > FILE`.
"""

from __future__ import annotations

import json
import sys

import torch
import torchvision
import transformers
from torch import nn


class LeNet(nn.Module):
    """LeNet-5 as its paper has it, with full connections between its maps (LeCun et al. 1998)."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)


class VariationalAutoencoder(nn.Module):
    """Two layers and two heads, two layers back (Kingma and Welling 2013)."""

    def __init__(self):
        super().__init__()
        self.fc1, self.fc_mu, self.fc_logvar = nn.Linear(784, 400), nn.Linear(400, 20), nn.Linear(400, 20)
        self.fc3, self.fc4 = nn.Linear(20, 400), nn.Linear(400, 784)


class SequenceClassifier(nn.Module):
    """Embeddings, a stacked LSTM that reads in both directions, classes."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(1000, 64)
        self.lstm = nn.LSTM(64, 128, num_layers=2, bidirectional=True)
        self.fc = nn.Linear(256, 5)


def _pair(inputs, units):
    return nn.Sequential(
        nn.Conv2d(inputs, units, 3, padding=1, bias=False), nn.BatchNorm2d(units), nn.ReLU(),
        nn.Conv2d(units, units, 3, padding=1, bias=False), nn.BatchNorm2d(units), nn.ReLU(),
    )  # fmt: skip


class UNet(nn.Module):
    """Two scales down and up again, with batch normalisation (Ronneberger et al. 2015)."""

    def __init__(self):
        super().__init__()
        self.inc, self.down1, self.down2 = _pair(3, 16), _pair(16, 32), _pair(32, 64)
        self.up1, self.conv1 = nn.ConvTranspose2d(64, 32, 2, stride=2), _pair(64, 32)
        self.up2, self.conv2 = nn.ConvTranspose2d(32, 16, 2, stride=2), _pair(32, 16)
        self.outc = nn.Conv2d(16, 2, 1)


class Recurrent(nn.Module):
    """The recurrent layers, the attention and the transformer's layers of PyTorch."""

    def __init__(self):
        super().__init__()
        self.gru, self.rnn = nn.GRU(24, 32, num_layers=2), nn.RNN(32, 24, bidirectional=True)
        self.cell, self.bare = nn.LSTMCell(48, 16), nn.LSTM(16, 8, bias=False)
        self.projected = nn.LSTM(8, 20, num_layers=2, proj_size=12)
        self.attention = nn.MultiheadAttention(48, 4)
        self.encoder = nn.TransformerEncoderLayer(48, 4, 96)
        self.decoder = nn.TransformerDecoderLayer(48, 4, 96)


_SMALL_GPT2 = transformers.GPT2Config(n_layer=2, n_embd=48, n_head=4, vocab_size=100, n_positions=32)
_SMALL_LLAMA = transformers.LlamaConfig(
    num_hidden_layers=2, hidden_size=48, intermediate_size=96, num_attention_heads=4, num_key_value_heads=2,
    vocab_size=100, tie_word_embeddings=False,
)  # fmt: skip
_SMALL_MAMBA = transformers.MambaConfig(num_hidden_layers=2, hidden_size=64, vocab_size=100)
_SMALL_MAMBA_2 = transformers.Mamba2Config(
    num_hidden_layers=1, hidden_size=256, num_heads=8, head_dim=64, n_groups=1, state_size=128, vocab_size=100
)

_HERE = f"PyTorch {torch.__version__.partition('+')[0]}"
_VISION = f"torchvision {torchvision.__version__.partition('+')[0]}"
_TRANSFORMERS = f"transformers {transformers.__version__}"

MODELS = {
    "resnet18": (_VISION, torchvision.models.resnet18),
    "resnet50": (_VISION, torchvision.models.resnet50),
    "vit": (_VISION, lambda: torchvision.models.VisionTransformer(32, 8, 2, 4, 48, 96, num_classes=10)),
    "gpt2": (_TRANSFORMERS, lambda: transformers.GPT2LMHeadModel(_SMALL_GPT2)),
    "llama": (_TRANSFORMERS, lambda: transformers.LlamaForCausalLM(_SMALL_LLAMA)),
    "mamba": (_TRANSFORMERS, lambda: transformers.MambaForCausalLM(_SMALL_MAMBA)),
    "mamba2": (_TRANSFORMERS, lambda: transformers.Mamba2ForCausalLM(_SMALL_MAMBA_2)),
    "lenet": (_HERE, LeNet),
    "vae": (_HERE, VariationalAutoencoder),
    "sequence_classifier": (_HERE, SequenceClassifier),
    "unet": (_HERE, UNet),
    "recurrent": (_HERE, Recurrent),
}


def modules_of(model):
    """Return the modules that have tensors of their own, in their order, with the shapes of those."""
    whole = model.state_dict()
    found = []
    for name, module in model.named_modules():
        own = {key.removeprefix(f"{name}.") for key in whole if key.rpartition(".")[0] == name}
        if own:
            shapes = {key: list(whole[f"{name}.{key}" if name else key].shape) for key in sorted(own)}
            found.append({"name": name, "layer": type(module).__name__, "tensors": shapes})
    assert sum(len(module["tensors"]) for module in found) == len(whole)
    return found


def main() -> None:
    """Print the file, one module a line."""
    models = []
    for name, (source, model) in MODELS.items():
        lines = ",\n".join(json.dumps(module) for module in modules_of(model()))
        models.append(f'{json.dumps(name)}: {{"source": {json.dumps(source)}, "modules": [\n{lines}\n]}}')
    sys.stdout.write('{"written_by": "scripts/record_state_dicts.py",\n' + ",\n".join(models) + "\n}\n")


if __name__ == "__main__":
    main()
