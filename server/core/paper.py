"""Prints papers as PDF/A: accessible, with the fonts inside, so that Vietnamese and Khmer names stand right."""

import io
import re
from datetime import datetime
from pathlib import Path

import msgspec
from litestar import Response
from litestar.openapi.datastructures import ResponseSpec

_FONTS = Path(__file__).parent / "fonts"
_BEYOND_THEM = re.compile(
    "[^ -~\u00a0-\u024f\u0300-\u0304\u0306-\u030c\u031b\u0323\u1e00-\u1eff\u2010-\u2027\u20ab"
    "\u1780-\u17dd\u17e0-\u17e9]+"
)
"""What these fonts may not have: Latin and Khmer letters stay."""

PDF = {200: ResponseSpec(bytes, media_type="application/pdf", generate_examples=False)}
"""For the OpenAPI entry of a route that sends one: `responses=PDF | problems(…)`."""


def typeset(form: Path, sheet: msgspec.Struct, link: str, at: datetime) -> bytes:
    """The PDF of a Typst form, which finds its sheet (JSON) and a QR of the link (SVG) in `sys.inputs`; the same sheet
    gives the same bytes. PDF/A takes no letter without a shape: what no font of ours has stands there as a □.
    """
    import segno  # only whoever prints pays for them
    import typst

    qr = io.BytesIO()
    segno.make(link, error="m", micro=False).save(qr, kind="svg", border=2, scale=4, dark="#000", light="#fff")
    said = msgspec.json.encode(sheet).decode()

    def made(text: str) -> bytes:
        return typst.compile(
            str(form),
            root=str(form.parent),
            font_paths=[str(_FONTS)],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["a-2a"],  # for archives, and read out in the right order
            sys_inputs={"sheet": text, "qr": qr.getvalue().decode()},
            timestamp=int(at.timestamp()),
        )

    try:
        return made(said)
    except typst.TypstError:
        return made(_BEYOND_THEM.sub("□", said))


def pdf_reply(name: str, document: bytes) -> Response[bytes]:
    """To be saved, not to be opened within the page: a document may hold anything."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(document, media_type="application/pdf", headers=headers)
