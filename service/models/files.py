"""The small files that stand beside a model's tensors, as transformers reads them."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from service.models.config import Config
from service.models.generation import generation_config
from service.models.preprocessing import preprocessor_config
from service.models.published import PublishedModel
from service.models.tokenizer import Tokenizer

CONFIG = "config.json"


def files_of(model: PublishedModel, dtype: str) -> Mapping[str, bytes]:
    """Return the small files of a model whose tensors are stored in a dtype, by their names."""
    config = Config(model.config)
    tokenizer = Tokenizer.of(config)
    documents = {
        "generation_config.json": generation_config(config, tokenizer),
        "preprocessor_config.json": preprocessor_config(config),
        "tokenizer.json": None if tokenizer is None else tokenizer.document,
        "tokenizer_config.json": None if tokenizer is None else tokenizer.config,
    }
    return {CONFIG: _config(model, dtype), **{name: _json(each) for name, each in documents.items() if each}}


def _config(model: PublishedModel, dtype: str) -> bytes:
    """Return the `config.json`, whose dtype transformers makes a model in."""
    members = {**model.config, "dtype": dtype}
    # transformers before its version 4.56 knows it by this name alone.
    members["torch_dtype"] = dtype
    return _json(members)


def _json(document: object) -> bytes:
    """Return a document as the library writes it."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
