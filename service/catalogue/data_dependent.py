"""Methods that are no function of a shape and a seed: they need data, or the weights of a trained model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DataDependent:
    """A method that cannot be an entry of the catalogue, and the entry that comes nearest to it."""

    name: str
    needs: str
    nearest: str
    url: str


DATA_DEPENDENT: dict[str, DataDependent] = {
    method.name: method
    for method in (
        DataDependent(
            "lsuv",
            "scales each layer until its activations have unit variance on a batch of data",
            "orthogonal",
            "https://arxiv.org/abs/1511.06422",
        ),
        DataDependent(
            "pissa",
            "takes the principal singular vectors of the weight that is adapted",
            "lora_a",
            "https://arxiv.org/abs/2404.02948",
        ),
        DataDependent(
            "olora", "takes the QR factors of the weight that is adapted", "lora_a", "https://arxiv.org/abs/2406.01775"
        ),
        DataDependent(
            "eva",
            "takes the principal directions of the layer's inputs on a batch of data",
            "lora_a",
            "https://arxiv.org/abs/2410.07170",
        ),
        DataDependent(
            "corda",
            "factorises the adapted weight by the covariance of its inputs",
            "lora_a",
            "https://arxiv.org/abs/2406.05223",
        ),
        DataDependent(
            "loftq", "fits the error of the quantised base weight", "lora_a", "https://arxiv.org/abs/2310.08659"
        ),
    )
}
