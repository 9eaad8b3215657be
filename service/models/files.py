"""The small files that stand beside a model's tensors, as transformers reads them."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from service.models.published import PublishedModel

CONFIG = "config.json"


def files_of(model: PublishedModel, dtype: str) -> Mapping[str, bytes]:
    """Return the small files of a model whose tensors are stored in a dtype, by their names."""
    return {CONFIG: _config(model, dtype)}


def _config(model: PublishedModel, dtype: str) -> bytes:
    """Return the `config.json`, whose dtype transformers makes a model in."""
    members = {**model.config, "dtype": dtype}
    # transformers before its version 4.56 knows it by this name alone.
    members["torch_dtype"] = dtype
    return _json(members)


def _json(document: object) -> bytes:
    """Return a document as the library writes it."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
