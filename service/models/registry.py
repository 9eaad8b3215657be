"""All families, by the `model_type` of their configurations."""

from __future__ import annotations

from collections.abc import Mapping

from service.models.architecture import Family
from service.models.bert import bert, distilbert, roberta
from service.models.bloom import bloom
from service.models.deepseek_v3 import deepseek_v3
from service.models.falcon import falcon
from service.models.gpt2 import gpt2
from service.models.gpt_neox import gpt_neox
from service.models.llama import LLAMA_FAMILIES
from service.models.opt import opt
from service.models.t5 import t5

FAMILIES: Mapping[str, Family] = {
    "gpt2": gpt2, "gpt_neox": gpt_neox, **LLAMA_FAMILIES, "opt": opt, "bloom": bloom, "falcon": falcon,
    "deepseek_v3": deepseek_v3, "bert": bert, "roberta": roberta, "distilbert": distilbert, "t5": t5,
}  # fmt: skip
