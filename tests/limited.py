"""The settings of a server that random requests cannot keep busy."""

from __future__ import annotations

from service.settings import Settings

LIMITED = Settings(max_elements=10_000, max_json_elements=10_000, max_matrix_work=10**8, max_seconds=1)
