"""Asks a server at HF_ENDPOINT what its newest client can ask for, and prints what came of it as JSON.

Called with a folder to write to.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from socket import create_connection, create_server
from urllib.parse import urlsplit

from huggingface_hub import HfApi, HfFileSystem, constants, hf_hub_download, snapshot_download
from huggingface_hub.errors import HfHubHTTPError

FOLDER = Path(sys.argv[1])
LARGE, SHARDED, LANGUAGE = "fanin/swin-tiny", "fanin/llama-3-70b", "fanin/t5-small"
REVISION = "seed-42.float16"
API = HfApi()


def digest(path):
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def names(folder):
    return sorted(path.name for path in Path(folder).iterdir() if path.is_file())


def command_line():
    folder = FOLDER / "by_command"
    program = Path(sys.executable).with_name("hf")
    options = ["--revision", REVISION, "--local-dir", str(folder)]
    subprocess.run([program, "download", LARGE, *options], check=True, capture_output=True)
    return {"files": names(folder), "digest": digest(folder / "model.safetensors")}


def snapshots():
    whole = snapshot_download(LARGE, revision=REVISION)
    again = snapshot_download(LARGE, revision=REVISION)
    by_commit = snapshot_download(LARGE, revision=Path(whole).name)
    some = snapshot_download(SHARDED, allow_patterns=["*.json"], ignore_patterns=["generation*"])
    return {
        "commit": Path(whole).name, "is_kept": whole == again == by_commit, "files": names(whole),
        "digest": digest(Path(whole, "model.safetensors")), "some": names(some),
    }  # fmt: skip


def metadata():
    one, many = API.get_safetensors_metadata(LANGUAGE), API.get_safetensors_metadata(SHARDED, revision="seed-7")
    return {
        "one": one.parameter_count, "many": many.parameter_count, "files": len(many.files_metadata),
        "head": many.weight_map["lm_head.weight"],
    }  # fmt: skip


def file_system():
    files = HfFileSystem()
    with files.open(f"{LANGUAGE}@seed-42/model.safetensors", "rb") as file:
        file.seek(-8, 2)
        last = file.read().hex()
    return {
        "listed": [Path(path).name for path in files.ls(LANGUAGE, detail=False)],
        "matched": [Path(path).name for path in files.glob(f"{LANGUAGE}@seed-42/*.safetensors")],
        "last": last, "config": json.loads(files.read_text(f"{LANGUAGE}@seed-42.bfloat16/config.json"))["dtype"],
    }  # fmt: skip


def questions():
    info, refs = API.model_info(LANGUAGE, files_metadata=True), API.list_repo_refs(LANGUAGE)
    return {
        "exists": [API.file_exists(LANGUAGE, "config.json"), API.file_exists(LANGUAGE, "none.json"),
                   API.repo_exists(LANGUAGE), API.repo_exists("t5-small"), API.revision_exists(LANGUAGE, "seed-3"),
                   API.revision_exists(LANGUAGE, "v3")],
        "files": API.list_repo_files(LANGUAGE, revision="seed-3"),
        "paths": [path.path for path in API.get_paths_info(LANGUAGE, ["config.json", "none"], expand=True)],
        "branches": {branch.name: branch.target_commit for branch in refs.branches},
        "sha": info.sha, "total": info.safetensors.total, "sizes": [sibling.size for sibling in info.siblings],
    }  # fmt: skip


def refusals():
    told = {}
    for asked in (("fanin/gpt-2", "config.json", "main"), (LANGUAGE, "none.json", "main"),
                  (LANGUAGE, "config.json", "v3"), ("t5-small", "config.json", "main")):  # fmt: skip
        try:
            hf_hub_download(asked[0], asked[1], revision=asked[2])
        except HfHubHTTPError as error:
            told[" ".join(asked)] = [type(error).__name__, str(error)]
    return told


def broken():
    """Download through a proxy that breaks the first long reply off after 25 MiB."""
    target = urlsplit(constants.ENDPOINT)
    asked: list[str] = []
    listener = create_server(("127.0.0.1", 0))
    cuts = [25 * 2**20]

    def forward(client):
        with client, create_connection((target.hostname, target.port)) as server:
            threading.Thread(target=back, args=(server, client), daemon=True).start()
            while block := client.recv(2**16):
                asked.extend(line for line in block.decode("latin-1").split("\r\n") if line.lower().startswith("range"))
                server.sendall(block)

    def back(server, client):
        passed = 0
        while block := server.recv(2**16):
            passed += len(block)
            if cuts and passed > cuts[0]:
                cuts.pop()
                client.shutdown(2)
                return
            client.sendall(block)

    def listen():
        while True:
            threading.Thread(target=forward, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    endpoint = "http://{}:{}".format(*listener.getsockname())
    # Another draw: one cache takes from the other what that has.
    path = hf_hub_download(LARGE, "model.safetensors", revision="seed-43.float16", endpoint=endpoint)
    return {"digest": digest(path), "ranges": asked, "was_cut": not cuts}


def all_at_once():
    """Download several at a time from a server that sends fewer at a time."""
    revisions = [f"seed-{seed}.float16" for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        paths = pool.map(lambda revision: hf_hub_download(LARGE, "model.safetensors", revision=revision), revisions)
        return {"digests": [digest(path) for path in paths]}


PARTS = {
    "command_line": command_line, "snapshots": snapshots, "metadata": metadata, "file_system": file_system,
    "questions": questions, "refusals": refusals, "broken": broken, "all_at_once": all_at_once,
}  # fmt: skip
sys.stdout.write(json.dumps({part: PARTS[part]() for part in sys.argv[2:]}))
