"""Schemathesis sends what the document allows and what it forbids: every answer is documented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from regulars.api.reference.openapi import schema
from regulars.api.tests.chain import ShopChain, caller_with

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

EXAMPLES = 8
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = sorted(
    details["operationId"] for methods in schema()["paths"].values() for details in methods.values()
)


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Keep the test's connection open over its requests, as Django's own client does.

    A request closes a connection that stands in a transaction, and the test's always does.
    """
    ends = (signals.request_started, signals.request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("operation_id", OPERATIONS)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_answer_is_documented(
    chain: ShopChain, operation_id: str, mode: GenerationMode
) -> None:
    system = caller_with()
    document = schemathesis.openapi.from_dict(schema())
    document.app = get_wsgi_application()
    operation = document.find_operation_by_id(operation_id)
    known = _known(chain)

    @seed(20240601)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        headers = {"Authorization": f"Bearer {system.token}"}
        case.call_and_validate(headers=headers, checks=CHECKS)
        # The same with things that exist: else nearly every answer would be 404.
        if case.path_parameters:
            case.path_parameters = {
                name: known.get(name, value) for name, value in case.path_parameters.items()
            }
            case.call_and_validate(headers=headers, checks=CHECKS)

    ask()


def _known(chain: ShopChain) -> dict[str, object]:
    return {
        "member_id": chain.member_of["a"],
        "order_id": "o-a-1",
        "product_id": "p1",
        "store_id": "s1",
        "run_id": 1,
    }
