"""Barcodes of other things than books."""

import pytest

from app.domain.barcode import Barcode, find_other_barcode


@pytest.mark.parametrize(
    ("text", "barcode"),
    [
        ("9771009055008", Barcode("9771009055008", "periodical")),
        ("977100905500807", Barcode("9771009055008", "periodical")),
        ("9771009055008 00007", Barcode("9771009055008", "periodical")),
        ("9771009055001", Barcode("9771009055001", "periodical")),
        ("6901234567892", Barcode("6901234567892", "product")),
        ("6-901234-567892", Barcode("6901234567892", "product")),
        ("６９０１２３４５６７８９２", Barcode("6901234567892", "product")),
        ("6991234567890", Barcode("6991234567890", "product")),
        ("4006381333931", Barcode("4006381333931", "product")),
    ],
)
def test_a_barcode_of_something_else_is_told(text, barcode):
    assert find_other_barcode(text) == barcode


@pytest.mark.parametrize(
    "text",
    [
        "9787536692930", "9787536692931", "978753669293051299", "9791090636071", "7536692935", "4006381333932", "690", "",
        "三体 6901234567892", "69012345678921", "٦٩٠١٢٣٤٥٦٧٨٩٢", "7111234567890",
    ],
)  # fmt: skip
def test_a_book_number_or_none_is_no_other_barcode(text):
    assert find_other_barcode(text) is None
