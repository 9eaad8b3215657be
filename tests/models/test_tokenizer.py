"""The tokenizers of bytes: every byte and every special token has a number of the model's vocabulary."""

from __future__ import annotations

import pytest

from service.models.config import Config
from service.models.generation import generation_config
from service.models.preprocessing import IMAGES
from service.models.published import PUBLISHED
from service.models.registry import FAMILIES
from service.models.tokenizer import SPECIALS, Tokenizer, byte_characters

READERS = {name: model for name, model in PUBLISHED.items() if model.config["model_type"] in SPECIALS}


def _tokenizer(name):
    return Tokenizer.of(Config(READERS[name].config))


def _text(config):
    return config.get("text_config", config)


def test_every_family_reads_text_or_images():
    assert SPECIALS.keys() | IMAGES.keys() == FAMILIES.keys()


def test_bytes_are_written_as_gpt_2_writes_them():
    characters = byte_characters()
    assert len(set(characters)) == 256
    assert "".join(characters[byte] for byte in b" Hello\n\x00\xff") == "ĠHelloĊĀÿ"


@pytest.mark.parametrize("name", READERS)
def test_each_token_has_a_number_of_its_own_within_the_vocabulary(name):
    tokenizer = _tokenizer(name)
    vocabulary = tokenizer.document["model"]["vocab"]
    assert len(set(vocabulary.values())) == len(vocabulary) == 256 + len(tokenizer.numbers)
    assert {*byte_characters()} == vocabulary.keys() - tokenizer.numbers.keys()
    assert (
        0 <= min(vocabulary.values()) <= max(vocabulary.values()) < _text(READERS[name].config).get("vocab_size", 49408)
    )


@pytest.mark.parametrize("name", READERS)
def test_special_tokens_have_the_numbers_that_the_configuration_names(name):
    config, tokenizer = _text(READERS[name].config), _tokenizer(name)
    for role in ("bos", "eos", "pad", "cls", "sep", "decoder_start"):
        if f"{role}_token_id" in config:
            assert tokenizer.number(role) == config[f"{role}_token_id"], role


@pytest.mark.parametrize("name", READERS)
def test_the_template_and_the_roles_name_tokens_that_there_are(name):
    tokenizer = _tokenizer(name)
    assert {*tokenizer.roles.values()} == {*tokenizer.numbers}
    template = tokenizer.document["post_processor"]
    used = {} if template is None else template["special_tokens"]
    assert {text: token["ids"] for text, token in used.items()} == {text: [tokenizer.numbers[text]] for text in used}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"eos_token_id": [7, 8]}, {"eos": 7, "bos": 1}),
        ({"eos_token_id": 1}, {"eos": 1, "bos": 1}),
        ({"eos_token_id": 10**9}, {"eos": 2, "bos": 1}),
        ({"eos_token_id": "2"}, {"eos": 2, "bos": 1}),
        ({"eos_token_id": None}, {"eos": 2, "bos": 1}),
    ],
)
def test_what_a_configuration_says_of_its_tokens_is_read_as_it_may_be(changes, expected):
    config = {**PUBLISHED["llama-tiny"].config, **changes}
    tokenizer = Tokenizer.of(Config(config))
    assert {role: tokenizer.number(role) for role in expected} == expected
    assert len(tokenizer.document["model"]["vocab"]) == 256 + len({*expected.values()})


def test_numbers_beyond_a_small_vocabulary_are_its_last_ones():
    tokenizer = Tokenizer.of(Config({**PUBLISHED["gpt2"].config, "vocab_size": 300}))
    assert tokenizer.number("eos") == tokenizer.number("bos") == 299


def test_a_vocabulary_that_has_no_room_for_bytes_has_no_tokenizer():
    assert Tokenizer.of(Config({**PUBLISHED["gpt2"].config, "vocab_size": 100})) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("llama-tiny", {"bos_token_id": 1, "eos_token_id": 2}),
        ("t5-tiny", {"eos_token_id": 1, "pad_token_id": 0, "decoder_start_token_id": 0}),
        ("qwen3-8b", {"eos_token_id": 151643, "pad_token_id": 151643}),
    ],
)
def test_what_generates_is_told_where_texts_end(name, expected):
    document = generation_config(Config(PUBLISHED[name].config), _tokenizer(name))
    assert document == {"_from_model_config": True, **expected}


def test_what_fills_in_masks_does_not_generate():
    assert generation_config(Config(PUBLISHED["bert-tiny"].config), _tokenizer("bert-tiny")) is None
