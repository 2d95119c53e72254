"""The OpenAPI document, from which the pages' types are made."""

from __future__ import annotations

import json

from api.app import create_app
from api.failure import Failure
from api.wiring import Service


def openapi_text() -> str:
    """The document as JSON, keys in order: the same routes always give the same text. Starts no service."""

    def refuse() -> Service:
        raise Failure("no service is needed for the OpenAPI document")

    return json.dumps(create_app(refuse).openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
