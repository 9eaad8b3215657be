"""Loads tiny models of a server at HF_ENDPOINT by transformers, and prints what came of each as JSON.

Called with the names of the models.
"""

from __future__ import annotations

import json
import math
import sys

import torch
import transformers
from PIL import Image
from transformers import AutoImageProcessor, AutoTokenizer, pipeline

LAST_DIGITS = 2e-4
"""Of the sine of an angle of a thousand in float32, as the library works it out."""

REVISION = "seed-7"
TEXT = "Hello, wörld!\n"
LIKELY = 6
"""Standard deviations, at most, of what a sample's moments are off by."""
WORDS = ("ForCausalLM", "LMHeadModel")


def of_the_library(kind, config, seed):
    """Return the tensors of a model that transformers initializes."""
    torch.manual_seed(seed)
    return kind(config).state_dict()


def differences(ours, first, second):
    """Yield the tensors that are not as the library initializes them, of which two samples are given."""
    for name, expected in first.items():
        values = ours[name]
        if values.dtype != expected.dtype or values.shape != expected.shape:
            yield f"{name}: {values.dtype} {tuple(values.shape)}"
        elif torch.equal(expected, second[name]):
            # Nothing is drawn: zeros and ones are so to the bit, what a formula gives but for its last digits.
            is_plain = bool(((expected == 0) | (expected == 1)).all())
            is_same = torch.equal(values, expected) if is_plain else torch.allclose(values, expected, 1e-5, LAST_DIGITS)
            if not is_same:
                yield f"{name}: {values.flatten()[:4].tolist()} for {expected.flatten()[:4].tolist()}"
        else:
            yield from unlikely(name, values.double(), expected.double())


def unlikely(name, values, expected):
    """Yield what two samples of one law are hardly off by, and rows of zeros that only one of them has."""
    margin = LIKELY * math.sqrt(2 / values.numel())
    std = float(expected.std(correction=0))
    if abs(float(values.mean() - expected.mean())) > margin * std:
        yield f"{name}: mean {float(values.mean()):.4g} for {float(expected.mean()):.4g}"
    if abs(float(values.std(correction=0)) / std - 1) > margin:
        yield f"{name}: std {float(values.std(correction=0)):.4g} for {std:.4g}"
    if (
        not torch.equal((values == 0).flatten(1).all(1), (expected == 0).flatten(1).all(1))
        if values.ndim > 1
        else False
    ):
        yield f"{name}: other rows of zeros"


def inputs(config):
    """Return what a model of a configuration reads."""
    text = torch.tensor([[3, 4, 5, 6, 7, 8]])
    if config.model_type == "clip_text_model":
        return {"input_ids": torch.tensor([[config.bos_token_id, 5, 6, config.eos_token_id]])}
    if config.model_type == "whisper":
        return {"input_features": torch.ones(1, config.num_mel_bins, 3000), "decoder_input_ids": text}
    size = getattr(
        getattr(config, "vision_config", config), "image_size", 64 if config.model_type == "resnet" else None
    )
    images = {} if size is None else {"pixel_values": torch.ones(1, 3, size, size)}
    if config.model_type == "clip":
        return {**images, "input_ids": torch.tensor([[257, 5, 6, 258]])}
    both = {"decoder_input_ids": text} if config.model_type == "t5" else {}
    return images or {"input_ids": text, **both}


def is_finite(model):
    with torch.no_grad():
        outputs = model(**inputs(model.config))
    return all(bool(torch.isfinite(value).all()) for value in outputs.values() if torch.is_tensor(value))


def used(repository, model):
    """Return what the library's tokenizer, image processor and pipelines make of a model's files."""
    kind = type(model).__name__
    own = {"revision": REVISION}
    image = Image.new("RGB", (50, 40))
    if kind.endswith("ForImageClassification"):
        return {"labels": len(pipeline("image-classification", model=repository, **own)(image))}
    if kind in ("Dinov2Model", "CLIPVisionModelWithProjection"):
        processor = AutoImageProcessor.from_pretrained(repository, **own)
        return {"shape": list(processor(image, return_tensors="pt")["pixel_values"].shape)}
    tokenizer = AutoTokenizer.from_pretrained(repository, **own)
    ids = tokenizer(TEXT)["input_ids"]
    answer = {"text": tokenizer.decode(ids, skip_special_tokens=True), "ids": ids}
    config = getattr(model.config, "text_config", model.config)
    roles = ("bos", "eos", "pad", "cls", "sep")
    told = {role: getattr(config, f"{role}_token_id", None) for role in roles}
    answer["other_ids"] = [
        role for role, number in told.items() if number is not None and getattr(tokenizer, f"{role}_token_id") != number
    ]
    if kind.endswith(WORDS):
        made = pipeline("text-generation", model=repository, **own)("Hello", max_new_tokens=4, do_sample=False)
        answer["begins"] = made[0]["generated_text"][:5]
    elif kind.endswith("ForMaskedLM"):
        answer["guesses"] = len(pipeline("fill-mask", model=repository, **own)(f"Hello {tokenizer.mask_token}"))
    elif kind == "CLIPModel":
        classify = pipeline("zero-shot-image-classification", model=repository, **own)
        answer["labels"] = len(classify(image, candidate_labels=["a cat", "a dog"]))
    elif kind == "T5ForConditionalGeneration":
        answer["made"] = model.generate(**tokenizer(TEXT, return_tensors="pt"), max_new_tokens=4).shape[0]
    return answer


def answer_of(name):
    repository = f"fanin/{name}"
    config = transformers.AutoConfig.from_pretrained(repository, revision=REVISION)
    kind = getattr(transformers, config.architectures[0])
    model, loading = kind.from_pretrained(repository, revision=REVISION, output_loading_info=True)
    first, second = (of_the_library(kind, config, seed) for seed in (1, 2))
    return {
        "loading": {what: sorted(map(str, names)) for what, names in loading.items() if names},
        "differences": list(differences(model.state_dict(), first, second)),
        "is_finite": is_finite(model.eval()),
        "used": used(repository, model),
    }


def main():
    transformers.logging.set_verbosity_error()
    sys.stdout.write(json.dumps({name: answer_of(name) for name in sys.argv[1:]}))


main()
