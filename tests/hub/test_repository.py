"""Repositories: a commit of each is of no other."""

from __future__ import annotations

import subprocess

import pytest

from service.hub.errors import RevisionNotFound
from service.hub.repository import Repositories, is_known, unknown_repository
from service.hub.revision import Draw, read_revision
from service.hub.small_file import SmallFile
from service.models.published import PUBLISHED

REPOSITORIES = Repositories()


def _variant(name, revision="main"):
    return REPOSITORIES.published(name).variant(read_revision(revision))


def test_each_repository_and_dtype_has_commits_of_its_own():
    revisions = ("main", "main.float64", "seed-1")
    commits = [_variant(name, r).commit(read_revision(r)) for name in PUBLISHED for r in revisions]
    assert len({str(commit) for commit in commits}) == len(commits)


def test_the_dtype_of_the_model_is_the_same_said_or_not():
    assert _variant("llama-3-8b") is _variant("llama-3-8b", "main.bfloat16")
    assert _variant("gpt2") is _variant("gpt2", "main.float32")


def test_a_commit_of_another_model_is_refused():
    commit = str(_variant("gpt2").commit(Draw(3, None)))
    assert str(_variant("gpt2", commit).commit(read_revision(commit))) == commit
    with pytest.raises(RevisionNotFound, match="bert-base"):
        _variant("bert-base", commit).commit(read_revision(commit))


def test_the_page_for_readers_is_no_part_of_a_commit(monkeypatch):
    before = _variant("gpt2").digest
    monkeypatch.setattr("service.hub.variant.readme", lambda *_: b"Another page")
    assert Repositories().published("gpt2").variant(Draw(0, None)).digest == before


def test_the_small_files_are_a_part_of_a_commit(monkeypatch):
    before = _variant("gpt2").digest
    monkeypatch.setattr("service.hub.variant.files_of", lambda *_: {"config.json": b"{}"})
    assert Repositories().published("gpt2").variant(Draw(0, None)).digest != before


def test_the_page_for_readers_says_that_the_weights_are_random():
    page = _variant("llama-3-8b", "main.float16").files["README.md"].content.decode()
    assert "not llama-3-8b: nothing here was trained" in page
    assert "8,030,261,248 parameters in float16" in page


@pytest.mark.parametrize("content", [b"", b"hello\n", bytes(range(256)) * 300])
def test_a_small_file_has_the_name_that_git_gives_it(content):
    named = subprocess.run(["git", "hash-object", "--stdin"], input=content, capture_output=True, check=True)
    assert SmallFile(content).oid == named.stdout.decode().strip()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("gpt2", "did you mean fanin/gpt2?"),
        ("openai-community/gpt2", "did you mean fanin/gpt2?"),
        ("fanin/gpt-2", "did you mean fanin/gpt2"),
        ("fanin/llama3-8b", "fanin/llama-3-8b"),
        ("x" * 500, "GET /models lists them"),
        ("fanin", "in fanin/"),
    ],
)
def test_an_unknown_id_is_told_what_may_have_been_meant(asked, said):
    assert not is_known(asked)
    text = str(unknown_repository(asked))
    assert said in text
    assert len(text) < 400
