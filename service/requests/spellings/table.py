"""The table of spellings: what people, HTTP libraries and frameworks write for a value, as data.

Case, underscores, hyphens and blanks never matter, nor does a module before a name (torch.float32, nn.ReLU): only what
differs by more is listed. Both what reads a request and the page `docs/spellings.md` are made from here.
"""

from __future__ import annotations

from collections.abc import Mapping

ENUMERATIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "dtype": {
        "float32": ("f32", "fp32", "float", "single", "f4", "<f4", "jnp.float32"),
        "float64": ("f64", "fp64", "double", "<f8", "float_", "torch.double"),
        "float16": ("f16", "fp16", "half", "f2", "<f2", "np.float16"),
        "bfloat16": ("bf16", "bfloat", "brain_float16", "jnp.bfloat16"),
        "float8_e4m3fn": ("f8_e4m3", "fp8_e4m3", "fp8_e4m3fn", "f8_e4m3fn", "e4m3", "e4m3fn", "torch.float8_e4m3fn"),
        "float8_e5m2": ("f8_e5m2", "fp8_e5m2", "e5m2", "torch.float8_e5m2"),
        "complex64": ("c64", "c8", "<c8", "cfloat", "csingle", "torch.cfloat"),
        "complex128": ("c128", "c16", "<c16", "cdouble", "torch.cdouble"),
    },
    "format": {
        "json": ("application/json",),
        "npy": ("numpy", "np", ".npy", "application/x-npy"),
        "safetensors": ("safetensor", "st", ".safetensors", "application/vnd.safetensors"),
        "raw": ("bin", "binary", "bytes", "octet-stream", "application/octet-stream"),
    },
    "layout": {
        "out_in": ("pytorch", "torch", "caffe", "OIHW", "OIW", "OIDHW"),
        "in_out": ("keras", "tensorflow", "tf", "jax", "flax", "HWIO", "WIO", "DHWIO"),
        "out_kernel_in": ("mlx", "OHWI", "OWI", "ODHWI"),
    },
    "mode": {
        "fan_in": ("in",),
        "fan_out": ("out",),
        "fan_avg": ("average", "avg", "fan_average", "fan_mean"),
        "fan_geo_avg": ("geometric_mean", "fan_geometric"),
    },
    "distribution": {
        "normal": ("gaussian", "untruncated_normal"),
        "truncated_normal": ("truncated", "trunc_normal", "truncnorm"),
        "uniform": ("rand",),
    },
    "bounds": {"sigma": ("sigmas", "std", "relative"), "absolute": ("abs",)},
    "gain_rule": {"pytorch": ("torch", "calculate_gain"), "centered": ("centred",)},
    "framework": {
        "pytorch": ("torch", "libtorch", "pt", "torch.nn"),
        "keras": ("tf.keras", "tensorflow.keras", "keras3"),
        "tensorflow": ("tf",),
        "tensorflow_js": ("tfjs", "tensorflow.js", "TF.js", "@tensorflow/tfjs"),
        "paddle": ("paddlepaddle", "paddle.nn"),
        "equinox": ("eqx", "equinox.nn"),
        "mindspore": ("mindspore.nn",),
        "tinygrad": ("tinygrad.nn",),
        "dl4j": ("deeplearning4j", "org.deeplearning4j"),
        "flax": ("flax.linen", "linen", "flax.nnx", "nnx"),
        "haiku": ("hk", "dm-haiku"),
        "burn": ("burn-rs",),
        "candle": ("candle-nn",),
        "mlx": ("mlx.nn",),
        "flux": ("Flux.jl",),
        "transformers": ("huggingface", "hf"),
    },
    "optimizer": {
        "sgd": ("momentum", "nesterov"),
        "other": ("lion", "rmsprop", "adagrad", "shampoo", "lamb", "adafactor"),
    },
    "parametrization": {"mup": ("µP", "muP", "maximal_update"), "standard": ("sp",)},
    "normalization": {
        "none": ("no", "off"),
        "batch": ("bn", "BatchNorm", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "BatchNormalization"),
        "layer": ("ln", "LayerNorm", "LayerNormalization"),
        "rms": ("RMSNorm", "RMSNormalization"),
        "group": ("gn", "GroupNorm", "GroupNormalization"),
        "instance": ("in", "InstanceNorm", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"),
        "weight": ("wn", "WeightNorm", "WeightNormalization"),
    },
    "norm_position": {"pre": ("PreNorm", "pre-ln"), "post": ("PostNorm", "post-ln")},
    "role": {
        "first": ("input", "stem"),
        "head": ("output", "classifier", "logits", "last", "classification_head"),
        "query": ("q", "q_proj"),
        "key": ("k", "k_proj"),
        "value": ("v", "v_proj"),
        "qkv": ("in_proj", "c_attn", "query_key_value"),
        "attention_output": ("o", "out_proj", "o_proj"),
        "mlp_up": ("up", "up_proj", "fc1"),
        "mlp_gate": ("gate_proj",),
        "mlp_down": ("down", "down_proj", "fc2"),
        "policy_head": ("policy", "actor"),
        "value_head": ("critic", "value_function", "q_value"),
        "patch_embedding": ("patch_embed",),
        "regression_head": ("regressor",),
    },
    "architecture": {
        "mlp": ("feedforward", "perceptron"),
        "cnn": ("convnet", "vgg"),
        "resnet": ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152"),
        "transformer": ("encoder-decoder",),
        "gpt": ("gpt2", "gpt3"),
        "llama": ("mistral", "qwen"),
        "vit": ("deit", "vision_transformer"),
        "rnn": ("lstm", "gru"),
        "linear_model": ("logistic_regression", "linear_regression"),
        "moe": ("mixture_of_experts",),
    },
}
"""The other spellings of each value, by the parameter and the value."""

AMBIGUOUS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "dtype": {
        "f8": ("float64", "float8_e4m3fn", "float8_e5m2"),
        "float8": ("float8_e4m3fn", "float8_e5m2"),
        "fp8": ("float8_e4m3fn", "float8_e5m2"),
        "float8_e4m3": ("float8_e4m3fn", "float8_e5m2"),
        "complex": ("complex64", "complex128"),
        "auto": ("float32", "bfloat16", "float16"),
    },
    "distribution": {"random": ("uniform", "normal"), "untruncated": ("uniform", "normal")},
    "normalization": {"norm": ("batch", "layer", "rms", "group"), "spectral": ("weight", "none")},
    "role": {
        "gate": ("mlp_gate", "highway_gate"), "decoder": ("head", "hidden"),
        "embedding": ("first", "patch_embedding"),
    },
    "mode": {"fan": ("fan_in", "fan_out", "fan_avg")},
    "layout": {"channels_last": ("in_out", "out_kernel_in"), "channels_first": ("out_in", "in_out")},
}  # fmt: skip
"""Spellings that may mean any of several values, which the refusal names."""

TRUE: tuple[str, ...] = ("true", "1", "yes", "on", "y", "t")
FALSE: tuple[str, ...] = ("false", "0", "no", "off", "n", "f")

WRAPPERS: tuple[tuple[str, str], ...] = (
    ("torch.Size([", "])"),
    ("TensorShape([", "])"),
    ("[", "]"),
    ("(", ")"),
    ("{", "}"),
)
"""What may stand around a list."""

LISTS: Mapping[str, tuple[str, ...]] = {
    "shape=256,784": (
        "shape=[256,784]", "shape=(256, 784)", "shape=256x784", "shape=256*784", "shape=256 × 784", "shape=256, 784",
        "shape=256 784", "shape=256,784,", "shape=torch.Size([256, 784])", "shape=256.0,784", "shape=256&shape=784",
        "shape[]=256&shape[]=784", "shape[0]=256&shape[1]=784",
    ),
    "shape=256": ("shape=(256,)", "shape=[256]", "shape=256,", "shape[]=256", "shape=2.56e2"),
    "shape=": ("shape=[]", "shape=()"),
    "shape=4,4&slice=0:2,:": ("shape=4,4&slice=[0:2,:]", "shape=4,4&slice=0:2, :", "shape=4,4&slice=(0:2)"),
}  # fmt: skip
"""Queries that say one thing, by the canonical one."""

NUMBERS: Mapping[str, tuple[str, ...]] = {
    "seed=42": ("seed=42.0", "seed=4.2e1", "seed= 42", "seed=0042"),
    "std=0.02": ("std=2e-2", "std=.02", "std=0.020", "std= 0.02"),
}
"""Likewise for numbers."""
