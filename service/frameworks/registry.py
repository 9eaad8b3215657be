"""All frameworks, and what follows from the list: whose layers are known, what each calls parameters."""

from __future__ import annotations

from collections.abc import Mapping

from service.frameworks.burn import BURN
from service.frameworks.caffe import CAFFE
from service.frameworks.caffe2 import CAFFE2
from service.frameworks.candle import CANDLE
from service.frameworks.chainer import CHAINER
from service.frameworks.default_initializer import DefaultInitializer
from service.frameworks.djl import DJL
from service.frameworks.dl4j import DL4J
from service.frameworks.equinox import EQUINOX
from service.frameworks.fastai import FASTAI
from service.frameworks.flax import FLAX
from service.frameworks.flux import FLUX
from service.frameworks.framework import Framework
from service.frameworks.fvcore import FVCORE
from service.frameworks.gomlx import GOMLX
from service.frameworks.gorgonia import GORGONIA
from service.frameworks.gpt_2 import GPT_2
from service.frameworks.gpt_neox import GPT_NEOX
from service.frameworks.haiku import HAIKU
from service.frameworks.jax import JAX
from service.frameworks.jax_random import JAX_RANDOM
from service.frameworks.keras import KERAS
from service.frameworks.lasagne import LASAGNE
from service.frameworks.lux import LUX
from service.frameworks.mamba import MAMBA, MAMBA_2
from service.frameworks.maxtext import MAXTEXT
from service.frameworks.megatron_lm import MEGATRON_LM
from service.frameworks.mindspore import MINDSPORE
from service.frameworks.mlx import MLX
from service.frameworks.mmengine import MMENGINE
from service.frameworks.mup import MUP
from service.frameworks.mxnet import MXNET
from service.frameworks.olmo import OLMO, OLMO_CORE
from service.frameworks.onnx import ONNX
from service.frameworks.paddle import PADDLE
from service.frameworks.papers import PAPERS
from service.frameworks.peft import PEFT
from service.frameworks.positions import FAIRSEQ, MAE, WHISPER
from service.frameworks.pytorch import PYTORCH
from service.frameworks.reservoir_computing_jl import RESERVOIR_COMPUTING_JL
from service.frameworks.reservoirpy import RESERVOIRPY
from service.frameworks.rwkv import RWKV
from service.frameworks.s4 import S4
from service.frameworks.sonnet import SONNET
from service.frameworks.spectral import MUON, NANOTRON, UNIT_SCALING
from service.frameworks.tch import TCH
from service.frameworks.tensorflow import TENSORFLOW
from service.frameworks.tensorflow_1 import TENSORFLOW_1
from service.frameworks.tensorflow_contrib import TENSORFLOW_CONTRIB
from service.frameworks.tensorflow_js import TENSORFLOW_JS
from service.frameworks.tensorflow_tpu import TENSORFLOW_TPU
from service.frameworks.timm import TIMM
from service.frameworks.tinygrad import TINYGRAD
from service.frameworks.torchcvnn import TORCHCVNN
from service.frameworks.torchscale import TORCHSCALE
from service.frameworks.torchtitan import TORCHTITAN
from service.frameworks.torchvision import TORCHVISION
from service.frameworks.transformers import TRANSFORMERS
from service.frameworks.xformers import XFORMERS
from service.frameworks.xlstm import XLSTM

FRAMEWORKS: tuple[Framework, ...] = (
    PYTORCH,
    JAX,
    FLAX,
    KERAS,
    BURN,
    CANDLE,
    TCH,
    FLUX,
    LUX,
    DL4J,
    TIMM,
    MLX,
    PADDLE,
    MINDSPORE,
    MXNET,
    CHAINER,
    LASAGNE,
    TENSORFLOW_1,
    TENSORFLOW_CONTRIB,
    HAIKU,
    EQUINOX,
    SONNET,
    TINYGRAD,
    TENSORFLOW_JS,
    GORGONIA,
    GOMLX,
    DJL,
    MMENGINE,
    FVCORE,
    JAX_RANDOM,
    CAFFE2,
    CAFFE,
    TENSORFLOW,
    ONNX,
    TRANSFORMERS,
    TORCHVISION,
    PEFT,
    FASTAI,
    RESERVOIR_COMPUTING_JL,
    RESERVOIRPY,
    GPT_2,
    MEGATRON_LM,
    GPT_NEOX,
    XFORMERS,
    OLMO,
    OLMO_CORE,
    TORCHTITAN,
    MAXTEXT,
    TORCHSCALE,
    MUP,
    MUON,
    NANOTRON,
    UNIT_SCALING,
    TORCHCVNN,
    TENSORFLOW_TPU,
    S4,
    MAMBA,
    MAMBA_2,
    XLSTM,
    RWKV,
    WHISPER,
    FAIRSEQ,
    MAE,
    *PAPERS,
)
"""In the order in which an entry of the catalogue lists their calls."""

DESCRIBED: Mapping[str, Framework] = {
    framework.name: framework
    for framework in (
        PYTORCH, KERAS, TENSORFLOW, FLAX, JAX, HAIKU, BURN, CANDLE, MLX, FLUX, TRANSFORMERS, TIMM, TORCHVISION,
        TENSORFLOW_JS, PADDLE, EQUINOX, MINDSPORE, TINYGRAD, DL4J, ONNX,
    )
}  # fmt: skip
"""Those whose layers are known, by name, in the order in which requests list them."""

DEFAULT_INITIALIZERS: tuple[type[DefaultInitializer], ...] = tuple(
    dict.fromkeys(framework.default for framework in DESCRIBED.values() if framework.default is not None)
)
"""The entries of the catalogue that make what a framework's layers start with."""


def _parameter_names() -> Mapping[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for framework in FRAMEWORKS:
        for name, same in framework.parameter_names.items():
            names[name] = tuple(dict.fromkeys((*names.get(name, ()), *same)))
    return names


PARAMETER_NAMES = _parameter_names()
"""What frameworks call parameters, in lower case, and the names that mean the same here."""
