"""Write the OpenAPI document.

python -m scripts.write_openapi > openapi/openapi.json
"""

from __future__ import annotations

import json

from service.app import create_app
from service.settings import Settings


def main() -> None:
    print(json.dumps(create_app(Settings()).openapi(), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
