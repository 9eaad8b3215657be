"""LLaMA (Touvron et al. 2023) and the families that share its names, as transformers' modules have them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from service.models.architecture import Architecture, numbers
from service.models.config import Config, InvalidConfig


@dataclass(frozen=True)
class Sizes:
    """The dimensions of a decoder's layers."""

    width: int
    inner: int
    queries: int
    """The outputs of all query heads together."""
    keys: int
    """Those of all key heads, and of all value heads."""
    head: int

    @classmethod
    def of(cls, config: Config) -> Sizes:
        """Return the dimensions of a configuration. Raises InvalidConfig."""
        width, heads = config.size("hidden_size"), config.size("num_attention_heads")
        told = config.members.get("head_dim") is not None
        head = config.size("head_dim") if told else config.part("hidden_size", width, "num_attention_heads", heads)
        if head % 2:
            member = "head_dim" if told else "num_attention_heads"
            raise InvalidConfig(member, f"must make heads of an even width, not {head}: positions turn pairs")
        key_heads = config.size("num_key_value_heads", default=heads)
        config.part("num_attention_heads", heads, "num_key_value_heads", key_heads)
        return cls(width, config.size("intermediate_size"), heads * head, key_heads * head, head)


Part = Callable[[Architecture, Config, Sizes], None]
"""What adds the tensors of a part of each layer."""


def separate_attention(model: Architecture, config: Config, sizes: Sizes) -> None:
    """Add the four matrices of attention."""
    bias = config.flag("attention_bias", False)
    _attention(model, sizes, bias=bias, output_bias=bias)


def _attention(model: Architecture, sizes: Sizes, *, bias: bool, output_bias: bool) -> None:
    model.linear("self_attn.q_proj", sizes.queries, sizes.width, bias=bias)
    model.linear("self_attn.{k,v}_proj", sizes.keys, sizes.width, bias=bias)
    model.linear("self_attn.o_proj", sizes.width, sizes.queries, bias=output_bias)


def qwen2_attention(model: Architecture, config: Config, sizes: Sizes) -> None:
    """Add the four matrices of attention, of which that of the outputs alone has no bias."""
    del config
    _attention(model, sizes, bias=True, output_bias=False)


def normalized_attention(model: Architecture, config: Config, sizes: Sizes) -> None:
    """Add the four matrices of attention, and normalizations of each head's queries and keys."""
    separate_attention(model, config, sizes)
    model.norm("self_attn.{q,k}_norm", sizes.head)


def whole_normalized_attention(model: Architecture, config: Config, sizes: Sizes) -> None:
    """Add the four matrices of attention, and normalizations of all queries and of all keys, as OLMo 2 has them."""
    separate_attention(model, config, sizes)
    model.norm("self_attn.q_norm", sizes.queries)
    model.norm("self_attn.k_norm", sizes.keys)


def fused_attention(model: Architecture, config: Config, sizes: Sizes) -> None:
    """Add Phi-3's two matrices of attention."""
    del config
    model.linear("self_attn.qkv_proj", sizes.queries + 2 * sizes.keys, sizes.width)
    model.linear("self_attn.o_proj", sizes.width, sizes.queries)


def gated(model: Architecture, config: Config, sizes: Sizes) -> None:
    """Add the three matrices of a gated feed-forward network (Shazeer 2020)."""
    bias = config.flag("mlp_bias", False)
    model.linear("mlp.{gate,up}_proj", sizes.inner, sizes.width, bias=bias)
    model.linear("mlp.down_proj", sizes.width, sizes.inner, bias=bias)


def fused_gated(model: Architecture, config: Config, sizes: Sizes) -> None:
    """Add Phi-3's two matrices of a gated feed-forward network."""
    del config
    model.linear("mlp.gate_up_proj", 2 * sizes.inner, sizes.width)
    model.linear("mlp.down_proj", sizes.width, sizes.inner)


def experts(model: Architecture, config: Config, sizes: Sizes) -> None:
    """Add Mixtral's experts and their router, by the names of the file, which are not those of the modules."""
    count = config.size("num_local_experts", default=8)
    with model.within("block_sparse_moe"):
        model.linear("gate", count, sizes.width)
        with model.within("experts", numbers(0, count)):
            model.linear("w{1,3}", sizes.inner, sizes.width)
            model.linear("w2", sizes.width, sizes.inner)


@dataclass(frozen=True)
class Decoder:
    """A family: what its layers consist of."""

    attention: Part = separate_attention
    feed_forward: Part = gated
    norms: tuple[str, ...] = ("input_layernorm", "post_attention_layernorm")
    scale: str = "ones"
    """What scales of normalizations start at: zeros where the code adds 1 to them."""
    is_tied: bool = False
    """Whether the head is the embedding where the configuration does not say."""
    padding: int | None = None
    """The token of padding where the configuration does not say."""

    def __call__(self, config: Config) -> Architecture:
        """Return the tensors of a model, or of one with a head for causal language modelling."""
        sizes, vocabulary = Sizes.of(config), config.size("vocab_size")
        model = Architecture(config.number("initializer_range", 0.02), self.scale)
        with model.within("" if config.is_bare else "model"):
            padding = config.row("pad_token_id", vocabulary, self.padding)
            model.embedding("embed_tokens", vocabulary, sizes.width, padding)
            with model.layers("layers", config.count("num_hidden_layers")):
                for norm in self.norms:
                    model.norm(norm, sizes.width)
                self.attention(model, config, sizes)
                self.feed_forward(model, config, sizes)
            model.norm("norm", sizes.width)
        model.end(config, "lm_head", "model.embed_tokens", is_tied=config.flag("tie_word_embeddings", self.is_tied))
        return model


_AFTERWARDS = ("post_attention_layernorm", "post_feedforward_layernorm")
_SANDWICH = (
    "input_layernorm",
    "post_attention_layernorm",
    "pre_feedforward_layernorm",
    "post_feedforward_layernorm",
)

LLAMA_FAMILIES = {
    "llama": Decoder(),
    "mistral": Decoder(),
    "qwen2": Decoder(qwen2_attention),
    "qwen3": Decoder(normalized_attention),
    "olmo2": Decoder(whole_normalized_attention, norms=_AFTERWARDS, padding=1),
    "gemma": Decoder(scale="zeros", is_tied=True, padding=0),
    "gemma2": Decoder(norms=_SANDWICH, scale="zeros", is_tied=True, padding=0),
    "gemma3_text": Decoder(normalized_attention, norms=_SANDWICH, scale="zeros", is_tied=True, padding=0),
    "mixtral": Decoder(feed_forward=experts),
    "phi3": Decoder(fused_attention, fused_gated, padding=32000),
}
"""By `model_type`."""
