"""Make the golden bytes on other Pythons, and with other versions of what compiles them.

    python -m scripts.check_platforms UV PYTHON[=lowest|highest] ...

For each interpreter, in an environment of its own: the versions of NumPy, Numba and llvmlite are the pinned ones, or
the lowest or highest that pyproject.toml allows; the rest is pinned. The test vectors are compared, and then the
digests of what the kernels make (`tests.streams.digests`) with those of this process. Compiling takes each a minute or
two. An interpreter may be one that an emulator of another processor runs; UV then has to be that of its root.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.generate import ROOT
from tests.streams.digests import digests

ORACLES = ("mpmath", "scipy")
"""What the digests are computed beside."""

VECTORS = """
import sys
from pathlib import Path
from scripts.write_vectors import page
sys.exit(page() != Path("service/streams/philox/vectors.json").read_text())
"""

COMPILING = r"(?:llvmlite|numba|numpy)=="


def _install(uv: str, folder: Path, interpreter: str, resolution: str) -> None:
    pins = (ROOT / "constraints.txt").read_text()
    if resolution:
        pins = re.sub(rf"^{COMPILING}.*\n", "", pins, flags=re.MULTILINE)
    constraints = folder / "constraints.txt"
    constraints.write_text(pins)
    environment = str(folder / "environment")
    subprocess.run([uv, "venv", "--quiet", "--python", interpreter, environment], check=True)  # noqa: S603
    command = [uv, "pip", "install", "--quiet", "--python", environment, "--constraint", str(constraints)]
    command += ["--resolution", "lowest-direct"] if resolution == "lowest" else []
    subprocess.run([*command, "--requirement", str(ROOT / "pyproject.toml"), *ORACLES], check=True)  # noqa: S603


def check(uv: str, asked: str) -> bool:
    """Tell whether one interpreter makes the same bytes."""
    interpreter, _, resolution = asked.partition("=")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _install(uv, folder, interpreter, resolution)
        python = folder / "environment" / "bin" / "python"
        variables = os.environ | {"NUMBA_CACHE_DIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}

        def run(*arguments: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(  # noqa: S603
                [python, *arguments], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
            )

        versions = run(
            "-c",
            "import platform, numpy, numba; print(platform.machine(), 'Python', platform.python_version(), "
            "'NumPy', numpy.__version__, 'Numba', numba.__version__)",
        ).stdout.strip()
        vectors = run("-c", VECTORS)
        made = run("-m", "tests.streams.digests")
        same = vectors.returncode == 0 and made.returncode == 0 and json.loads(made.stdout) == digests()
        print(f"{versions or interpreter}: {'the same bytes' if same else 'OTHER BYTES'}", flush=True)
        if not same:
            print(vectors.stderr[-2000:], made.stderr[-2000:])
        return same


def main(uv: str, asked: list[str]) -> int:
    print(f"compared with {platform.machine()} Python {platform.python_version()}", flush=True)
    same = [check(uv, interpreter) for interpreter in asked]
    return int(not all(same))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
