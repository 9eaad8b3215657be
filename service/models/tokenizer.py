"""A tokenizer of bytes for a language model: one token a byte, and the special tokens that its configuration names.

The form is that of the library tokenizers (`tokenizer.json`): byte-level BPE without merges, as GPT-2's bytes are
written as characters (Radford et al. 2019, section 2.2, and its `encoder.py`). The numbers of the special tokens are
those of the configuration, or of the family; the bytes have the numbers from 0 on that are left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.models.config import Config

_BYTES = 256

_START, _NO_TIMES = "decoder_start", "no_timestamps"
"""The roles of the token that a decoder begins with, and of Whisper's that says that no times follow."""

_OF_A_TOKENIZER = frozenset(("bos", "eos", "pad", "cls", "sep", "mask", "unk"))
"""The roles that a tokenizer knows; the others are those of a decoder."""

_CLASSES = {"whisper": "WhisperTokenizer"}
"""Of the library, where a pipeline needs what its general one has not."""


@dataclass(frozen=True)
class Special:
    """A token that is no byte."""

    role: str
    """What transformers calls it, less `_token`: bos, eos."""
    text: str
    number: int
    """Its number where the configuration names none."""


@dataclass(frozen=True)
class Specials:
    """The special tokens of a family, and where they stand in what it reads."""

    tokens: tuple[Special, ...]
    before: tuple[str, ...] = ()
    """The roles of those that a text begins with."""
    after: tuple[str, ...] = ()
    """The roles of those that it ends with."""


def _family(*tokens: tuple[str, str, int], before: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> Specials:
    return Specials(tuple(Special(*token) for token in tokens), before, after)


_END_OF_TEXT = "<|endoftext|>"
_SENTENCE = (("bos", "<s>", 1), ("eos", "</s>", 2))
_LLAMA = _family(*_SENTENCE, before=("bos",))
_QWEN = _family(("eos", _END_OF_TEXT, 151643), ("pad", _END_OF_TEXT, 151643))
_GEMMA = _family(("pad", "<pad>", 0), ("eos", "<eos>", 1), ("bos", "<bos>", 2), before=("bos",))
_BERT = _family(
    ("pad", "[PAD]", 0), ("unk", "[UNK]", 100), ("cls", "[CLS]", 101), ("sep", "[SEP]", 102), ("mask", "[MASK]", 103),
    before=("cls",), after=("sep",),
)  # fmt: skip
_CLIP = _family(
    ("bos", "<|startoftext|>", 49406), ("eos", _END_OF_TEXT, 49407), ("pad", "<pad>", 1),
    before=("bos",), after=("eos",),
)  # fmt: skip

SPECIALS: Mapping[str, Specials] = {
    "gpt2": _family(("bos", _END_OF_TEXT, 50256), ("eos", _END_OF_TEXT, 50256)),
    "gpt_neox": _family(("bos", _END_OF_TEXT, 0), ("eos", "</s>", 2)),
    "llama": _LLAMA,
    "mistral": _LLAMA,
    "mixtral": _LLAMA,
    "qwen2": _QWEN,
    "qwen3": _QWEN,
    "olmo2": _family(("pad", "<|padding|>", 1), ("eos", _END_OF_TEXT, 50279)),
    "gemma": _GEMMA,
    "gemma2": _GEMMA,
    "gemma3_text": _GEMMA,
    "phi3": _family(("bos", "<s>", 1), ("eos", _END_OF_TEXT, 32000), ("pad", _END_OF_TEXT, 32000)),
    "opt": _family(("pad", "<pad>", 1), ("bos", "</s>", 2), ("eos", "</s>", 2), before=("bos",)),
    "bloom": _family(*_SENTENCE),
    "falcon": _family(("bos", _END_OF_TEXT, 11), ("eos", _END_OF_TEXT, 11)),
    "deepseek_v3": _family(("bos", "<s>", 0), ("eos", "</s>", 1), before=("bos",)),
    "mamba": _family(("bos", _END_OF_TEXT, 0), ("eos", _END_OF_TEXT, 0), ("pad", _END_OF_TEXT, 0)),
    "mamba2": _family(("bos", "<s>", 0), ("pad", "<pad>", 1), ("eos", "</s>", 2)),
    "bert": _BERT,
    "distilbert": _BERT,
    "roberta": _family(
        ("bos", "<s>", 0), ("cls", "<s>", 0), ("pad", "<pad>", 1), ("eos", "</s>", 2), ("sep", "</s>", 2),
        ("mask", "<mask>", 50264), before=("cls",), after=("sep",),
    ),
    "modernbert": _family(
        ("bos", "[CLS]", 50281), ("cls", "[CLS]", 50281), ("eos", "[SEP]", 50282), ("sep", "[SEP]", 50282),
        ("pad", "[PAD]", 50283), ("mask", "[MASK]", 50284),
        ("unk", "[UNK]", 50280), before=("cls",), after=("sep",),
    ),
    "t5": _family(("pad", "<pad>", 0), ("eos", "</s>", 1), ("unk", "<unk>", 2), (_START, "<pad>", 0), after=("eos",)),
    "whisper": _family(
        ("bos", _END_OF_TEXT, 50256), ("eos", _END_OF_TEXT, 50256), ("pad", _END_OF_TEXT, 50256),
        (_START, "<|startoftranscript|>", 50257), (_NO_TIMES, "<|notimestamps|>", 50362), before=(_START, _NO_TIMES),
        after=("eos",),
    ),
    "clip": _CLIP,
    "clip_text_model": _CLIP,
}  # fmt: skip
"""By `model_type`: the numbers are transformers' defaults, and where it has none those of the published models."""


@dataclass(frozen=True)
class Tokenizer:
    """The tokens of a model: 256 bytes, and special ones."""

    family: str
    numbers: Mapping[str, int]
    """Of the special tokens, by their texts."""
    roles: Mapping[str, str]
    """The texts, by their roles."""
    longest: int | None
    """Tokens that the model reads at once; None where the configuration does not say."""

    @classmethod
    def of(cls, config: Config) -> Tokenizer | None:
        """Return the tokens of a configuration; None where its model reads no text, or has too few tokens for it."""
        family = config.model_type
        text = config.inner("text_config") if family == "clip" else config
        vocabulary = text.size("vocab_size", default=_BYTES * _BYTES)
        specials = SPECIALS.get(family)
        if specials is None or vocabulary < _BYTES + len(specials.tokens):
            return None
        numbers: dict[str, int] = {}
        roles: dict[str, str] = {}
        for special in specials.tokens:
            told = _told(text, special.role, vocabulary)
            number = numbers.get(special.text) if told is None else told
            if number is None:
                number = special.number if special.number < vocabulary else _last_free(numbers, vocabulary)
            # One number is one token, and one text is one number.
            name = next((text for text, other in numbers.items() if other == number), None)
            name = name or (f"<|{special.role}|>" if special.text in numbers else special.text)
            numbers[name], roles[special.role] = number, name
        return cls(family, numbers, roles, _longest(text, family))

    def number(self, role: str) -> int | None:
        """Return the number of a special token; None where there is none of the role."""
        return self.numbers[self.roles[role]] if role in self.roles else None

    @property
    def document(self) -> Mapping[str, Any]:
        """The `tokenizer.json`."""
        free = (number for number in range(_BYTES + len(self.numbers)) if number not in self.numbers.values())
        vocabulary = {**dict(zip(byte_characters(), free, strict=False)), **self.numbers}
        flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
        bytes_ = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
        return {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [
                {"id": number, "content": text, **flags}
                for text, number in sorted(self.numbers.items(), key=lambda item: item[1])
            ],
            "normalizer": None,
            "pre_tokenizer": bytes_,
            "post_processor": self._template(),
            "decoder": bytes_,
            "model": {
                "type": "BPE",
                "dropout": None,
                "unk_token": None,
                "continuing_subword_prefix": None,
                "end_of_word_suffix": None,
                "fuse_unk": False,
                "byte_fallback": False,
                "ignore_merges": False,
                "vocab": dict(sorted(vocabulary.items(), key=lambda item: item[1])),
                "merges": [],
            },
        }

    def _template(self) -> Mapping[str, Any] | None:
        """Return what puts special tokens around a text, and around each of two."""
        specials = SPECIALS[self.family]
        around = [self.roles[role] for role in (*specials.before, *specials.after)]
        if not around:
            return None
        before, after = ([_piece(self.roles[role]) for role in roles] for roles in (specials.before, specials.after))
        single = [*before, {"Sequence": {"id": "A", "type_id": 0}}, *after]
        # The second text has no token of its own before it, as BERT's.
        second = [{"Sequence": {"id": "B", "type_id": 1}}, *(_piece(self.roles[role], 1) for role in specials.after)]
        tokens = {text: {"id": text, "ids": [self.numbers[text]], "tokens": [text]} for text in around}
        return {"type": "TemplateProcessing", "single": single, "pair": [*single, *second], "special_tokens": tokens}

    @property
    def config(self) -> Mapping[str, Any]:
        """The `tokenizer_config.json`."""
        names = ["input_ids", *(["token_type_ids"] if self.family == "bert" else []), "attention_mask"]
        return {
            "tokenizer_class": _CLASSES.get(self.family, "PreTrainedTokenizerFast"),
            "clean_up_tokenization_spaces": False,
            "model_input_names": names,
            **({} if self.longest is None else {"model_max_length": self.longest}),
            **{f"{role}_token": text for role, text in self.roles.items() if role in _OF_A_TOKENIZER},
        }


def byte_characters() -> list[str]:
    """Return the character that stands for each byte: itself where it is seen, one from 256 on where it is not."""
    seen = {*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)}
    unseen = [byte for byte in range(_BYTES) if byte not in seen]
    return [chr(byte) if byte in seen else chr(_BYTES + unseen.index(byte)) for byte in range(_BYTES)]


def _told(config: Config, role: str, vocabulary: int) -> int | None:
    """Return the number that a configuration gives a special token; the first where there are several."""
    told = config.members.get(f"{role}_token_id")
    number = told[0] if isinstance(told, list) and told else told
    if isinstance(number, bool) or not isinstance(number, int):
        return None
    return number if 0 <= number < vocabulary else None


def _last_free(numbers: Mapping[str, int], vocabulary: int) -> int:
    return next(number for number in range(vocabulary - 1, -1, -1) if number not in numbers.values())


def _longest(config: Config, family: str) -> int | None:
    for member in ("max_position_embeddings", "n_positions", "max_target_positions"):
        if config.members.get(member) is not None:
            # RoBERTa counts positions from behind the token of padding on.
            return config.size(member) - (2 if family == "roberta" else 0)
    return None


def _piece(text: str, type_id: int = 0) -> Mapping[str, Any]:
    return {"SpecialToken": {"id": text, "type_id": type_id}}
