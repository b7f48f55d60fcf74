"""What the gateway has signed and is none of ours is an alarm, once for each thing, and the list stays readable."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog

from server.core.database import Database
from tests.modules.payments.conftest import Partner, Payer, booked, credit, notice, order_of
from tests.modules.payments.test_desk import Clerk, clerk, new_clerk

__all__ = ["clerk", "new_clerk"]


def a_name() -> str:
    """Of an order or a merchant that nobody else in this run names."""
    return f"X{secrets.token_hex(6).upper()}"


async def about(clerk: Clerk, told: str) -> list[dict[str, Any]]:
    return [it for it in await clerk.findings() if told in (it["told"] or "")]


@pytest.mark.parametrize(
    ("code", "changed", "answer", "kind", "told", "amount"),
    [
        ("00", {"TxnRef": "{name}"}, "01", "unknown-order", "{name}", 8000),
        ("51", {"TxnRef": "{name}", "Amount": "800050"}, "01", "unknown-order", "{name}", None),
        ("00", {"TmnCode": "{name}"}, "01", "other-merchant", "{name} {order}", 8000),
        ("00", {"TmnCode": "{name}", "TxnRef": "{name}"}, "01", "other-merchant", "{name} {name}", 8000),
        ("00", {"CurrCode": "USD"}, "04", "other-currency", "USD 800000", None),
        # No whole number of đồng: nothing is booked, and what was said stands there.
        ("00", {"Amount": "800001"}, "04", "wrong-amount", "800001", None),
    ],
)
async def test_is_found_once_however_often_it_is_told(
    code: str, changed: dict[str, str], answer: str, kind: str, told: str, amount: int | None,
    payer: Payer, clerk: Clerk, database: Database,
) -> None:  # fmt: skip
    url = (await payer.begin())["url"]
    names = {"name": a_name(), "order": order_of(url)["vnp_TxnRef"]}
    told = told.format(**names)
    before = {it["id"] for it in await clerk.findings()}
    with structlog.testing.capture_logs() as said:
        for _ in range(3):  # each with another number of its own, as a retry may have
            changes = {field: value.format(**names) for field, value in changed.items()}
            assert await payer.ipn(notice(url, code, **changes)) == answer
    [one] = [it for it in await clerk.findings() if it["id"] not in before]
    mine = "TxnRef" not in changed
    due = 8000 if answer == "04" else None
    assert (one["kind"], one["told"], one["amount"], one["due"]) == (kind, told, amount, due)
    assert (one["code"], one["line"], one["more"]) == (payer.code if mine else None, None, False)
    assert [it["kind"] for it in said if it["log_level"] == "error"] == [kind]
    assert await booked(database, payer.code) == []
    # Nothing else is lost: somebody looks, and the right notice pays.
    assert (await clerk.post(f"/findings/{one['id']}/close")).status_code == 200
    assert await payer.ipn(payer.notice(url)) == "00"
    assert await booked(database, payer.code) == [("payment", 8000, True)]
    assert await payer.standing() == "paid"


async def test_what_nobody_has_signed_is_on_no_list(payer: Payer, clerk: Clerk) -> None:
    url = (await payer.begin())["url"]
    name = a_name()
    for changed in ({"TxnRef": name}, {"TmnCode": name, "TxnRef": name}):
        assert await payer.ipn(notice(url, secret="another", **changed)) == "97"
    assert await about(clerk, name) == []


async def test_however_many_orders_are_named_the_list_stays_readable(
    payer: Payer, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.modules.payments.service.findings.MOST_FROM_OUTSIDE", 0)
    url = (await payer.begin())["url"]
    names = [a_name() for _ in range(3)]
    with structlog.testing.capture_logs() as said:
        for name in names:
            assert await payer.ipn(notice(url, TxnRef=name)) == "01"
            assert await payer.ipn(notice(url, TmnCode=name)) == "01"
    found = await clerk.findings()
    assert [it for it in found if it["told"] and set(it["told"].split()) & set(names)] == []
    assert sorted(it["kind"] for it in found if it["more"]) == ["other-merchant", "unknown-order"]
    # Each of them is an alarm all the same.
    alarms = {it["about"] for it in said if it["log_level"] == "error"}
    reference = order_of(url)["vnp_TxnRef"]
    assert alarms >= {*names, *(f"{name}/{reference}" for name in names)}


async def test_what_the_banks_machine_is_refused_a_person_hears_of(
    payer: Payer, clerk: Clerk, bank: Partner, database: Database
) -> None:
    name = a_name()
    there, soon = credit(payer.code, bank_ref=name), (datetime.now(UTC) + timedelta(days=2)).isoformat()
    lines = [
        there,
        there | {"amount": 9000},
        credit("", bank_ref=f"{name}-a", at=soon),
        credit("", bank_ref=f"{name}-b", amount="1e3"),  # type: ignore[arg-type]
        credit("", bank_ref=f"{name}\0-c"),
        {"amount": 5},
    ]
    for _ in range(2):
        assert (await bank.credit(*lines))[1:] == ["refused"] * 5
    assert [(it["kind"], it["told"], it["amount"], it["due"]) for it in await about(clerk, name)] == [
        ("stated-otherwise", name, 9000, 8000),
        ("not-booked", f"{name}-a", 8000, None),
        ("not-booked", f"{name}-b", None, None),
        ("not-booked", f"{name}-c", None, None),
    ]
    assert await booked(database, payer.code) == [("payment", 8000, True)]
