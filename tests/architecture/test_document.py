"""The OpenAPI document and the server say the same: every route, tried with what it allows and with what it refuses."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from server.document import DOCUMENT_FILE
from tests.app import running
from tests.conftest import SECRET

# Checks that ask for more than a document can say: that whatever has the right shape is accepted (a cursor may be
# nobody's), that whatever is not mentioned is refused (another query field), and how a 405 is worded.
LEFT_OUT = (
    "positive_data_acceptance",
    "negative_data_rejection",
    "unsupported_method",
    "allow_header_conformance",  # Litestar answers OPTIONS with the methods of one handler of the path
)


def test_what_is_refused_when_it_is_unknown_is_said_to_be_closed() -> None:
    document = json.loads(DOCUMENT_FILE.read_text())
    shapes = document["components"]["schemas"]
    asked = [
        shapes[operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/")[-1]]
        for path in document["paths"].values()
        for operation in path.values()
        if "$ref" in operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    ]
    assert len(asked) > 25
    assert [shape["title"] for shape in asked if shape.get("additionalProperties") is not False] == []


@pytest.mark.long(30)
async def test_every_route_does_what_the_document_says(clone: Callable[[], str], tmp_path: Path) -> None:
    # By itself, and not once for each worker: Schemathesis makes its thirteen thousand cases before it begins.
    async with running("web", DATABASE_URL=clone(), SECRET_KEY=SECRET, LOG_LEVEL="error") as origin:
        schemathesis = await asyncio.create_subprocess_exec(
            *(Path(sys.executable).with_name("schemathesis"), "run", DOCUMENT_FILE, "--url", origin, "--no-color"),
            # It cannot read `prefixItems`, by which JSON Schema describes a row of the outline.
            *("--exclude-operation-id", "getCatalogueOutline", "--exclude-checks", ",".join(LEFT_OUT)),
            *("--phases", "coverage,fuzzing", "--max-examples", "12", "--generation-deterministic"),
            *("--suppress-health-check", "all", "--no-shrink", "--warnings", "off"),
            cwd=tmp_path,  # it leaves a folder with what it found
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await schemathesis.communicate()
    lines = [line[:400] for line in said.decode(errors="replace").splitlines()]  # a body may be very long
    assert schemathesis.returncode == 0, "\n".join(lines)
