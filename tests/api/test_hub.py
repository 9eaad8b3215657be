"""The Hub's routes: what its clients read, and in which form they are refused."""

from __future__ import annotations

import hashlib
import json
import os

import numpy as np
import pytest
import safetensors.numpy
from starlette.testclient import TestClient

from service.app import create_app
from service.models.published import PUBLISHED
from service.settings import Settings
from tests.in_process import in_process

API, FILES = "/api/models/fanin/t5-small", "/fanin/t5-small/resolve"
SHARDED = "/api/models/fanin/llama-3-8b"


@pytest.fixture(scope="module")
def commit(client):
    return client.get(f"{API}/revision/seed-42").json()["sha"]


def test_a_repository_is_told_as_clients_read_it(client):
    page = client.get(API).json()
    assert page["id"] == page["modelId"] == "fanin/t5-small"
    assert (page["private"], page["gated"], page["disabled"]) == (False, False, False)
    assert page["safetensors"] == {"parameters": {"F32": 60506624}, "total": 60506624}
    assert page["config"] == {"architectures": ["T5ForConditionalGeneration"], "model_type": "t5"}
    assert "model.safetensors" in [sibling["rfilename"] for sibling in page["siblings"]]
    # More digits would be taken for a SHA-256, and these names for storage elsewhere.
    assert all(len(sibling["blobId"]) == 40 for sibling in page["siblings"])
    assert not {"lfs", "xetHash"} & {key for sibling in page["siblings"] for key in sibling}


@pytest.mark.parametrize("revision", ["main", "HEAD", "seed-0", "seed=0", "seed%3D0", "main.float32", "seed-0.float32"])
def test_words_for_the_same_draw_are_the_same_commit(client, revision):
    assert client.get(f"{API}/revision/{revision}").json()["sha"] == client.get(API).json()["sha"]


def test_a_commit_is_a_revision_and_draws_differ(client, commit):
    assert client.get(f"{API}/revision/{commit}").json()["sha"] == commit
    assert client.get(API).json()["sha"] != commit
    assert client.get(f"{API}/revision/seed-42.float16").json()["sha"] != commit


def test_the_tree_the_paths_the_repository_and_the_files_tell_the_same(client, commit):
    entries = client.get(f"{API}/tree/{commit}", params={"recursive": "true", "expand": "false"}).json()
    siblings = client.get(f"{API}/revision/{commit}?blobs=true").json()["siblings"]
    assert [(s["rfilename"], s["size"], s["blobId"]) for s in siblings] == [
        (entry["path"], entry["size"], entry["oid"]) for entry in entries
    ]
    paths = [entry["path"] for entry in entries]
    assert client.post(f"{API}/paths-info/{commit}", json={"paths": [*paths, "none"], "expand": True}).json() == entries
    form = client.post(f"{API}/paths-info/{commit}", data={"paths": [paths[0], "none"], "expand": "false"})
    assert form.json() == entries[:1]
    for entry in entries:
        head = client.head(f"{FILES}/{commit}/{entry['path']}")
        assert head.headers["etag"] == f'"{entry["oid"]}"'
        assert int(head.headers["content-length"]) == entry["size"]


def test_the_branch_stands_at_the_draw_of_seed_0(client):
    page = client.get(f"{API}/refs").json()
    assert page["branches"] == [
        {"name": "main", "ref": "refs/heads/main", "targetCommit": client.get(API).json()["sha"]}
    ]
    assert page["tags"] == page["converts"] == []


def test_a_small_file_has_gits_name_and_what_clients_ask_of_a_head(client, commit):
    reply = client.get(f"{FILES}/{commit}/config.json")
    blob = b"blob %d\0" % len(reply.content) + reply.content
    assert reply.headers["etag"] == f'"{hashlib.sha1(blob).hexdigest()}"'
    head = client.head(f"{FILES}/{commit}/config.json").headers
    expected = {
        "x-repo-commit": commit,
        "accept-ranges": "bytes",
        "content-length": str(len(reply.content)),
        "content-disposition": 'inline; filename="config.json";',
        "cache-control": "public, max-age=31536000, immutable",
    }
    assert {name: head[name] for name in expected} == expected
    assert not [name for name in head if name.startswith("x-linked") or "xet" in name]


def test_the_configuration_has_the_dtype_of_the_revision(client):
    assert client.get(f"{FILES}/main/config.json").json()["dtype"] == "float32"
    assert client.get(f"{FILES}/seed-3.bfloat16/config.json").json()["dtype"] == "bfloat16"


@pytest.mark.parametrize("path", ["config.json", "model.safetensors"])
def test_words_are_asked_again_and_a_commit_never(client, commit, path):
    words = client.head(f"{FILES}/seed-42/{path}").headers
    assert words["cache-control"] == "no-cache"
    assert words["x-repo-commit"] == commit
    assert words["content-location"] == f"{FILES}/{commit}/{path}"
    fixed = client.get(f"{FILES}/{commit}/{path}", headers={"If-None-Match": words["etag"]})
    assert fixed.status_code == 304
    assert (fixed.headers["x-repo-commit"], fixed.headers["etag"]) == (commit, words["etag"])
    assert fixed.headers["cache-control"].endswith("immutable")


@pytest.mark.parametrize("verb", ["resolve", "raw"])
def test_the_file_of_tensors_is_that_of_the_checkpoint(client, verb):
    url = f"/fanin/clip-vit-b32/{verb}/seed-42.float16/model.safetensors"
    own = "/checkpoints/clip-vit-b32/model.safetensors?seed=42&dtype=float16"
    part = {"Range": "bytes=0-200000"}
    assert client.get(url, headers=part).content == client.get(own, headers=part).content
    assert client.head(url).headers["content-length"] == client.head(own).headers["content-length"]


def test_a_range_past_the_end_is_cut_and_one_after_it_refused(client):
    url = f"{FILES}/main/model.safetensors"
    size = int(client.head(url).headers["content-length"])
    cut = client.get(url, headers={"Range": f"bytes={size - 10}-{size}"})
    assert cut.status_code == 206
    assert cut.headers["content-range"] == f"bytes {size - 10}-{size - 1}/{size}"
    assert len(cut.content) == 10
    first = client.get(url, headers={"Range": "bytes=0-0"})
    assert (first.status_code, first.headers["content-range"]) == (206, f"bytes 0-0/{size}")
    past = client.get(url, headers={"Range": f"bytes={size}-"})
    assert past.status_code == 416
    assert past.headers["content-range"] == f"bytes */{size}"
    assert past.headers["x-error-message"] == past.json()["error"]


def test_if_range_lets_a_range_count_while_the_file_is_the_same(client):
    url = f"{FILES}/main/config.json"
    tag = client.head(url).headers["etag"]
    assert client.get(url, headers={"Range": "bytes=0-9", "If-Range": tag}).status_code == 206
    assert client.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).status_code == 200


def test_a_large_model_is_in_shards_with_their_index(client):
    entries = {entry["path"]: entry for entry in client.get(f"{SHARDED}/tree/seed-7").json()}
    shards = [path for path in entries if path.startswith("model-")]
    assert shards == [f"model-{number:05d}-of-00004.safetensors" for number in range(1, 5)]
    index = client.get("/fanin/llama-3-8b/resolve/seed-7/model.safetensors.index.json")
    page = index.json()
    assert page["metadata"] == {"total_parameters": 8_030_261_248, "total_size": 2 * 8_030_261_248}
    assert set(page["weight_map"].values()) == set(shards)
    blob = b"blob %d\0" % len(index.content) + index.content
    assert entries["model.safetensors.index.json"]["oid"] == hashlib.sha1(blob).hexdigest()
    assert client.head("/fanin/llama-3-8b/resolve/seed-7/model.safetensors").status_code == 404
    sizes = dict.fromkeys(shards, 0)
    for shard in shards:
        start = client.get(f"/fanin/llama-3-8b/resolve/seed-7/{shard}", headers={"Range": "bytes=0-99999"}).content
        length = int.from_bytes(start[:8], "little")
        header = json.loads(start[8 : 8 + length])
        sizes[shard] = 8 + length + max(entry["data_offsets"][1] for entry in header.values() if "shape" in entry)
        assert {name for name in header if name != "__metadata__"} == {
            name for name, file in page["weight_map"].items() if file == shard
        }
        assert header["__metadata__"] == {"format": "pt"}
        assert sizes[shard] == entries[shard]["size"] <= 5 * 10**9 + 2**20
    assert len({entry["oid"] for entry in entries.values()}) == len(entries)


def test_a_tensor_of_a_shard_is_that_of_its_own_url(client):
    plan = client.get("/checkpoints/llama-3-8b?seed=7&max_shard_size=5GB").json()
    tensor = next(each for each in plan["tensors"] if each["name"] == "model.layers.29.self_attn.k_proj.weight")
    part = {"Range": f"bytes={tensor['offset']}-{tensor['offset'] + 99}"}
    content = client.get(f"/fanin/llama-3-8b/resolve/seed-7/{tensor['file']}", headers=part).content
    assert content == client.get(tensor["url"], headers={"Range": "bytes=0-99"}).content


@pytest.mark.slow
def test_a_whole_file_is_read_by_safetensors(client):
    content = client.get("/fanin/swin-tiny/resolve/seed-1.float16/model.safetensors").content
    tensors = safetensors.numpy.load(content)
    assert sum(tensor.size for tensor in tensors.values()) == PUBLISHED["swin-tiny"].parameters
    assert all(np.isfinite(tensor).all() for tensor in tensors.values())


MISSING = [
    ("/api/models/gpt2", "RepoNotFound"),
    ("/api/models/openai-community/gpt2", "RepoNotFound"),
    ("/api/models/fanin/gpt3/revision/main", "RepoNotFound"),
    ("/api/models/someone/t5-small/tree/main?recursive=true", "RepoNotFound"),
    ("/api/models/gpt2/refs", "RepoNotFound"),
    ("/gpt2/resolve/main/config.json", "RepoNotFound"),
    ("/meta-llama/Llama-3.1-8B/resolve/main/config.json", "RepoNotFound"),
    ("/someone/t5-small/raw/main/config.json", "RepoNotFound"),
    ("/fanin/none/resolve/main/config.json", "RepoNotFound"),
    (f"{API}/revision/v1.0", "RevisionNotFound"),
    (f"{API}/revision/refs%2Fpr%2F1", "RevisionNotFound"),
    (f"{API}/tree/{'0' * 40}", "RevisionNotFound"),
    (f"{FILES}/seed-42.int3/config.json", "RevisionNotFound"),
    (f"{FILES}/{'a' * 40}/config.json", "RevisionNotFound"),
    (f"{FILES}/main/tokenizer.model", "EntryNotFound"),
    (f"{FILES}/main/model-00001-of-00002.safetensors", "EntryNotFound"),
    (f"{FILES}/main/model.safetensors.index.json", "EntryNotFound"),
    (f"{FILES}/main/a/b.json", "EntryNotFound"),
    (f"{FILES}/main/%E2%98%83.json", "EntryNotFound"),
    (f"{API}/tree/main/additional_chat_templates?recursive=false", "EntryNotFound"),
]


@pytest.mark.parametrize(("url", "code"), MISSING)
def test_what_is_missing_is_told_as_clients_raise_it(client, url, code):
    reply = client.get(url)
    assert (reply.status_code, reply.headers["x-error-code"]) == (404, code)
    assert reply.headers["content-type"] == "application/problem+json"
    page = reply.json()
    assert page["error"] == page["detail"]
    assert reply.headers["x-error-message"].isascii()
    assert ("x-repo-commit" in reply.headers) is (code == "EntryNotFound")
    assert client.head(url).headers["x-error-code"] == code


def test_a_commit_of_another_repository_is_no_revision(client, commit):
    reply = client.get(f"/fanin/gpt2/resolve/{commit}/config.json")
    assert (reply.status_code, reply.headers["x-error-code"]) == (404, "RevisionNotFound")


@pytest.mark.parametrize("member", ["seed=42", "dtype=float16", "only=*.bias", "max_shard_size=1GB"])
def test_a_draw_in_the_query_is_refused_for_the_revision_says_it(client, member):
    reply = client.get(f"{FILES}/main/config.json?{member}")
    assert reply.status_code == 422
    assert "seed-42.float16" in reply.headers["x-error-message"]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ({"content": b"[]", "headers": {"Content-Type": "application/json"}}, 422),
        ({"json": {}}, 422),
        ({"json": {"paths": "config.json"}}, 422),
        ({"json": {"paths": [1]}}, 422),
        ({"json": {"paths": ["x"] * 2000}}, 422),
        ({"content": b"paths=%FF", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 400),
        ({"content": b"paths=x&" * 3000, "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 400),
        ({"content": b"paths", "headers": {"Content-Type": "text/plain"}}, 415),
        ({"json": {"paths": ["x" * 100_000]}}, 413),
        ({"content": b'{"paths": ["\\ud800"]}', "headers": {"Content-Type": "application/json"}}, 400),
    ],
)
def test_bad_bodies_are_refused(client, options, status):
    reply = client.post(f"{API}/paths-info/main", **options)
    assert reply.status_code == status
    assert reply.json()["error"] == reply.json()["detail"]


@pytest.mark.parametrize(("method", "url"), [("POST", API), ("PUT", f"{FILES}/main/config.json"),
                                             ("GET", f"{API}/paths-info/main")])  # fmt: skip
def test_other_methods_are_refused(client, method, url):
    reply = client.request(method, url)
    assert reply.status_code == 405
    assert reply.headers["allow"]


@pytest.fixture(scope="module")
def busy():
    """A client of a server that has room for one reply of some size, which another client has taken."""
    with TestClient(create_app(Settings(max_streams=1))) as client, client.app_state["executors"].admission.enter(1):
        yield client


@pytest.mark.parametrize("url", [f"{API}/revision/main", f"{API}/tree/main", f"{FILES}/main/model.safetensors"])
def test_what_is_overloaded_elsewhere_is_a_429_with_the_time_to_wait(busy, url):
    reply = busy.get(url)
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "1")
    page = reply.json()
    assert (page["status"], page["type"], page["error"]) == (429, "/problems/too-many-requests", page["detail"])
    assert busy.get("/checkpoints/t5-small?seed=1").status_code == 503


TINY = {
    "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 32, "intermediate_size": 64,
    "num_hidden_layers": 1, "num_attention_heads": 2, "vocab_size": 300, "dtype": "bfloat16",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    for name, document in (
        ("mine", TINY),
        ("recipe", {"config": TINY, "initialize": "megatron"}),
        ("map", {"tensors": {"w": {"initializer": "zeros", "shape": [2]}}}),
        ("whole_numbers", TINY | {"dtype": "int64"}),
        ("gpt2", TINY),
    ):
        (folder / f"{name}.json").write_text(json.dumps(document))
    (folder / "broken.json").write_text("{")
    return folder


@pytest.fixture(scope="module")
def keeper(folder):
    with in_process(create_app(Settings(models=folder))) as client:
        yield client


@pytest.mark.parametrize("name", ["mine", "recipe"])
def test_a_model_that_the_operator_keeps_is_a_repository_of_its_own(keeper, name):
    info = keeper.get(f"/api/models/fanin/{name}/revision/seed-5").json()
    content = keeper.get(f"/fanin/{name}/resolve/{info['sha']}/model.safetensors").content
    assert content == keeper.get(f"/checkpoints/{name}/model.safetensors?seed=5").content
    assert keeper.get(f"/fanin/{name}/resolve/seed-5/config.json").json()["hidden_size"] == 32
    assert info["safetensors"]["parameters"].keys() == {"BF16"}


def test_the_recipe_is_a_part_of_the_commit(keeper):
    commits = {keeper.get(f"/api/models/fanin/{name}").json()["sha"] for name in ("mine", "recipe")}
    assert len(commits) == 2


@pytest.mark.parametrize(("name", "said"), [("map", "config.json"), ("whole_numbers", "real numbers"),
                                            ("broken", "cannot be read"), ("none", "GET /models")])  # fmt: skip
def test_another_manifest_is_no_repository(keeper, name, said):
    reply = keeper.get(f"/api/models/fanin/{name}")
    assert (reply.status_code, reply.headers["x-error-code"]) == (404, "RepoNotFound")
    assert said in reply.json()["error"]


def test_a_published_name_stands_for_the_published_model(keeper, client):
    assert keeper.get("/api/models/fanin/gpt2").json() == client.get("/api/models/fanin/gpt2").json()


def test_a_manifest_that_changes_has_other_commits(keeper, folder):
    file, commits = folder / "changing.json", []
    for width in (32, 64):
        file.write_text(json.dumps(TINY | {"hidden_size": width}))
        os.utime(file, ns=(width, width))
        commits.append(keeper.get("/api/models/fanin/changing").json()["sha"])
    assert commits[0] != commits[1]
    reply = keeper.get(f"/fanin/changing/resolve/{commits[0]}/config.json")
    assert reply.headers["x-error-code"] == "RevisionNotFound"
    assert keeper.get(f"/fanin/changing/resolve/{commits[1]}/config.json").json()["hidden_size"] == 64


def test_a_token_of_the_hub_changes_nothing_where_there_are_no_keys(client, caplog):
    token = {"Authorization": "Bearer hf_abcdefghijklmnopqrstuvwxyz"}
    for url, status in ((API, 200), (f"{FILES}/main/config.json", 200), (f"{FILES}/main/none", 404)):
        reply = client.get(url, headers=token)
        assert reply.status_code == status
        assert "hf_abcdef" not in reply.text + str(reply.headers)
    assert "hf_abcdef" not in caplog.text


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    keys = tmp_path_factory.mktemp("keys") / "keys"
    keys.write_text("alice:right-key-of-alice-4242\n")
    with in_process(create_app(Settings(api_keys_file=keys))) as client:
        yield client


@pytest.mark.parametrize("url", [API, f"{FILES}/main/config.json"])
def test_where_there_are_keys_a_token_is_one_or_is_refused_without_being_repeated(guarded, url):
    own = guarded.get(url, headers={"Authorization": "Bearer right-key-of-alice-4242"})
    assert own.status_code == 200
    assert own.headers["cache-control"].startswith("private")
    for fields in ({}, {"Authorization": "Bearer hf_abcdefghijklmnopqrstuvwxyz"}):
        reply = guarded.get(url, headers=fields)
        assert (reply.status_code, reply.json()["error"]) == (401, reply.headers["x-error-message"])
        assert "hf_abcdef" not in reply.text + str(reply.headers)
        assert "HF_TOKEN" in reply.headers["x-error-message"]
