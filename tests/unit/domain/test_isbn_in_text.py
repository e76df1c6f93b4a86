"""Digits of something else never become an ISBN, and the ISBN among them is found."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.cells import first_isbn, is_isbn_column, read_isbn_cell
from app.domain.isbn import canonical, find_isbn, find_isbns, hyphenate, is_valid, to_isbn10, to_isbn13
from app.domain.isbn_candidates import is_shortened, is_shortened_alone

SANTI = "9787536692930"


def ean(body: str) -> str:
    """Put the check digit behind twelve digits."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return body + str(-total % 10)


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


DATES = st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)).flatmap(
    lambda day: st.sampled_from(
        [
            day.isoformat(),
            day.strftime("%Y/%m/%d"),
            day.strftime("%d.%m.%Y"),
            day.strftime("%m/%d/%Y"),
            f"{day.year}-{day.month}",
        ]
    )
)
TIMES = st.times().flatmap(
    lambda time: st.sampled_from(
        [time.strftime("%H:%M"), time.strftime("%H:%M:%S"), time.strftime("%H:%M:%S,%f")[:12], time.isoformat()]
    )
)
STAMPS = st.datetimes().map(lambda moment: moment.isoformat())
FLOATS = st.one_of(
    st.floats(0.01, 99_999).map(repr),
    st.builds("at 978{}.{}".format, digits(5), digits(5)),
    st.builds("-{}.{}".format, digits(2), digits(4)),
    st.floats(1e8, 9e14).map(lambda number: f"{number:.5e}"),
    st.builds("{}.{}e+12".format, st.sampled_from("19"), digits(10)),
    st.builds("9.78{}E+12".format, digits(9)),
)
BARCODES = st.builds(
    lambda prefix, body: ean((prefix + body)[:12]), st.sampled_from(["977", "690", "693", "471", "50", "4"]), digits(12)
)
GS1 = st.one_of(
    st.just("(01)"),
    BARCODES.map(lambda number: f"(01)0{number}"),
    st.builds("(10){}(21){}".format, digits(6), digits(10)),
    st.builds("(17){}".format, digits(6)),
)
PRICES = st.decimals(1, 9_999, places=2).flatmap(
    lambda price: st.sampled_from(
        [f"¥{price}", f"{price}元", f"CNY {price}", f"${price}", f"€{str(price).replace('.', ',')}"]
    )
)
PHONES = st.sampled_from(["13800138000", "+86 138 0013 8000", "010-62782989", "(206) 555-0100", "电话 5366929301"])
NOISE = st.one_of(
    DATES,
    TIMES,
    STAMPS,
    FLOATS,
    BARCODES,
    GS1,
    PRICES,
    PHONES,
    st.sampled_from(["三体", "Vol. 2", "x", "5", "read", "OCLC 3656372578"]),
    st.uuids().map(str),
)
ISBNS = (
    digits(9).filter(lambda body: len(set(body)) > 1).map(lambda body: to_isbn13(f"978{body}{ean('978' + body)[-1]}"))
)
WRITTEN = ISBNS.flatmap(
    lambda isbn13: st.tuples(
        st.just(isbn13),
        st.sampled_from(
            [isbn13, hyphenate(isbn13), hyphenate(isbn13).replace("-", " "), f"ISBN {isbn13}", to_isbn10(isbn13), f"{isbn13}.0"]
        ),
    )
)  # fmt: skip
GAPS = st.sampled_from([" ", ", ", "\t", " | ", " - ", ";", ","])


@st.composite
def lines_around(draw: st.DrawFn, middle: str) -> str:
    """Draw a line with noise before and after the text in its middle."""
    before, after = draw(st.lists(NOISE, max_size=3)), draw(st.lists(NOISE, max_size=3))
    parts = [*before, *filter(None, [middle]), *after]
    return "".join(part + draw(GAPS) for part in parts)


@given(st.data(), WRITTEN)
@settings(max_examples=500, deadline=None)
def test_a_valid_number_among_the_digits_of_a_real_line_is_found_and_no_other(
    data: st.DataObject, written: tuple[str, str]
) -> None:
    isbn13, text = written
    line = data.draw(lines_around(text))
    assert canonical(line) == isbn13
    assert [typed.isbn13 for typed in find_isbns(line)] == [isbn13]


@given(st.data())
@settings(max_examples=500, deadline=None)
def test_a_real_line_without_a_number_gives_none(data: st.DataObject) -> None:
    line = data.draw(lines_around(""))
    assert canonical(line) is None
    assert find_isbns(line) == []


@pytest.mark.parametrize(
    "text",
    [
        "9.7810911864e+12", "9.78E+12", "9,78754E+12", "9.78753669293E+12", "9.787536692930E12", "978753669293e1",
        "9.78753669293 × 10^12", "9.787536692930×10¹²", "７.５３６６９Ｅ＋０９", "9787536692930E+12", "9787536692930E0", "9787536692930e+00",
        "9787536692930E12", "9787536692930.0E0", "7536692935e0", "7536692935E+3", "９７８７５３６６９２９３０Ｅ＋１２", "9787536692930×10^0",
        "9787536692930 x 10^3",
    ],
)  # fmt: skip
def test_a_number_in_exponent_form_is_no_isbn_and_known_as_shortened(text: str) -> None:
    assert find_isbn(text) is None
    assert read_isbn_cell(text) is None
    assert is_shortened(text)


@pytest.mark.parametrize("power", range(4, 16))
@pytest.mark.parametrize("number", ["9", "9.7", "9,7", "97", "97.8"])
def test_a_number_is_called_shortened_when_it_has_eight_to_thirteen_digits(number: str, power: int) -> None:
    before_the_point = len(number.replace(",", ".").partition(".")[0])
    assert is_shortened(f"{number}E+{power}") is (8 <= before_the_point + power <= 13)


@pytest.mark.parametrize("power", [-9, 9, 99])
@pytest.mark.parametrize("count", [7, 8, 9, 10, 13, 20])
def test_nine_digits_before_the_exponent_are_a_number_of_any_power(count: int, power: int) -> None:
    whole = SANTI.ljust(count, "1")[:count]
    assert is_shortened(f"{whole}E{power}") is is_shortened_alone(f"{whole}E{power}") is (count >= 9)


@pytest.mark.parametrize("text", ["ISBN 0-X-3064061-2", "ISBN X-306-40615-2", "ISBN 0-306-4061X-2"])
def test_an_x_before_the_end_makes_no_number(text: str) -> None:
    assert find_isbns(text, with_wrong=True) == []


@pytest.mark.parametrize("text", ["1.5E+3", "9787536692930", "2e2", "", "7-5366-9293-5", "1984"])
def test_what_no_spreadsheet_has_shortened_is_not_called_so(text: str) -> None:
    assert not is_shortened(text)


@pytest.mark.parametrize("text", ["080442957X 1051", "080442957x 10", "9787536692930 1051"])
def test_an_x_and_what_follows_it_are_no_power_of_ten(text: str) -> None:
    assert canonical(text) in {"9780804429573", SANTI}
    assert not is_shortened(text)


@pytest.mark.parametrize("digit", "0123456789")
def test_a_number_of_one_digit_only_stands_for_none_and_is_no_isbn(digit: str) -> None:
    ten, thirteen = digit * 10, to_isbn13(digit * 10)
    for text in (ten, thirteen, f"ISBN {ten}", hyphenate(thirteen)):
        assert find_isbn(text) is None
        assert find_isbns(text, with_wrong=True) == []
        assert read_isbn_cell(text) is None
    assert not is_valid(ten)
    assert not is_valid(thirteen)


def test_zeros_that_are_put_back_make_no_number_of_zeros_alone() -> None:
    assert read_isbn_cell("00000000") is None
    assert read_isbn_cell("000000000") is None


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("2026-01-01 02:05:09,978 INFO 0140817744x", []),
        ("2026-01-01 02:05:09,9787536692930", [SANTI]),
        ("02:05:09,978-7-5366-9293-0", [SANTI]),
        ("(01)09787536692930(10)AB12", [SANTI]),
        ("978-7-5366-9293-0,761535e4-09c2-7437", [SANTI]),
        ("978 7 5366 9293 0,761535e4-09c2-7437", [SANTI]),
        ("9787536692930 9.78E+12-1", [SANTI]),
        ("(10)000000(21)9780246835", []),
        ("(10)9787536692930", [SANTI]),
        ("(10)978-7-5366-9293-0", [SANTI]),
        ("9 787536 692930", [SANTI]),
        ("1. 978-7-5366-9293-0 2. 9787807650539", [SANTI, "9787807650539"]),
        ("9787536692930 9787807650539 9780060929879", [SANTI, "9787807650539", "9780060929879"]),
        ("昨天买了《三体》9787536692930 和《许我向你看》9787807650539", [SANTI, "9787807650539"]),
        ("7536692935, 9787536692930", [SANTI]),
        ("goodreads:1234567890,isbn:9787536692930", [SANTI]),
        ("978-0-306-40615-2", []),
        ("690-7-5366-9293-5", []),
        ("6901234567892", []),
        ("9771234567898", []),
        ("0.9787536692930", []),
        ("12.7536692935", []),
        ("2026-01-01 02:05:09,978 7536692930 INFO", []),
        ("02:05:09,978 7 5366 9293 0", [SANTI]),
        ("tel +1 978 368 7949 - 978-1-929679-13-3", ["9781929679133"]),
        ("978 710 5039 - 517.4772", []),
        ("978-753-6692 930", []),
        ("1-978-753-6692 930", []),
        ("HK$ 57,978-7-5366-9293-0", [SANTI]),
        ("262 USD 978 7 5366 9293 0", [SANTI]),
        ("2000-01-01 00:00:00,951891303X", ["9789518913033"]),
        ("979 01 67 20 42 98", []),
        ("978 753 6692 93 0", [SANTI]),
        ("978-605-335-138-2", ["9786053351382"]),
        ("oclc:0306406152, goodreads:0306406152", []),
        ("(OCoLC)0306406152", []),
        ("amazon_uk:0306406152", ["9780306406157"]),
        ("9\u200b787\u2060536692930", [SANTI]),
        ("978123915.5419 三体", []),
        ("9794772.569780 978 0 531 79001 4", ["9780531790014"]),
        ("OCLC 3656372578", []),
        ("OCLC no. 3656372578, 978-7-5366-9293-0", [SANTI]),
        ("23,00 € 9 787536 692930", [SANTI]),
        ("¥23,9 787536 692930", [SANTI]),
        ("21:50:04,9 787536 692930", [SANTI]),
        ("€ 978–7–5366–9293–0", [SANTI]),
        ("2008 - 7-5366-9293-5 - 23", [SANTI]),
        ("三体 - 7-5366-9293-5 -12.5", [SANTI]),
        ("06de3ab5-8249-1587-3a78-6d3d145bc16f", []),
    ],
)
def test_groups_that_stand_alone_or_are_written_like_an_isbn_win(line: str, found: list[str]) -> None:
    assert [typed.isbn13 for typed in find_isbns(line)] == found


def test_a_hyphenated_isbn_13_with_a_wrong_digit_is_never_read_as_isbn_10() -> None:
    typed = find_isbn("978-0-306-40615-2")
    assert typed is not None
    assert (typed.number, typed.is_valid) == ("9780306406152", False)
    assert "9780306406157" in typed.nearest


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("9787536692931", [("9787536692931", False)]),
        ("9787536692931, 9787536692930", [("9787536692931", False), (SANTI, True)]),
        ("9787536692930, 9787536692931", [(SANTI, True), ("9787536692931", False)]),
        ("9787536692931 9787536692931", [("9787536692931", False)]),
        ("7536692935 9787536692930", [(SANTI, True)]),
        ("ISBN 7536692934, 9787807650539", [("7536692934", False), ("9787807650539", True)]),
        ("7536692934, 9787807650539", [("9787807650539", True)]),
        ("ISBN 0000000000, 6901234567892", []),
        ("ISBN 6901234567892", []),
        ("ISBN 6901234567891", [("6901234567891", False)]),
        ("978-0-306-40615-2", [("9780306406152", False)]),
    ],
)
def test_wrong_numbers_are_found_among_the_right_ones_where_nothing_else_is_meant(
    text: str, found: list[tuple[str, bool]]
) -> None:
    assert [(typed.number, typed.is_valid) for typed in find_isbns(text, with_wrong=True)] == found
    assert [(typed.number, True) for typed in find_isbns(text)] == [one for one in found if one[1]]


@pytest.mark.parametrize(("length", "is_found"), [(400, True), (401, False)])
def test_a_number_is_looked_for_in_the_first_four_hundred_characters(length: int, *, is_found: bool) -> None:
    assert (find_isbn(SANTI.rjust(length)) is not None) is is_found


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("9787536692930 ISBN 9787807650539", "9787807650539"),
        ("9787536692930 ISBN 0306406152", "0306406152"),
        ("0306406152, 9787536692930", SANTI),
        ("9787536692930, 9787807650539", SANTI),
        ("9787536692931 ISBN 9787807650538", "9787807650538"),
        ("9787536692931, 9787807650538", "9787536692931"),
        ("9787536692931 ISBN 0306406151", "0306406151"),
    ],
)
def test_of_several_numbers_that_behind_the_word_isbn_counts_then_the_longer_then_the_first(
    text: str, number: str
) -> None:
    found = find_isbn(text)
    assert found is not None
    assert found.number == number


def test_the_barcode_of_something_else_is_no_isbn_and_a_misread_one_is() -> None:
    assert find_isbn("6901234567892") is None
    misread = find_isbn("8787536692930")
    assert misread is not None
    assert SANTI in misread.nearest


@pytest.mark.parametrize(
    ("cell", "isbn13"),
    [
        ("099910101", "9780099910107"),
        ("99910101", "9780099910107"),
        ("306-40615-2", "9780306406157"),
        ("306406152.0", "9780306406157"),
        ("80442957X", "9780804429573"),
        ("9787536692930.0", SANTI),
        ("['7536692935']", SANTI),
    ],
)
def test_zeros_that_a_spreadsheet_dropped_are_put_back(cell: str, isbn13: str) -> None:
    found = read_isbn_cell(cell)
    assert found is not None
    assert found.isbn13 == isbn13


@pytest.mark.parametrize(
    "cell",
    [
        "9,787,536,692,930",
        "9.787.536.692.930",
        "9 787 536 692 930",
        "9\u202f787\u202f536\u202f692\u202f930,00",
        "7,536,692,935.00",
    ],
)
def test_the_thousands_that_a_spreadsheet_parted_are_put_together(cell: str) -> None:
    found = read_isbn_cell(cell)
    assert found is not None
    assert found.isbn13 == SANTI


@pytest.mark.parametrize(
    "cell", ["", "12345678", "123456788", "12345", "[]", "99910102", "9,787,536,692,931", "9,787.536,692,930"]
)
def test_other_short_numbers_are_none(cell: str) -> None:
    assert read_isbn_cell(cell) is None


@pytest.mark.parametrize(
    ("cells", "isbn13"),
    [
        (["9.78754E+12", "7536692935"], SANTI),
        (["9787536692931", "", "7536692935"], SANTI),
        (["[]", "7536692935, 9787536692930"], SANTI),
    ],
)
def test_the_first_valid_number_of_a_row_counts(cells: list[str], isbn13: str) -> None:
    found = first_isbn(cells)
    assert found is not None
    assert found.isbn13 == isbn13


def test_without_a_valid_number_the_first_wrong_one_is_kept() -> None:
    found = first_isbn(["x", "9787536692931", "9787536692932"])
    assert found is not None
    assert (found.number, found.is_valid) == ("9787536692931", False)
    assert first_isbn(["", "x"]) is None


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("isbn", True), ("ISBN13", True), ("  Isbn 13 ", True), ("ISBN/UID", True), ("Edition ISBN-13", True), ("isbn_10", True),
        ("ean_isbn13", True), ("EAN", True), ("EAN13", True), ("书号", True), ("國際書號", True), ("identifiers", True), ("industryIdentifiers", True), ("ＩＳＢＮ", True),
        ("条形码", True), ("mean rating", False), ("Jean", False), ("title", False), ("id", False), ("", False),
    ],
)  # fmt: skip
def test_columns_that_may_hold_a_number_are_known_by_their_name(name: str, is_one: bool) -> None:
    assert is_isbn_column(name) is is_one


@pytest.mark.parametrize("text", ["03 0640 615 2", "0306 4 0615 2", "03.0640.615.2"])
def test_ten_digits_in_groups_as_no_isbn_has_them_are_none_though_their_check_digit_agrees(text: str) -> None:
    assert canonical(text) is None


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("0 306 40615 2", True),
        ("0-306-40615-2", True),
        ("0-30640615-2", True),
        ("030640615-2", True),
        ("12 0 306 40615 2", True),
        ("0 306 40615 2 7", True),
        ("0 30640615 2", False),
        ("0-306-406152", False),
        ("0-306 40615-2", False),
        ("0-3-06-40615-2", False),
        ("5-0-306-40615-2", False),
        ("0-306-40615-2-7", False),
        ("978 0 306 40615 2", False),
        ("0306406152", True),
        (".0306406152", True),
        ("0306406152.", True),
        ("0306406152.000000", True),
        ("0306406152.000001", False),
        ("0306406152.05", False),
        ("0306406152.0000000000000000", True),
        ("0306406152.0000000000000005", False),
        ("2.0306406152", False),
        ("A0306406152", False),
        ("0306406152A", False),
    ],
)
def test_ten_digits_are_one_in_its_own_groups_and_alone(text: str, is_one: bool) -> None:
    assert canonical(text) == ("9780306406157" if is_one else None)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("978-7-536-692-930", True),
        ("978-7536692930", True),
        ("978.7536692930", False),
        ("978-7-53-66-9293-0", False),
        ("9 787536 692930", True),
        ("9 787536-692930", False),
        ("9-787536-692930", False),
        ("1.9787536692930", True),
        ("0.9787536692930", False),
        ("A9787536692930B", True),
        ("97875366929305", False),
        ("978753669293051", True),
        ("9787536692930512", False),
        ("97875366929305129", False),
        ("978753669293051299", True),
        ("9787536692930512999", False),
    ],
)
def test_thirteen_digits_are_one_in_at_most_five_groups_and_with_an_add_on_behind(text: str, is_one: bool) -> None:
    assert canonical(text) == (SANTI if is_one else None)


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("9.78754E+12", True),
        ("9.78754E 12", True),
        ('="9.78754E+12"', True),
        ("ISBN: 9.78754E+12", True),
        ("９．７８７５４Ｅ＋１２", True),
        ("97875366929E+2", True),
        ("9E+12", False),
        ("9.78754E+3", False),
        ("9.78754E+12 三体", False),
        ("《9.78754E+12》", False),
        ("9787536692930", False),
    ],
)
def test_a_shortened_number_that_stands_alone_is_told_from_one_in_a_text(text: str, *, alone: bool) -> None:
    assert is_shortened_alone(text) is alone
