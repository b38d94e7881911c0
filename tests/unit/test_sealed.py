"""What is kept from run to run is as it was written, or it is noticed."""

import json
import random

import pytest

from pipelines import sealed
from pipelines.sealed import BrokenSeal


def test_every_single_bit_of_a_file_is_guarded(tmp_path):
    file = tmp_path / "part.parquet"
    content = random.Random(7).randbytes(60)
    file.write_bytes(content)
    seal = sealed.seal(file)
    sealed.verify(file, seal)
    for place in range(len(content) * 8):
        flipped = bytearray(content)
        flipped[place // 8] ^= 1 << place % 8
        file.write_bytes(flipped)
        with pytest.raises(BrokenSeal, match=r"part\.parquet"):
            sealed.verify(file, seal)


@pytest.mark.parametrize("content", [b"", b"abcdef"[:-1], b"abcdefg"])
def test_other_length_is_noticed(tmp_path, content):
    file = tmp_path / "part"
    file.write_bytes(b"abcdef")
    seal = sealed.seal(file)
    file.write_bytes(content)
    with pytest.raises(BrokenSeal, match="bytes instead of 6"):
        sealed.verify(file, seal)
    file.unlink()
    with pytest.raises(BrokenSeal, match="cannot be read"):
        sealed.verify(file, seal)


def test_json_guards_its_own_content():
    text = sealed.to_json({"rows_delivered": 3, "files": {"a": [1, "ü"]}})
    assert sealed.from_json(text) == {"rows_delivered": 3, "files": {"a": [1, "ü"]}}
    damaged = [text.replace("3", "7", 1), text[:-4], "", "[]", "null", "7", '"x"', "{}", json.dumps({"sha256": "0", "content": 1})]
    for other in damaged:
        if other != text:
            with pytest.raises(BrokenSeal):
                sealed.from_json(other)


def test_seal_beside_a_file_says_what_became_of_it(tmp_path, caplog):
    file = tmp_path / "rates.parquet"
    assert not sealed.holds(file) and not caplog.text
    file.write_text("rates")
    assert not sealed.holds(file) and "no checksum" in caplog.text
    sealed.put(file)
    caplog.clear()
    assert sealed.holds(file) and not caplog.text
    file.write_text("rateS")
    assert not sealed.holds(file) and "damaged" in caplog.text
    file.write_text("rates")
    file.with_name("rates.parquet.seal").write_text("[")
    assert not sealed.holds(file)
