"""Write the OpenAPI document.

python -m scripts.write_openapi > openapi/openapi.json
"""

from __future__ import annotations

import json

from service.app import create_app
from service.settings import Settings


def page() -> str:
    return json.dumps(create_app(Settings()).openapi(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    print(page(), end="")


if __name__ == "__main__":
    main()
