"""Schemes that scale with a network's depth: transformers' residual branches, and networks without normalisation."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from service.initializers.entry import (
    LARGEST_NORMAL,
    Built,
    Entry,
    Fan,
    Initializer,
    NonNegative,
    Reference,
    Target,
)
from service.initializers.random import normal_source
from service.initializers.variance_scaling import GLOROT, HE, Distribution, FanScaled
from service.streams.stream import Cut
from service.streams.transforms import log, power
from service.streams.truncation import truncate
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans, Mode
from service.tensors.source import ConstantSource
from service.tensors.spec import Scalar

Layers = Annotated[int, Field(ge=1, le=10**6)]

RADFORD = Reference(
    "Alec Radford, Jeffrey Wu, Rewon Child, David Luan, Dario Amodei, Ilya Sutskever",
    "Language Models are Unsupervised Multitask Learners",
    2019,
    "https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf",
)
SHOEYBI = Reference(
    "Mohammad Shoeybi, Mostofa Patwary, Raul Puri, Patrick LeGresley, Jared Casper, Bryan Catanzaro",
    "Megatron-LM: Training Multi-Billion Parameter Language Models Using Model Parallelism",
    2019,
    "https://arxiv.org/abs/1909.08053",
)
NGUYEN = Reference(
    "Toan Q. Nguyen, Julian Salazar",
    "Transformers without Tears: Improving the Normalization of Self-Attention",
    2019,
    "https://arxiv.org/abs/1910.05895",
)
BLACK = Reference(
    "Sid Black, Stella Biderman, Eric Hallahan, et al.",
    "GPT-NeoX-20B: An Open-Source Autoregressive Language Model",
    2022,
    "https://arxiv.org/abs/2204.06745",
)
GROENEVELD = Reference(
    "Dirk Groeneveld, Iz Beltagy, Pete Walsh, et al.",
    "OLMo: Accelerating the Science of Language Models",
    2024,
    "https://arxiv.org/abs/2402.00838",
)
WANG_DEEPNET = Reference(
    "Hongyu Wang, Shuming Ma, Li Dong, Shaohan Huang, Dongdong Zhang, Furu Wei",
    "DeepNet: Scaling Transformers to 1,000 Layers",
    2022,
    "https://arxiv.org/abs/2203.00555",
)
WANG_MAGNETO = Reference(
    "Hongyu Wang, Shuming Ma, Shaohan Huang, et al.",
    "Foundation Transformers",
    2022,
    "https://arxiv.org/abs/2210.06423",
)
HUANG = Reference(
    "Xiao Shi Huang, Felipe Perez, Jimmy Ba, Maksims Volkovs",
    "Improving Transformer Optimization Through Better Initialization",
    2020,
    "https://proceedings.mlr.press/v119/huang20f.html",
)
ZHANG = Reference(
    "Hongyi Zhang, Yann N. Dauphin, Tengyu Ma",
    "Fixup Initialization: Residual Learning Without Normalization",
    2019,
    "https://arxiv.org/abs/1901.09321",
)


class ResidualScaledNormal(Initializer):
    """GPT-2's and Megatron's normal for the matrices that end a residual branch."""

    layers: Annotated[Layers, Field(description="Layers of the network; each adds to the residual stream.")]
    std: Annotated[NonNegative, Field(description="The standard deviation of the network's other matrices.")] = 0.02
    multiplier: Annotated[
        float, Field(ge=1e-6, le=1e6, description="Branches that each layer adds: 2, attention and feed-forward.")
    ] = 2.0
    width_multiplier: Annotated[
        float, Field(ge=1e-6, le=1e6, description="The width over that at which std was chosen (Megatron's muP).")
    ] = 1.0

    entry: ClassVar[Entry] = Entry(
        name="residual_scaled_normal",
        summary="A normal that shrinks with depth, so that the residual stream's variance does not grow with it.",
        formula="W ~ N(0, σ²), σ = std / sqrt(multiplier · layers · width_multiplier)",
        when="The output projections of attention and feed-forward in GPT-like transformers; the other matrices "
        "have normal?std=0.02.",
        references=(RADFORD, SHOEYBI, BLACK),
        aliases={
            "GPT-2": ("gpt2_residual", "c_proj"), "Megatron-LM": ("scaled_init_method_normal",),
            "GPT-NeoX": ("scaled_normal",),
        },
        traps=(
            "multiplier is 2 in GPT-2, nanoGPT and Megatron-LM; 1 in GPT-NeoX's single_residual_scaled_normal and in "
            "Megatron-LM's hybrid models.",
            "torchtitan's depth_init divides by sqrt(2 (l + 1)) in layer l (from 0): give layers = l + 1.",
        ),
        example="shape=192,768&layers=12&seed=42",
    )  # fmt: skip

    def build(self, target: Target) -> Built:
        std = self.std / math.sqrt(self.multiplier * self.layers * self.width_multiplier)
        facts: dict[str, Scalar] = {
            "layers": self.layers, "multiplier": self.multiplier, "width_multiplier": self.width_multiplier,
            "mean": 0.0, "std": std,
        }  # fmt: skip
        return Built(normal_source(target, 0.0, std), facts, LARGEST_NORMAL * std)


class _OfFans(FanScaled):
    """A scheme of one distribution whose standard deviation is a formula of the fans."""

    distribution: Annotated[Distribution, Field(description="The same standard deviation in another shape.")] = "normal"

    def effective_mode(self) -> Mode:
        return "fan_in"

    def build(self, target: Target) -> Built:
        return self.draw(target, self.distribution)


class SmallInit(_OfFans):
    """Nguyen's and Salazar's SmallInit."""

    width: Annotated[
        Fan | None, Field(description="The model's width d; without it fan_in + 4 fan_out stands for 5 d.")
    ] = None

    entry: ClassVar[Entry] = Entry(
        name="small_init",
        summary="Glorot's scheme with the feed-forward's fan-out everywhere, which makes all matrices as small.",
        formula="Var W = 2 / (5 width), or 2 / (fan_in + 4 fan_out)",
        when="Transformers, the matrices that begin a branch, beside wang_init for those that end one.",
        references=(NGUYEN, BLACK),
        aliases={"GPT-NeoX": ("small_init",), "xformers": ("_small_init_",)},
        traps=(
            "GPT-NeoX draws it normal with the model's width whatever the matrix: give width. xformers draws it "
            "uniform from the matrix's own fans: distribution=uniform. They agree in std for square matrices only.",
        ),
        example="shape=256,256&seed=42",
    )

    def std(self, fans: Fans) -> float:
        fifth = self.width * 5.0 if self.width is not None else fans.of("fan_in") + 4.0 * fans.of("fan_out")
        return math.sqrt(2.0 / fifth)

    def described(self) -> dict[str, Scalar]:
        return {} if self.width is None else {"width": self.width}


class WangInit(_OfFans):
    """GPT-NeoX's and GPT-J's scheme for the matrices that end a residual branch."""

    layers: Annotated[Layers, Field(description="Layers of the network.")]
    width: Annotated[Fan | None, Field(description="The model's width; fan_in without it.")] = None

    entry: ClassVar[Entry] = Entry(
        name="wang_init",
        summary="A normal that shrinks with depth and with the root of the width.",
        formula="σ = 2 / (layers · sqrt(width))",
        when="The output projections of attention and feed-forward, beside small_init for the others.",
        references=(BLACK,),
        aliases={"GPT-NeoX": ("wang_init",)},
        traps=("GPT-NeoX takes the model's width for the feed-forward's output too, whose fan_in is four times it.",),
        example="shape=256,256&layers=24&seed=42",
    )

    def std(self, fans: Fans) -> float:
        return 2.0 / (self.layers * math.sqrt(fans.of("fan_in") if self.width is None else self.width))

    def described(self) -> dict[str, Scalar]:
        width: dict[str, Scalar] = {} if self.width is None else {"width": self.width}
        return {"layers": self.layers, **width}


class Mitchell(FanScaled):
    """OLMo's scheme "mitchell"."""

    layer: Annotated[
        int | None,
        Field(ge=0, le=10**6, description="Which layer, from 0, for a matrix that ends a branch; none for others."),
    ] = None
    cutoff: Annotated[float, Field(ge=0.01, le=100, description="Where the normal is cut, in standard deviations.")] = (
        3.0
    )

    entry: ClassVar[Entry] = Entry(
        name="mitchell",
        summary="LeCun's variance, and for what ends a branch one that falls with the layer's own depth.",
        formula="σ = 1 / sqrt(fan_in), or 1 / sqrt(2 fan_in (layer + 1)); cut at ±cutoff σ",
        when="Transformers without normalisation of the branches' outputs, as OLMo was trained.",
        references=(GROENEVELD,),
        aliases={"OLMo": ("mitchell",)},
        traps=("The cut is not corrected for: at 3 sigmas the values have 0.9866 of σ.",),
        example="shape=256,1024&layer=3&seed=42",
    )

    def effective_mode(self) -> Mode:
        return "fan_in"

    def std(self, fans: Fans) -> float:
        depth = 1.0 if self.layer is None else 2.0 * (self.layer + 1)
        return 1.0 / math.sqrt(depth * fans.of("fan_in"))

    def described(self) -> dict[str, Scalar]:
        layer: dict[str, Scalar] = {} if self.layer is None else {"layer": self.layer}
        return {**layer, "cutoff": self.cutoff}

    def build(self, target: Target) -> Built:
        built = self.draw(target, "normal")
        if isinstance(built.source, ConstantSource):
            return built
        before = self.std(self.fans(target))
        truncation = truncate(-self.cutoff, self.cutoff)
        bound = self.cutoff * before
        source = normal_source(target, 0.0, before, Cut(truncation, -bound, bound))
        facts = {
            **built.facts, "distribution": "truncated_normal", "std": before * truncation.std, "std_before": before,
            "bound": bound,
        }  # fmt: skip
        return Built(source, facts, bound)


Architecture = Literal["encoder", "decoder", "encoder_decoder"]
Stack = Literal["encoder", "decoder"]
Matrix = Literal["query", "key", "value", "output", "feed_forward"]


class _OfArchitecture(FanScaled):
    """Glorot's scheme times a gain that follows from the depth of a transformer's stacks."""

    matrix: Annotated[Matrix, Field(description="Which of a transformer layer's matrices this is.")]
    encoder_layers: Annotated[Layers | None, Field(description="Layers of the encoder; none without one.")] = None
    decoder_layers: Annotated[Layers | None, Field(description="Layers of the decoder; none without one.")] = None
    stack: Annotated[Stack | None, Field(description="Which stack the matrix is in, when there are both.")] = None
    distribution: Annotated[Distribution, Field(description="Glorot's uniform or normal.")] = "normal"

    scaled: ClassVar[tuple[str, ...]] = ("value", "output", "feed_forward")
    """The matrices that the gain multiplies; the others have 1."""

    @abstractmethod
    def stack_gain(self, encoder: int | None, decoder: int | None, stack: Stack) -> float:
        """Return the gain of the matrices of a stack; a number of layers is None where there is no such stack."""

    def effective_mode(self) -> Mode:
        return "fan_avg"

    def effective_gain(self) -> float:
        gain = self.stack_gain(self.encoder_layers, self.decoder_layers, self.effective_stack())
        return gain if self.matrix in self.scaled else 1.0

    def effective_stack(self) -> Stack:
        """Return the stack that was given, or the only one. Raises InvalidParameter."""
        stacks: list[Stack] = []
        if self.encoder_layers is not None:
            stacks.append("encoder")
        if self.decoder_layers is not None:
            stacks.append("decoder")
        if not stacks:
            raise InvalidParameter("encoder_layers", "give encoder_layers, decoder_layers, or both")
        if self.stack is None and len(stacks) > 1:
            raise InvalidParameter("stack", "say in which of the two stacks the matrix is: encoder or decoder")
        if self.stack is not None and self.stack not in stacks:
            raise InvalidParameter("stack", f"the network has no {self.stack}: {self.stack}_layers is not given")
        return self.stack or stacks[0]

    def std(self, fans: Fans) -> float:
        return self.effective_gain() / math.sqrt(fans.of("fan_avg"))

    def described(self) -> dict[str, Scalar]:
        depths: dict[str, Scalar] = {}
        if self.encoder_layers is not None:
            depths["encoder_layers"] = self.encoder_layers
        if self.decoder_layers is not None:
            depths["decoder_layers"] = self.decoder_layers
        return {"matrix": self.matrix, "stack": self.effective_stack(), **depths, "gain": self.effective_gain()}

    def build(self, target: Target) -> Built:
        return self.draw(target, self.distribution)


class DeepNorm(_OfArchitecture):
    """DeepNet's initialization, which goes with residual connections scaled by alpha."""

    entry: ClassVar[Entry] = Entry(
        name="deepnorm",
        summary="Glorot's scheme, smaller by β in the values, outputs and feed-forwards of a post-norm transformer.",
        formula="gain β = (8 N)^(-1/4) of an encoder, (8 M)^(-1/4) of a decoder alone; with both "
        "0.87 (N⁴ M)^(-1/16) and (12 M)^(-1/4). Beside it LayerNorm(α x + f(x)), which the reply tells",
        when="Very deep post-norm transformers with α-scaled residual connections.",
        references=(WANG_DEEPNET, GLOROT),
        aliases={"TorchScale": ("deepnorm",)},
        traps=(
            "Queries and keys have gain 1 in the paper; TorchScale gives the fused q, k, v gain 1/sqrt(2) first.",
            "TorchScale divides by 1.15 where the paper multiplies by 0.87.",
        ),
        example="shape=256,256&matrix=output&decoder_layers=48&seed=42",
    )

    def stack_gain(self, encoder: int | None, decoder: int | None, stack: Stack) -> float:
        if encoder is None or decoder is None:
            return power(8.0 * (encoder or decoder or 1), -0.25)
        if stack == "encoder":
            return 0.87 * power(float(encoder) ** 4 * decoder, -0.0625)
        return power(12.0 * decoder, -0.25)

    def residual_alpha(self) -> float:
        """Return the factor of the residual connection that goes with it."""
        encoder, decoder = self.encoder_layers, self.decoder_layers
        if encoder is None or decoder is None:
            return power(2.0 * (encoder or decoder or 1), 0.25)
        if self.effective_stack() == "encoder":
            return 0.81 * power(float(encoder) ** 4 * decoder, 0.0625)
        return power(3.0 * decoder, 0.25)

    def described(self) -> dict[str, Scalar]:
        return {**super().described(), "residual_alpha": self.residual_alpha()}


class SubLN(_OfArchitecture):
    """The initialization of Magneto, which goes with its sub-LayerNorm."""

    entry: ClassVar[Entry] = Entry(
        name="sub_ln",
        summary="Glorot's scheme, larger by γ in the values, outputs and feed-forwards of a sub-LN transformer.",
        formula="gain γ = sqrt(ln 2N) of an encoder, sqrt(ln 2M) of a decoder alone; with both "
        "sqrt(ln 3M · ln 2N / 3) and sqrt(ln 3M)",
        when="Transformers with a LayerNorm more inside each branch (Magneto).",
        references=(WANG_MAGNETO, GLOROT),
        aliases={"TorchScale": ("subln",)},
        traps=("Cross-attention has gain 1, as queries and keys have everywhere: take glorot_normal.",),
        example="shape=256,256&matrix=value&encoder_layers=24&seed=42",
    )

    def stack_gain(self, encoder: int | None, decoder: int | None, stack: Stack) -> float:
        if encoder is None or decoder is None:
            return math.sqrt(log(2.0 * (encoder or decoder or 1)))
        if stack == "encoder":
            return math.sqrt(log(3.0 * decoder) * log(2.0 * encoder) / 3.0)
        return math.sqrt(log(3.0 * decoder))


class TFixup(_OfArchitecture):
    """Huang's initialization of transformers that train without warm-up and LayerNorm."""

    distribution: Annotated[Distribution, Field(description="Glorot's uniform or normal.")] = "uniform"

    entry: ClassVar[Entry] = Entry(
        name="t_fixup",
        summary="Glorot's scheme, smaller with depth, for transformers without LayerNorm and warm-up.",
        formula="gain = 0.67 N^(-1/4) in the encoder, (9 M)^(-1/4) in the decoder, of values, outputs and "
        "feed-forwards; queries and keys 1",
        when="Transformers without layer normalisation. Embeddings: normal with std = d^(-1/2) (9 N)^(-1/4).",
        references=(HUANG, GLOROT),
        aliases={"T-Fixup": ("t_fixup",)},
        traps=(
            "The paper's networks have encoders and decoders of equal depth N.",
            "The code multiplies the values by sqrt(2) more, to undo fairseq's gain of 1/sqrt(2) on q, k and v.",
        ),
        example="shape=256,256&matrix=value&encoder_layers=6&decoder_layers=6&stack=decoder&seed=42",
    )

    def stack_gain(self, encoder: int | None, decoder: int | None, stack: Stack) -> float:
        return 0.67 * power(float(encoder or 1), -0.25) if stack == "encoder" else power(9.0 * (decoder or 1), -0.25)


class Fixup(FanScaled):
    """Fixup: residual networks without normalisation."""

    branches: Annotated[Layers, Field(description="Residual branches of the network (L).")]
    layers_per_branch: Annotated[int, Field(ge=2, le=100, description="Weight layers in a branch (m).")] = 2
    position: Annotated[
        Literal["inner", "last"],
        Field(description="inner: scaled; last: zeros, for a branch's last layer and for the classifier."),
    ] = "inner"
    mode: Annotated[Mode, Field(description="The fan of He's scheme underneath.")] = "fan_out"
    distribution: Annotated[Distribution, Field(description="The same standard deviation in another shape.")] = "normal"

    entry: ClassVar[Entry] = Entry(
        name="fixup",
        summary="He's scheme, smaller with the number of branches; zeros in each branch's last layer.",
        formula="σ = L^(-1/(2m-2)) · sqrt(2 / n); the last layer of a branch, and the classifier, 0",
        when="Residual networks without batch normalisation, with scalar biases and multipliers beside the layers.",
        references=(ZHANG, HE),
        aliases={"Fixup": ("fixup",)},
        traps=(
            "The authors' code has fan_out, as here; the paper leaves it open. Layers outside the branches have "
            "he_normal unscaled.",
        ),
        example="shape=64,64,3,3&branches=16&seed=42",
    )

    def effective_mode(self) -> Mode:
        return self.mode

    def effective_gain(self) -> float:
        """Return what multiplies 1/sqrt(n)."""
        if self.position == "last":
            return 0.0
        return math.sqrt(2.0) * power(float(self.branches), -1.0 / (2 * self.layers_per_branch - 2))

    def std(self, fans: Fans) -> float:
        return self.effective_gain() / math.sqrt(fans.of(self.mode))

    def described(self) -> dict[str, Scalar]:
        return {
            "mode": self.mode, "branches": self.branches, "layers_per_branch": self.layers_per_branch,
            "position": self.position, "gain": self.effective_gain(),
        }  # fmt: skip

    def build(self, target: Target) -> Built:
        return self.draw(target, self.distribution)
