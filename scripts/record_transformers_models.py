"""Record what transformers' models start with: the last call that fills each tensor, and the statistics of the result.

Run in an environment with transformers: `python -m scripts.record_transformers_models > FILE`.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import version

import torch
import transformers
from transformers import initialization

DECODER = {
    "vocab_size": 300, "hidden_size": 96, "intermediate_size": 200, "num_hidden_layers": 3, "num_attention_heads": 4,
    "max_position_embeddings": 64,
}  # fmt: skip
ENCODER = {**DECODER, "type_vocab_size": 2}
EXPERTS = {"num_local_experts": 4, "num_key_value_heads": 4}
GROUPED = {**DECODER, "num_key_value_heads": 4}
HEADS = {**GROUPED, "head_dim": 24}
SPARSE = {**GROUPED, "moe_intermediate_size": 64, "num_experts": 4, "num_experts_per_tok": 2}
LINEAR_ATTENTION = {
    "num_hidden_layers": 4, "linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_key_head_dim": 16,
    "linear_value_head_dim": 16,
}  # fmt: skip
STATE_SPACES = {"mamba_n_heads": 8, "mamba_d_head": 24, "mamba_d_state": 8, "mamba_n_groups": 1, "mamba_expand": 2}
IMAGES = {
    "hidden_size": 96, "intermediate_size": 200, "num_hidden_layers": 3, "num_attention_heads": 4, "image_size": 32,
    "patch_size": 8,
}  # fmt: skip
SOUND = {
    "hidden_size": 96, "intermediate_size": 200, "num_hidden_layers": 3, "num_attention_heads": 4,
    "conv_dim": [64, 64], "conv_kernel": [5, 3], "conv_stride": [2, 2], "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 4, "num_feat_extract_layers": 2, "conv_bias": True, "feat_extract_norm": "layer",
}  # fmt: skip
MODELS = [
    ("gpt2", "GPT2LMHeadModel", {"vocab_size": 300, "n_embd": 96, "n_layer": 3, "n_head": 4, "n_positions": 64}),
    ("gptj", "GPTJForCausalLM",
     {"vocab_size": 300, "n_embd": 96, "n_layer": 3, "n_head": 4, "n_positions": 64, "rotary_dim": 8}),
    ("gpt_neox", "GPTNeoXForCausalLM", DECODER),
    ("opt", "OPTForCausalLM",
     {"vocab_size": 300, "hidden_size": 96, "ffn_dim": 200, "num_hidden_layers": 3, "num_attention_heads": 4,
      "max_position_embeddings": 64, "word_embed_proj_dim": 96}),
    ("bloom", "BloomForCausalLM", {"vocab_size": 300, "hidden_size": 96, "n_layer": 3, "n_head": 4}),
    ("falcon", "FalconForCausalLM",
     {"vocab_size": 300, "hidden_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4}),
    ("llama", "LlamaForCausalLM", DECODER),
    ("mistral", "MistralForCausalLM", {**DECODER, "num_key_value_heads": 4}),
    ("qwen2", "Qwen2ForCausalLM", {**DECODER, "num_key_value_heads": 4}),
    ("qwen3", "Qwen3ForCausalLM", {**DECODER, "num_key_value_heads": 4, "head_dim": 24}),
    ("phi", "PhiForCausalLM", DECODER),
    ("phi3", "Phi3ForCausalLM", {**DECODER, "pad_token_id": 7}),
    ("olmo", "OlmoForCausalLM", DECODER),
    ("olmo2", "Olmo2ForCausalLM", DECODER),
    ("stablelm", "StableLmForCausalLM", {**DECODER, "num_key_value_heads": 4}),
    ("starcoder2", "Starcoder2ForCausalLM", {**DECODER, "num_key_value_heads": 4}),
    ("gemma", "GemmaForCausalLM", {**DECODER, "num_key_value_heads": 4, "head_dim": 24}),
    ("gemma2", "Gemma2ForCausalLM", {**DECODER, "num_key_value_heads": 4, "head_dim": 24}),
    ("gemma3", "Gemma3ForCausalLM", {**DECODER, "num_key_value_heads": 4, "head_dim": 24}),
    ("mixtral", "MixtralForCausalLM", {**DECODER, **EXPERTS}),
    ("deepseek_v3", "DeepseekV3ForCausalLM",
     {**DECODER, "num_key_value_heads": 4, "n_routed_experts": 4, "moe_intermediate_size": 64, "n_group": 2,
      "topk_group": 1, "num_experts_per_tok": 2, "first_k_dense_replace": 1, "q_lora_rank": 32, "kv_lora_rank": 32}),
    ("deepseek_v2", "DeepseekV2ForCausalLM",
     {**GROUPED, "n_routed_experts": 4, "moe_intermediate_size": 64, "n_group": 2, "topk_group": 1,
      "num_experts_per_tok": 2, "first_k_dense_replace": 1, "q_lora_rank": 32, "kv_lora_rank": 32}),
    ("qwen2_moe", "Qwen2MoeForCausalLM", {**SPARSE, "shared_expert_intermediate_size": 64}),
    ("qwen3_moe", "Qwen3MoeForCausalLM", {**SPARSE, "head_dim": 24}),
    ("qwen3_next", "Qwen3NextForCausalLM",
     {**SPARSE, "head_dim": 24, "shared_expert_intermediate_size": 64, **LINEAR_ATTENTION}),
    ("qwen3_5", "Qwen3_5ForCausalLM", {**HEADS, **LINEAR_ATTENTION}),
    ("olmo3", "Olmo3ForCausalLM", GROUPED),
    ("olmoe", "OlmoeForCausalLM", SPARSE),
    ("ministral", "MinistralForCausalLM", HEADS),
    ("ministral3", "Ministral3ForCausalLM", HEADS),
    ("smollm3", "SmolLM3ForCausalLM", {**GROUPED, "pad_token_id": 7, "bos_token_id": 1, "eos_token_id": 2}),
    ("granite", "GraniteForCausalLM", GROUPED),
    ("nemotron", "NemotronForCausalLM", HEADS),
    ("glm", "GlmForCausalLM", {**HEADS, "pad_token_id": 7}),
    ("glm4", "Glm4ForCausalLM", {**HEADS, "pad_token_id": 7}),
    ("cohere", "CohereForCausalLM", GROUPED),
    ("cohere2", "Cohere2ForCausalLM", GROUPED),
    ("llama4", "Llama4ForCausalLM", {**HEADS, "num_local_experts": 4, "intermediate_size_mlp": 200}),
    ("gpt_oss", "GptOssForCausalLM", {**HEADS, "num_local_experts": 4, "num_experts_per_tok": 2}),
    ("jamba", "JambaForCausalLM",
     {**GROUPED, "num_hidden_layers": 8, "num_experts": 4, "mamba_d_state": 8, "use_mamba_kernels": False}),
    ("bamba", "BambaForCausalLM", {**GROUPED, **STATE_SPACES, "attn_layer_indices": [1]}),
    ("falcon_h1", "FalconH1ForCausalLM", {**HEADS, **STATE_SPACES, "mamba_d_ssm": 192}),
    ("falcon_mamba", "FalconMambaForCausalLM",
     {"vocab_size": 300, "hidden_size": 96, "num_hidden_layers": 3, "state_size": 8}),
    ("gemma3n", "Gemma3nForCausalLM",
     {**HEADS, "vocab_size_per_layer_input": 300, "laurel_rank": 8, "num_kv_shared_layers": 1,
      "hidden_size_per_layer_input": 16, "activation_sparsity_pattern": [0.0] * 3}),
    ("gemma4", "Gemma4ForCausalLM", {**HEADS, "vocab_size_per_layer_input": 300, "hidden_size_per_layer_input": 16}),
    ("mamba", "MambaForCausalLM", {"vocab_size": 300, "hidden_size": 96, "num_hidden_layers": 3, "state_size": 8}),
    ("mamba2", "Mamba2ForCausalLM",
     {"vocab_size": 300, "hidden_size": 96, "num_hidden_layers": 3, "state_size": 8, "num_heads": 8, "head_dim": 24,
      "n_groups": 1}),
    ("bert", "BertForMaskedLM", ENCODER),
    ("roberta", "RobertaForMaskedLM", ENCODER),
    ("modernbert", "ModernBertForMaskedLM", {**DECODER, "pad_token_id": 1}),
    ("t5", "T5ForConditionalGeneration",
     {"vocab_size": 300, "d_model": 96, "d_kv": 16, "d_ff": 200, "num_layers": 3, "num_heads": 4}),
    ("whisper", "WhisperForConditionalGeneration",
     {"vocab_size": 300, "d_model": 96, "encoder_layers": 3, "decoder_layers": 3, "encoder_attention_heads": 4,
      "decoder_attention_heads": 4, "encoder_ffn_dim": 200, "decoder_ffn_dim": 200, "max_source_positions": 60,
      "max_target_positions": 60, "pad_token_id": 1}),
    ("vit", "ViTForImageClassification", IMAGES),
    ("deit", "DeiTForImageClassificationWithTeacher", IMAGES),
    ("dinov2", "Dinov2ForImageClassification", IMAGES),
    ("vit_mae", "ViTMAEForPreTraining",
     {**IMAGES, "decoder_hidden_size": 64, "decoder_num_hidden_layers": 1, "decoder_num_attention_heads": 4,
      "decoder_intermediate_size": 128}),
    ("dinov3_vit", "DINOv3ViTModel", {**IMAGES, "num_register_tokens": 4}),
    ("swinv2", "Swinv2ForImageClassification",
     {"image_size": 32, "embed_dim": 48, "depths": [1, 1], "num_heads": [2, 4], "window_size": 4,
      "use_absolute_embeddings": True}),
    ("detr", "DetrForObjectDetection",
     {"d_model": 96, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4,
      "decoder_attention_heads": 4, "encoder_ffn_dim": 200, "decoder_ffn_dim": 200, "num_queries": 10,
      "use_timm_backbone": False, "use_pretrained_backbone": False, "backbone": None,
      "backbone_config": {"model_type": "resnet", "out_features": ["stage4"]}}),
    ("clip", "CLIPModel",
     {"projection_dim": 64, "text_config": {**DECODER, "projection_dim": 64},
      "vision_config": {**IMAGES, "projection_dim": 64}}),
    ("swin", "SwinForImageClassification",
     {"image_size": 32, "embed_dim": 48, "depths": [1, 1], "num_heads": [2, 4], "window_size": 4,
      "use_absolute_embeddings": True}),
    ("resnet", "ResNetForImageClassification",
     {"embedding_size": 32, "hidden_sizes": [64, 128], "depths": [1, 1]}),
    ("convnext", "ConvNextForImageClassification", {"hidden_sizes": [64, 128], "depths": [1, 1], "num_stages": 2}),
    ("wav2vec2", "Wav2Vec2ForPreTraining", {"vocab_size": 300, **SOUND}),
    ("hubert", "HubertModel", {"vocab_size": 300, **SOUND}),
    ("gpt_neo", "GPTNeoForCausalLM",
     {"vocab_size": 300, "hidden_size": 96, "intermediate_size": 200, "num_layers": 3, "num_heads": 4,
      "attention_types": [[["global"], 3]], "max_position_embeddings": 64}),
    ("gpt_bigcode", "GPTBigCodeForCausalLM",
     {"vocab_size": 300, "n_embd": 96, "n_layer": 3, "n_head": 4, "n_positions": 64}),
    ("distilbert", "DistilBertForMaskedLM",
     {"vocab_size": 300, "dim": 96, "hidden_dim": 200, "n_layers": 3, "n_heads": 4, "max_position_embeddings": 64}),
    ("electra", "ElectraForMaskedLM", {**ENCODER, "embedding_size": 64}),
    ("albert", "AlbertForMaskedLM", {**ENCODER, "embedding_size": 64}),
    ("deberta", "DebertaForMaskedLM", ENCODER),
    ("deberta_v2", "DebertaV2ForMaskedLM", ENCODER),
    ("xlnet", "XLNetLMHeadModel", {"vocab_size": 300, "d_model": 96, "n_layer": 3, "n_head": 4, "d_inner": 200}),
    ("bart", "BartForConditionalGeneration",
     {"vocab_size": 300, "d_model": 96, "encoder_layers": 3, "decoder_layers": 3, "encoder_attention_heads": 4,
      "decoder_attention_heads": 4, "encoder_ffn_dim": 200, "decoder_ffn_dim": 200, "max_position_embeddings": 64}),
    ("mbart", "MBartForConditionalGeneration",
     {"vocab_size": 300, "d_model": 96, "encoder_layers": 3, "decoder_layers": 3, "encoder_attention_heads": 4,
      "decoder_attention_heads": 4, "encoder_ffn_dim": 200, "decoder_ffn_dim": 200, "max_position_embeddings": 64}),
    ("siglip2", "Siglip2Model",
     {"text_config": {**DECODER, "projection_size": 96},
      "vision_config": {**{name: IMAGES[name] for name in IMAGES if name != "image_size"}, "num_patches": 16}}),
    ("siglip", "SiglipModel", {"text_config": {**DECODER, "projection_size": 96}, "vision_config": IMAGES}),
    ("beit", "BeitForImageClassification",
     {**IMAGES, "use_relative_position_bias": True, "use_absolute_position_embeddings": True, "use_mask_token": True}),
    ("convnextv2", "ConvNextV2ForImageClassification",
     {"hidden_sizes": [64, 128], "depths": [1, 1], "num_stages": 2}),
]  # fmt: skip

CALLS: dict[int, dict[str, object]] = {}
"""The last call on each tensor, by its identity; a row that is set to zero afterwards is told beside it."""
FILLED: list[torch.Tensor] = []
"""Those tensors, so that none has the identity of one that is gone."""


def _recorder(name, function):
    def recorded(tensor, **arguments):
        whole = tensor._base  # noqa: SLF001 - of a row that is set by itself
        base = tensor if whole is None else whole
        FILLED.append(base)
        place = CALLS.setdefault(id(base), {})
        if tensor.numel() < base.numel():
            place["zero_row"] = tensor.storage_offset() // tensor.numel()
        else:
            place.clear()
            given = {key: value for key, value in arguments.items() if key != "generator"}
            place.update({"call": name, **given})
        return function(tensor, **arguments)

    return recorded


def _records(model_type, class_name, overrides):
    CALLS.clear()
    config = getattr(transformers, class_name).config_class
    torch.manual_seed(0)
    model = getattr(transformers, class_name)(config(**overrides))
    seen = set()
    for name, parameter in model.named_parameters():
        general = re.sub(r"\.\d+\.", ".0.", name)
        if general in seen:
            continue
        seen.add(general)
        values = parameter.detach().double()
        yield {
            "model": model_type, "tensor": name, "shape": list(parameter.shape), **CALLS.get(id(parameter), {}),
            "mean": values.mean().item(), "measured_std": values.std(unbiased=False).item(),
            "largest": values.abs().max().item(),
        }  # fmt: skip


def main() -> None:
    functions = initialization.TORCH_INIT_FUNCTIONS
    functions.update({name: _recorder(name, function) for name, function in functions.items()})
    head = {"transformers": version("transformers"), "torch": version("torch")}
    head["written_by"] = "scripts/record_transformers_models.py"
    records = [record for model in MODELS for record in _records(*model)]
    lines = ",\n".join(json.dumps(record) for record in records)
    sys.stdout.write(f'{json.dumps(head)[:-1]}, "records": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
