"""The OpenAPI document, from which the PWA's client is made."""

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
from litestar import Litestar

from server.app import DOCUMENT, create_app
from server.core.problems import correct_document
from server.core.settings import ROOT, Settings

DOCUMENT_FILE = ROOT / "pwa" / "src" / "core" / "openapi.json"


def document(app: Litestar) -> bytes:
    """The OpenAPI document, the same bytes for the same code."""
    schema = correct_document(app.openapi_schema.to_schema())
    for shape in _closed(msgspec.Struct):
        if found := schema["components"]["schemas"].get(shape.__name__):
            found["additionalProperties"] = False
    return msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=1) + b"\n"


def _closed(shape: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """The shapes that refuse fields they do not know, which Litestar does not write down."""
    for kind in shape.__subclasses__():
        if kind.__struct_config__.forbid_unknown_fields:
            yield kind
        yield from _closed(kind)


def write_document(*, check: bool, path: Path = DOCUMENT_FILE) -> None:
    fresh = document(create_app(Settings(secret_key="-" * 32, database_url="postgresql://"), DOCUMENT))
    if check:
        if not path.is_file() or path.read_bytes() != fresh:
            raise click.ClickException(f"{path.relative_to(ROOT)} is stale: run `make api`")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(fresh)
    click.echo(f"{path.relative_to(ROOT)} written.")
