"""What is said of a signature: by table, of documents made for it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.modules.dossiers.rules.verdicts import Finding, Revocation, Verdict, together, verdict_of
from server.modules.dossiers.service.signatures import check
from tests.modules.dossiers.papers import (
    OFFICE,
    SIGNER,
    Authority,
    authority,
    emptied,
    garbled,
    narrowed,
    overwritten,
    packed_otherwise,
    plain,
    replaced,
    running,
)


@pytest.fixture
def roots(tmp_path: Path) -> Path:
    return authority().pem(tmp_path / "roots.pem")


def signed() -> bytes:
    return authority().sign(plain())


@pytest.mark.parametrize(
    ("finding", "verdict"),
    [
        (Finding(intact=True, whole=True, trusted=True), Verdict.VALID),
        (Finding(intact=True, whole=True, trusted=None), Verdict.UNKNOWN_SIGNER),
        (Finding(intact=True, whole=True, trusted=False), Verdict.INVALID),
        (Finding(intact=True, whole=True, trusted=True, revoked=True), Verdict.INVALID),
        (Finding(intact=True, whole=False, trusted=True), Verdict.CHANGED),
        (Finding(intact=False, whole=True, trusted=True), Verdict.INVALID),
    ],
)
def test_a_finding_and_its_word(finding: Finding, verdict: Verdict) -> None:
    assert verdict_of(finding) is verdict


def test_a_document_is_as_good_as_its_worst_signature() -> None:
    assert together([]) is Verdict.UNSIGNED
    assert together([Verdict.VALID, Verdict.CHANGED, Verdict.UNKNOWN_SIGNER]) is Verdict.CHANGED


def test_who_signed_when_and_that_it_holds(roots: Path) -> None:
    found = check(signed(), roots)
    assert found.verdict is Verdict.VALID
    [one] = found.signatures
    assert (one.name, one.office, one.stamped) == (SIGNER, OFFICE, False)
    assert one.at is not None


def test_a_second_signature_does_not_break_the_first(roots: Path) -> None:
    found = check(authority().sign(signed(), "Trần Thị Đóng Dấu"), roots)
    assert [it.verdict for it in found.signatures] == [Verdict.VALID, Verdict.VALID]


def test_without_a_root_nobody_is_known() -> None:
    assert check(signed(), None).verdict is Verdict.UNKNOWN_SIGNER


def test_the_root_of_others_vouches_for_nobody(tmp_path: Path) -> None:
    assert check(signed(), Authority("Gốc khác").pem(tmp_path / "other.pem")).verdict is Verdict.UNKNOWN_SIGNER


def test_a_certificate_that_has_run_out_tells_nothing_any_more(roots: Path) -> None:
    assert check(authority().sign(plain(), days=-1), roots).verdict is Verdict.UNKNOWN_SIGNER


NOW = datetime.now(UTC).replace(microsecond=0)
WEEK, MONTH = NOW - timedelta(days=7), NOW - timedelta(days=30)
GOOD, GONE, DARK = Revocation.NOT_REVOKED, Revocation.REVOKED, Revocation.UNKNOWN


@pytest.mark.parametrize("by", ["list", "answer"])
@pytest.mark.parametrize(
    ("how", "revocation", "since", "verdict"),
    [
        ({}, DARK, None, Verdict.VALID),
        ({"proved": WEEK}, GOOD, WEEK, Verdict.VALID),
        ({"proved": WEEK, "revoked": MONTH}, GONE, MONTH, Verdict.INVALID),
        ({"proved": NOW, "revoked": WEEK, "stamped": MONTH}, GONE, WEEK, Verdict.VALID),
        ({"proved": NOW, "revoked": MONTH, "stamped": WEEK}, GONE, MONTH, Verdict.INVALID),
        ({"proved": WEEK, "stamped": WEEK, "days": -1}, GOOD, WEEK, Verdict.VALID),
        ({"proved": WEEK, "days": -1}, GOOD, WEEK, Verdict.UNKNOWN_SIGNER),
        ({"stamped": WEEK, "days": -1}, DARK, None, Verdict.UNKNOWN_SIGNER),
        ({"proved": NOW, "stamped": NOW, "days": -1}, DARK, None, Verdict.UNKNOWN_SIGNER),
    ],
    ids=[
        "nothing brought along",
        "not revoked",
        "revoked, and only the signer says when it signed",
        "revoked after it signed",
        "revoked before it signed",
        "run out after it signed",
        "run out, and only the signer says when it signed",
        "run out, and nothing brought along",
        "run out before it signed",
    ],
)
def test_what_the_document_brings_along_of_its_issuer(
    how: dict[str, Any], revocation: Revocation, since: datetime | None, verdict: Verdict, by: str, roots: Path
) -> None:
    found = check(authority().sign(plain(), by=by, **how), roots)
    [one] = found.signatures
    assert (one.revocation, one.revocation_at, found.verdict) == (revocation, since, verdict)
    assert one.stamped is ("stamped" in how)


def test_the_list_of_another_issuer_says_nothing(roots: Path) -> None:
    stranger = Authority("Gốc khác").sign(plain(), proved=WEEK)
    [one] = check(stranger, roots).signatures
    assert (one.revocation, one.verdict) == (DARK, Verdict.UNKNOWN_SIGNER)


@pytest.mark.parametrize(
    ("document", "verdict"),
    [
        (plain, Verdict.UNSIGNED),
        (lambda: overwritten(signed()), Verdict.INVALID),
        (lambda: replaced(signed()), Verdict.CHANGED),
        (lambda: emptied(signed()), Verdict.INVALID),
        (lambda: narrowed(signed()), Verdict.INVALID),
        (lambda: signed()[:-400], Verdict.INVALID),
        (running, Verdict.UNSAFE),
        (lambda: b"%PDF-1.7 and no more", Verdict.UNREADABLE),
        (lambda: b"%PDF-1.7 /ByteRange [0 1 2 3]", Verdict.INVALID),
        (garbled, Verdict.UNREADABLE),
        (packed_otherwise, Verdict.UNREADABLE),
        (lambda: garbled() + b"/ByteRange", Verdict.INVALID),
    ],
    ids=[
        "unsigned",
        "overwritten",
        "replaced",
        "emptied",
        "narrowed",
        "cut",
        "running",
        "broken",
        "broken-signed",
        "garbled",
        "packed-otherwise",
        "garbled-signed",
    ],
)
def test_a_document_that_lies_is_not_believed(document: object, verdict: Verdict, roots: Path) -> None:
    assert check(document(), roots).verdict is verdict  # type: ignore[operator]


def test_roots_that_cannot_be_read_are_no_fault_of_the_document(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        check(signed(), tmp_path / "nowhere.pem")
