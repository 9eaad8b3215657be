"""The clients of the Hugging Face Hub, unmodified, against a real server: each downloads what the server itself says.

`make hub` installs them; each is run once, in a process and a home of its own, by a program beside this file.
"""

from __future__ import annotations

import hashlib
import json
import subprocess

import pytest

from tests.clients.hub_programs import run
from tests.programs import program
from tests.serving import ROOT, get, serving

pytestmark = pytest.mark.hub

REVISION = "seed-42.float16"
KEY = "right-key-of-alice-4242"
SHARDED, LANGUAGE = "fanin/llama-3-70b", "fanin/t5-small"


def _digest(server, target):
    status, _, body = get(server, target)
    assert status == 200
    return hashlib.sha256(body).hexdigest()


def _json(server, target):
    return json.loads(get(server, target)[2])


@pytest.fixture(scope="module")
def digest(server):
    """That of the file that most of them download, by the service's own URL."""
    return _digest(server, "/checkpoints/swin-tiny/model.safetensors?seed=42&dtype=float16")


@pytest.fixture(scope="module")
def commit(server):
    return _json(server, f"/api/models/fanin/swin-tiny/revision/{REVISION}")["sha"]


@pytest.fixture(scope="module")
def files(server):
    return [entry["path"] for entry in _json(server, f"/api/models/fanin/swin-tiny/tree/{REVISION}")]


@pytest.fixture(scope="module")
def newest(server, tmp_path_factory):
    """What the newest huggingface_hub says."""
    home = tmp_path_factory.mktemp("newest")
    parts = ("command_line", "snapshots", "metadata", "file_system", "questions", "refusals", "broken")
    return run(server, home, "newest", "newest.py", home, *parts)


def test_the_command_downloads_all_files(newest, digest, files):
    assert newest["command_line"] == {"files": files, "digest": digest}


def test_a_snapshot_is_that_of_the_commit_and_is_kept_by_it(newest, commit, digest, files):
    snapshots = newest["snapshots"]
    assert (snapshots["commit"], snapshots["digest"], snapshots["files"]) == (commit, digest, files)
    assert snapshots["is_kept"]


def test_patterns_leave_files_out(newest):
    some = newest["snapshots"]["some"]
    assert {"config.json", "model.safetensors.index.json"} <= set(some)
    assert all(name.endswith(".json") for name in some)


def test_headers_of_tensors_are_read_by_ranges(newest):
    metadata = newest["metadata"]
    assert metadata["one"] == {"F32": 60_506_624}
    assert metadata["many"] == {"BF16": 70_553_706_496}
    assert metadata["files"] > 20
    assert metadata["head"].startswith("model-00001-of-")


def test_the_file_system_lists_matches_and_seeks(newest, server):
    found = newest["file_system"]
    tree = [entry["path"] for entry in _json(server, f"/api/models/{LANGUAGE}/tree/main")]
    last = get(server, "/checkpoints/t5-small/model.safetensors?seed=42", ["Range: bytes=-8"])[2]
    assert sorted(found["listed"]) == tree
    assert (found["matched"], found["config"], found["last"]) == (["model.safetensors"], "bfloat16", last.hex())


def test_questions_are_answered(newest, server):
    said, main = newest["questions"], _json(server, f"/api/models/{LANGUAGE}")
    assert said["exists"] == [True, False, True, False, True, False]
    assert said["files"] == [sibling["rfilename"] for sibling in main["siblings"]]
    assert said["paths"] == ["config.json"]
    assert said["branches"] == {"main": main["sha"]}
    assert (said["sha"], said["total"]) == (main["sha"], 60_506_624)
    assert said["sizes"] == [sibling["size"] for sibling in main["siblings"]]


@pytest.mark.parametrize(
    ("asked", "kind", "said"),
    [
        ("fanin/gpt-2 config.json main", "RepositoryNotFoundError", "did you mean fanin/gpt2"),
        ("t5-small config.json main", "RepositoryNotFoundError", "did you mean fanin/t5-small?"),
        (f"{LANGUAGE} none.json main", "RemoteEntryNotFoundError", "the repository has no file 'none.json'"),
        (f"{LANGUAGE} config.json v3", "RevisionNotFoundError", "a revision is main, seed-42"),
    ],
)
def test_refusals_are_shown_to_the_user(newest, asked, kind, said):
    name, text = newest["refusals"][asked]
    assert name == kind
    assert said in text


def test_a_download_that_breaks_off_goes_on(newest, server):
    broken = newest["broken"]
    assert broken["was_cut"]
    assert broken["digest"] == _digest(server, "/checkpoints/swin-tiny/model.safetensors?seed=43&dtype=float16")
    assert any(not line.endswith("=0-") for line in broken["ranges"]), broken["ranges"]


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A server that wants a key, and sends two large replies at a time."""
    folder = tmp_path_factory.mktemp("busy")
    (folder / "keys").write_text(f"alice:{KEY}\n")
    with serving(folder, max_streams=2, api_keys_file=folder / "keys", access_log="json") as served:
        yield served


def test_a_client_waits_while_too_much_is_under_way(busy, tmp_path):
    said = run(busy.url, tmp_path, "newest", "newest.py", tmp_path, "all_at_once", HF_TOKEN=KEY)
    assert len(set(said["all_at_once"]["digests"])) == 4
    statuses = [json.loads(line)["status"] for line in busy.log.read_text().splitlines() if line.startswith("{")]
    assert 429 in statuses
    assert 503 not in statuses


def test_a_token_that_is_no_key_is_refused_with_what_to_do_and_stands_in_no_log(busy, tmp_path):
    said = run(busy.url, tmp_path, "newest", "newest.py", tmp_path, "refusals")
    _, text = said["refusals"][f"{LANGUAGE} config.json v3"]
    assert "the key is none of this server's; clients of the Hub send what HF_TOKEN has" in text
    assert "hf_unwanted" not in busy.log.read_text()


@pytest.mark.parametrize("transfer", ["0", "1"], ids=["requests", "hf_transfer"])
def test_the_older_client_downloads_the_same(server, commit, digest, files, tmp_path, transfer):
    said = run(server, tmp_path, "older", "older.py", tmp_path / "cache", HF_HUB_ENABLE_HF_TRANSFER=transfer)
    assert (said["commit"], said["digest"], said["files"]) == (commit, digest, files)
    assert said["total"] == {"F32": 28_288_354}
    assert said["exists"] == [True, False]
    assert "the repository has no file 'none.json'" in said["refusal"]


def test_transformers_and_accelerate_load_the_tensors_of_their_urls(server, tmp_path):
    said = run(server, tmp_path, "newest", "loading.py")
    plan = _json(server, "/checkpoints/gpt2?seed=42&dtype=float16")
    urls = {tensor["name"]: tensor["url"] for tensor in plan["tensors"]}
    assert said["wrong"] == {}
    assert (said["dtype"], said["parameters"]) == ("torch.float16", plan["parameters"])
    assert said["digests"] == {name: _digest(server, urls[name]) for name in said["digests"]}
    assert said["is_finite"]
    assert said["is_same"]


def test_the_library_for_javascript_asks_and_reads_by_ranges(server):
    folder = ROOT / "examples" / "clients"
    if not (folder / "node_modules" / "@huggingface").exists():
        pytest.fail("make hub installs the package")
    done = subprocess.run([program("node"), "hub.mjs", server], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    tree = _json(server, "/api/models/fanin/llama-3-8b/tree/seed-7")
    part = ["Range: bytes=1000-1099"]
    assert said["info"]["sha"] == _json(server, f"/api/models/{LANGUAGE}")["sha"]
    assert said["exists"] == [True, False]
    assert said["paths"] == ["config.json"]
    assert said["config"] == "t5"
    assert said["files"] == [[entry["path"], entry["size"]] for entry in tree]
    assert said["middle"] == get(server, "/checkpoints/t5-small/model.safetensors?seed=42", part)[2].hex()
    assert (said["sharded"], said["parameterCount"]) == (True, {"BF16": 8_030_261_248})
    assert "someone/t5-small" in said["refusal"]
