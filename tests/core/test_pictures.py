"""Whatever somebody sends as a photo: pixels and nothing else are kept, and everything else is refused in no time."""

import io
import time

import pytest
from PIL import Image

from server.core.pictures import NotAPicture, TooManyPixels, fitted, made_anew
from tests.core.hostile import CANARY, Hostile, corpus

CORPUS = list(corpus())


def test_there_are_sixty() -> None:
    assert len(CORPUS) == 60
    assert len({it.name for it in CORPUS}) == 60


# Pillow warns of EXIF that points nowhere, and drops it.
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("sent", CORPUS, ids=lambda it: it.name)
async def test_every_file_gets_what_it_deserves(sent: Hostile) -> None:
    began = time.process_time()
    try:
        (large, small), (narrow, *_) = await made_anew(sent.content, (1600, 320)), await fitted(sent.content, (480,))
    except NotAPicture:
        fate = "no-picture"
    except TooManyPixels:
        fate = "too-large"
    else:
        fate = "kept"
        for kept, kind in ((large, "JPEG"), (small, "JPEG"), (narrow, "WEBP")):
            assert CANARY not in kept.content
            with Image.open(io.BytesIO(kept.content), formats=[kind]) as read:
                read.load()
                assert read.size == (kept.width, kept.height)
                assert max(read.size) <= 1600
                assert getattr(read, "n_frames", 1) == 1
                assert dict(read.getexif()) == {}
                assert not {"exif", "xmp", "icc_profile", "comment", "photoshop"} & set(read.info)
    assert fate == sent.fate
    # The largest takes a fifth of this; what would unpack to gigabytes must not even begin to.
    assert time.process_time() - began < 3


async def test_a_tall_picture_keeps_the_width_that_is_wanted() -> None:
    """Decoded at a fraction, it must not come out narrower than asked for."""
    out = io.BytesIO()
    Image.new("RGB", (2300, 4000), "white").save(out, "JPEG")
    assert [it.width for it in await fitted(out.getvalue(), [480, 1600])] == [480, 1600]
    assert [(it.width, it.height) for it in await made_anew(out.getvalue(), [1600])] == [(920, 1600)]
