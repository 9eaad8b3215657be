"""Downloads by huggingface_hub 0.36, which uses requests, or hf_transfer where HF_HUB_ENABLE_HF_TRANSFER says so."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from huggingface_hub import HfApi, hf_hub_download, snapshot_download
from huggingface_hub.errors import HfHubHTTPError

LARGE, REVISION = "fanin/swin-tiny", "seed-42.float16"
whole = Path(snapshot_download(LARGE, revision=REVISION, cache_dir=sys.argv[1]))
try:
    hf_hub_download(LARGE, "none.json", cache_dir=sys.argv[1])
    refusal = ""
except HfHubHTTPError as error:
    refusal = f"{type(error).__name__}: {error}"
sys.stdout.write(
    json.dumps(
        {
            "commit": whole.name,
            "files": sorted(path.name for path in whole.iterdir()),
            "digest": hashlib.sha256((whole / "model.safetensors").read_bytes()).hexdigest(),
            "total": HfApi().get_safetensors_metadata(LARGE).parameter_count,
            "exists": [HfApi().file_exists(LARGE, "config.json"), HfApi().file_exists(LARGE, "none.json")],
            "refusal": refusal,
        }
    )
)
