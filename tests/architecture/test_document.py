"""The OpenAPI document and the server say the same: every route, tried with what it allows and with what it refuses."""

import json
from collections.abc import AsyncIterator, Callable

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks

from server.document import DOCUMENT_FILE
from tests.app import running
from tests.conftest import SECRET

# Schemathesis cannot read `prefixItems`, by which JSON Schema describes a row of the outline.
DOCUMENT = schemathesis.openapi.from_dict(json.loads(DOCUMENT_FILE.read_text())).exclude(
    operation_id="getCatalogueOutline"
)

load_all_checks()
# Checks that ask for more than a document can say: that whatever has the right shape is accepted (a cursor may be
# nobody's), that whatever is not mentioned is refused (another query field), and how a 405 is worded.
LEFT_OUT = {
    "positive_data_acceptance",
    "negative_data_rejection",
    "unsupported_method",
    "allow_header_conformance",  # Litestar answers OPTIONS with the methods of one handler of the path
}
ALL = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]


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


@pytest.fixture(scope="module")
async def server(clone: Callable[[], str]) -> AsyncIterator[str]:
    """The web process itself, on a database of its own."""
    async with running("web", DATABASE_URL=clone(), SECRET_KEY=SECRET, LOG_LEVEL="error") as origin:
        yield origin


@DOCUMENT.parametrize()
@settings(max_examples=12, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
def test_a_route_does_what_the_document_says(case: schemathesis.Case, server: str) -> None:
    case.call_and_validate(base_url=server, checks=ALL)
