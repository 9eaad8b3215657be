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
        "pytorch": (
            "torch",
            "libtorch",
            "pt",
            "torch.nn",
            "timm",
            "torchvision",
            "lightning",
            "pytorch_lightning",
            "fastai",
            "ignite",
            "torchaudio",
            "torch_geometric",
            "pyg",
        ),
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
        "flux": ("Flux.jl", "julia"),
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
        "hidden": ("body", "middle", "bottleneck", "hidden_layer", "intermediate"),
        "first": ("input", "stem", "first_layer", "input_layer"),
        "head": (
            "output",
            "classifier",
            "logits",
            "last",
            "classification_head",
            "final",
            "output_layer",
            "last_layer",
            "cls_head",
            "score",
            "prediction_head",
        ),
        "lm_head": ("language_model_head", "embed_out"),
        "query": ("q", "q_proj", "wq", "to_q", "query_proj"),
        "key": ("k", "k_proj", "wk", "to_k", "key_proj"),
        "value": ("v", "v_proj", "wv", "to_v", "value_proj"),
        "qkv": ("in_proj", "c_attn", "query_key_value", "qkv_proj", "wqkv", "to_qkv"),
        "attention_output": ("o", "out_proj", "o_proj", "wo", "to_out", "attn_out", "c_proj", "proj"),
        "mlp_up": ("up", "up_proj", "fc1", "c_fc", "dense_h_to_4h", "linear1", "mlp_in"),
        "mlp_gate": ("gate_proj",),
        "mlp_down": ("down", "down_proj", "fc2", "dense_4h_to_h", "linear2", "mlp_out"),
        "policy_head": ("policy", "actor", "policy_net", "actor_head"),
        "value_head": ("critic", "value_function", "q_value", "q_head", "critic_head", "value_net"),
        "patch_embedding": ("patch_embed", "patch_embeddings"),
        "detector_head": ("detection_head", "cls_subnet"),
        "binary_head": ("binary_classifier",),
        "regression_head": ("regressor", "regression", "bbox_head", "bbox_pred"),
        "projection_head": ("projector", "proj_head", "text_projection", "visual_projection", "embedding_head"),
        "mixture_head": ("mdn", "mixture_density", "mixture_density_head"),
        "reconstruction_head": ("reconstruction", "decoder_output", "decoder_head", "reconstruction_layer"),
        "residual_last": ("last_of_branch", "branch_output"),
        "router": ("gating", "gating_network", "moe_router"),
        "modulation": ("adaln", "adaln_modulation", "film"),
    },
    "architecture": {
        "mlp": ("feedforward", "perceptron", "nerf", "deeponet", "fully_connected", "fcn", "dnn", "sac"),
        "cnn": (
            "convnet",
            "vgg",
            "alexnet",
            "lenet",
            "inception",
            "googlenet",
            "wavenet",
            "tcn",
            "convolutional",
            "dqn",
        ),
        "resnet": (
            "resnet18",
            "resnet34",
            "resnet50",
            "resnet101",
            "resnet152",
            "resnext",
            "wide_resnet",
            "wrn",
            "regnet",
            "preact_resnet",
            "resnetv2",
            "simclr",
        ),
        "unet": ("unet2d", "unet3d", "unet_plus_plus"),
        "efficientnet": ("mnasnet", "efficientnetv2"),
        "mobilenet": ("mobilenetv2", "mobilenetv3"),
        "transformer": (
            "encoder-decoder",
            "bart",
            "mbart",
            "marian",
            "perceiver",
            "nmt",
            "attention",
            "transformers",
            "encoder",
            "decoder_only",
            "detr",
        ),
        "gpt": (
            "gpt3",
            "gpt4",
            "gpt_neo",
            "nanogpt",
            "decoder_lm",
        ),
        "gpt2": ("gpt_2", "distilgpt2"),
        "gptj": ("gpt_j", "gpt_j_6b"),
        "gpt_neox": ("neox", "gpt_neox_20b", "pythia"),
        "llama": ("llama2", "llama3", "llama4", "code_llama", "vicuna", "tinyllama"),
        "mistral": ("ministral",),
        "qwen2": ("qwen", "qwen2.5"),
        "phi": ("phi1", "phi2", "phi1.5"),
        "phi3": ("phi4",),
        "starcoder2": ("starcoder",),
        "stablelm": ("stable_lm",),
        "deepseek_v3": ("deepseek", "deepseek_v2", "deepseek_r1"),
        "modernbert": ("modern_bert",),
        "wav2vec2": ("wav2vec", "hubert"),
        "dinov2": ("dino_v2", "dinov3"),
        "swin": ("swin_transformer", "swinv2"),
        "convnext": ("convnextv2", "conv_next"),
        "bert": ("distilbert", "albert", "electra", "deberta"),
        "roberta": ("xlm_roberta", "camembert"),
        "t5": ("flan_t5", "mt5", "ul2", "byt5"),
        "vit": ("vision_transformer", "beit", "mae", "dino", "mlp_mixer", "mixer"),
        "clip": ("siglip", "openclip", "align"),
        "diffusion": ("ddpm", "ddim", "stable_diffusion", "latent_diffusion", "score_model", "edm"),
        "gan": ("stylegan", "stylegan2", "wgan", "wgan_gp", "cyclegan", "biggan", "pix2pix"),
        "vae": ("vqvae", "beta_vae", "cvae", "variational_autoencoder"),
        "autoencoder": ("ae", "denoising_autoencoder", "auto_encoder"),
        "flow": ("normalizing_flow", "realnvp", "glow", "nice", "maf"),
        "actor_critic": ("ppo", "a2c", "a3c", "trpo", "acktr"),
        "ddpg": ("td3",),
        "detector": (
            "yolo",
            "yolov5",
            "yolov8",
            "retinanet",
            "ssd",
            "fcos",
            "faster_rcnn",
            "mask_rcnn",
            "rcnn",
            "object_detector",
        ),
        "gnn": ("gcn", "gat", "graphsage", "graph_neural_network", "mpnn"),
        "rnn": ("lstm", "gru", "recurrent", "bilstm", "seq2seq_rnn"),
        "linear_model": ("logistic_regression", "linear_regression", "softmax_regression"),
        "moe": ("mixture_of_experts", "switch_transformer", "gshard"),
        "pinn": ("physics_informed",),
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
    "normalization": {
        "norm": ("batch", "layer", "rms", "group"), "spectral": ("weight", "none"), "spectral_norm": ("weight", "none"),
        "weight_standardization": ("weight", "none"),
    },
    "role": {
        "gate": ("mlp_gate", "highway_gate"), "decoder": ("head", "hidden"),
        "embedding": ("first", "patch_embedding"), "generator": ("hidden", "reconstruction_head"),
        "proj_out": ("attention_output", "residual_last"), "dense": ("hidden", "head"),
    },
    "norm_position": {"sandwich": ("pre", "post")},
    "architecture": {
        "seq2seq": ("transformer", "rnn"), "contrastive": ("clip", "resnet"),
        "nfnet": ("resnet", "cnn"),
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

INSTEAD: Mapping[str, Mapping[str, str]] = {
    "framework": {
        "numpy": "it has no layers: leave framework out",
        "sklearn": "its layers have no names: leave framework out",
    },
    "architecture": {
        "ssm": "ask for layer=S4D or layer=Mamba, which says it",
        "s4": "ask for layer=S4, which says it",
        "rwkv": "ask for its linear layers, with role=key, value, ... and normalization=layer",
        "snn": "leave it out, and give the surrogate's shape as activation_table, in a POST",
        "kan": "ask for layer=Linear, which its base weights are; of its splines no rule is known",
        "siamese": "give the kind of its branches, and role=projection_head for what ends them",
    },
}
"""What to do instead of a value that is known and has no counterpart here."""
