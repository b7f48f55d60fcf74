"""VietQR between us and others: npm's `vietqr-ts` reads what we write and we read what it writes; readers of pictures
(zbar, zxing, its own) see what we draw."""

import base64
import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from server.core.settings import ROOT
from server.modules.payments.rules.bill_codes import new_code
from server.modules.payments.rules.vietqr import VietQR, build, parse
from server.modules.payments.service.views import draw
from tests.modules.payments.test_rules import VECTORS

HERE = Path(__file__).with_name("vietqr")
_NODE_FOLDER = ROOT / ".venv" / "node-folder"  # where `make` found or put Node
OURS = [
    VietQR(bank="970403", account="0011012345678", amount=amount, bill=code, purpose=code)
    for amount in (1, 8000, 10**12)
    for code in (new_code(),)
]


def picture(text: str) -> Image.Image:
    """As the screen shows it: the server's path, four pixels a module, with light around it."""
    drawn = draw(text)
    modules = Image.new("L", (drawn.size + 8, drawn.size + 8), 255)
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)", drawn.path):
        modules.paste(0, (int(x) + 4, int(y) + 4, int(x) + 4 + int(run), int(y) + 5))
    return modules.resize((modules.width * 4, modules.height * 4), Image.Resampling.NEAREST)


def png(text: str) -> str:
    out = io.BytesIO()
    picture(text).convert("RGB").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def grey(text: str) -> dict[str, Any]:
    drawn = picture(text)
    return {"pixels": base64.b64encode(drawn.tobytes()).decode(), "width": drawn.width, "height": drawn.height}


@pytest.fixture(scope="module")
def peer() -> Any:
    """All it is asked, at once: it costs a process."""
    assert (HERE / "node_modules").is_dir(), f"first: make {HERE.relative_to(ROOT)}/node_modules/.ready"
    node = shutil.which("node", path=_NODE_FOLDER.read_text().strip() if _NODE_FOLDER.exists() else None)
    assert node, "Node is missing: make .venv/node-folder"
    account = {"bankBin": "970403", "accountNumber": "0011012345678", "serviceCode": "QRIBFTTA"}
    asked = {
        "texts": [*VECTORS, *map(build, OURS)],
        "pictures": [png(build(it)) for it in OURS],
        "grey": [grey(build(it)) for it in OURS],
        "wishes": [
            account,
            account | {"amount": "50000", "purpose": "hoc phi"},
            account | {"amount": "50000", "billNumber": OURS[0].bill, "purpose": "HP"},
            {"bankBin": "970403", "cardNumber": "9704031101234567", "serviceCode": "QRIBFTTC", "amount": "1"},
        ],
    }
    done = subprocess.run(
        [node, str(HERE / "peer.mjs")], input=json.dumps(asked), capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


def test_it_reads_what_we_write(peer: Any) -> None:
    for mine, theirs in zip([*VECTORS.values(), *OURS], peer["read"], strict=True):
        assert theirs["bankCode"] == mine.bank
        assert theirs["accountNumber"] == mine.account
        assert theirs.get("amount") == (None if mine.amount is None else str(mine.amount))
        # It looks for the bill in tag 09, where the standard has another thing; what a bank carries on is the purpose.
        assert theirs.get("message", "") == mine.purpose


def test_we_read_what_it_writes(peer: Any) -> None:
    static, message, bill, card = map(parse, peer["written"])
    assert static == VietQR(bank="970403", account="0011012345678")
    assert (message.amount, message.purpose) == (50000, "hoc phi")
    assert (bill.amount, bill.bill, bill.purpose) == (50000, OURS[0].bill, "HP")
    assert (card.card, card.account, card.amount) == (True, "9704031101234567", 1)
    assert [build(it) for it in (static, message, bill, card)] == peer["written"]


def test_what_we_draw_is_seen_by_three_readers(peer: Any) -> None:
    for it, seen, zbar in zip(OURS, peer["seen"], peer["zbar"], strict=True):
        assert zbar == [build(it)]
        [found] = zxingcpp.read_barcodes(picture(build(it)))
        assert found.text == build(it)
        assert (seen["data"]["message"], seen["data"]["amount"]) == (it.purpose, str(it.amount))
