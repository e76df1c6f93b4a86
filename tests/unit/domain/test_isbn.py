"""ISBNs in every format, and their typos; barcodes of other things than books."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.isbn import (
    Barcode,
    canonical,
    find_isbn,
    find_isbns,
    find_other_barcode,
    hyphenate,
    is_valid,
    to_isbn10,
    to_isbn13,
)

SANTI = "9787536692930"


@pytest.mark.parametrize(
    "written",
    [
        "9787536692930",
        "978-7-5366-9293-0",
        "978 7 5366 9293 0",
        "978\u20107\u20105366\u20109293\u20100",
        "978—7—5366—9293—0",
        "９７８－７－５３６６－９２９３－０",
        "ISBN 978-7-5366-9293-0",
        "ISBN: 9787536692930",
        "isbn9787536692930",
        "ISBN-13: 978-7536692930",
        "ISBN13 9787536692930",
        "《三体》ISBN 978-7-5366-9293-0，刘慈欣",
        "三体 9787536692930 重庆出版社 2008",
        "2008 9787536692930",
        "9787536692930 51299",
        "978753669293051299",
        "978753669293005",
        "7-5366-9293-5",
        "7536692935",
        "ISBN 7 5366 9293 5",
        "ISBN-10: 7536692935",
        "\t9787536692930\n",
        "97875366.92930",
    ],
)
def test_an_isbn_is_read_in_any_format(written):
    reading = find_isbn(written)
    assert reading is not None
    assert (reading.is_valid, reading.isbn13, to_isbn10(reading.isbn13)) == (True, SANTI, "7536692935")
    assert reading.hyphenated == "978-7-5366-9293-0"
    assert reading.nearest == ()


@pytest.mark.parametrize("written", ["080442957X", "0-8044-2957-x", "ISBN 0 8044 2957 X.", "０８０４４２９５７Ｘ"])
def test_the_x_of_an_isbn_10_is_a_digit(written):
    assert canonical(written) == "9780804429573"


@pytest.mark.parametrize("last", ["A", "x", "*", " ", "-", "٣", "X", "0"])
def test_only_its_own_check_digit_ends_an_isbn_10(last):
    assert is_valid("753669293" + "5")
    assert not is_valid("753669293" + last)


@pytest.mark.parametrize(
    ("written", "is_one"),
    [
        ("978.7.5366.9293.0", True),
        ("7.5366.9293.5", True),
        ("978-7-5366.9293-0", False),
        ("978 7 5366.9293 0", False),
        ("7-5366.9293-5", False),
        ("978.7536692930", False),
    ],
)
def test_dots_part_a_number_where_nothing_else_does(written, is_one):
    assert (find_isbn(written) is not None) == is_one


def test_a_979_has_no_isbn_10():
    reading = find_isbn("979-10-90636-07-1")
    assert reading is not None
    assert (reading.isbn13, to_isbn10(reading.isbn13), reading.hyphenated) == ("9791090636071", "", "979-10-90636-07-1")


@pytest.mark.parametrize(
    "text",
    ["", " ", "三体", "1984", "2001: A Space Odyssey", "13800138000", "978", "\x00", "\ud800", "😀", "-" * 10_000,
     "12" * 5_000, "X", "978-7-5366", "the 39 steps", "ISBN", "1234567890 copies sold"],
)  # fmt: skip
def test_what_is_no_isbn_is_not_taken_for_one(text):
    assert find_isbn(text) is None
    assert canonical(text) is None


@pytest.mark.parametrize("typed", ["9787536692931", "978-7-5366-9293-1", "ISBN 7-5366-9293-1", "7536692933"])
def test_a_wrong_check_digit_is_said_and_the_right_number_is_among_the_nearest(typed):
    reading = find_isbn(typed)
    assert reading is not None
    assert (reading.is_valid, reading.isbn13, to_isbn10(reading.isbn13)) == (False, "", "")
    assert SANTI in reading.nearest
    assert all(is_valid(number) and len(number) == 13 for number in reading.nearest)


@pytest.mark.parametrize("wrong", ["9787536692931", "9787563692930", "7536692933", "0804429571", "9791090636072"])
def test_the_nearest_have_two_neighbours_swapped_or_then_one_sign_misread_the_last_first(wrong):
    swapped = [wrong[:at] + wrong[at + 1] + wrong[at] + wrong[at + 2 :] for at in range(len(wrong) - 1)]
    misread = [wrong[:at] + sign + wrong[at + 1 :] for at in reversed(range(len(wrong))) for sign in "0123456789X"]
    reading = find_isbn(wrong)
    assert reading is not None
    assert list(reading.nearest) == list(dict.fromkeys(to_isbn13(n) for n in swapped + misread if is_valid(n)))


def test_two_swapped_digits_are_mended():
    reading = find_isbn("9787563692930")
    assert reading is not None
    assert SANTI in reading.nearest


def test_a_valid_number_wins_over_a_wrong_one_before_it():
    assert canonical("9787536692931 9787536692930") == SANTI


def test_an_isbn_10_is_checked_before_it_becomes_an_isbn_13():
    assert canonical("7536692930") is None


#: What stands before the check digit of an ISBN-10.
BODIES = st.integers(0, 999_999_999).map("{:09d}".format).filter(lambda body: len(set(body)) > 1)


@given(BODIES)
def test_both_forms_of_a_number_lead_to_each_other(body):
    isbn13 = to_isbn13(f"{body}0")
    assert is_valid(isbn13)
    isbn10 = to_isbn10(isbn13)
    assert is_valid(isbn10)
    assert to_isbn13(isbn10) == isbn13
    assert canonical(isbn10) == canonical(isbn13) == canonical(hyphenate(isbn13)) == isbn13


@given(BODIES, st.integers(0, 12), st.integers(1, 9))
def test_any_misread_digit_is_noticed_and_mended(body, place, shift):
    isbn13 = to_isbn13(f"{body}0")
    wrong = isbn13[:place] + str((int(isbn13[place]) + shift) % 10) + isbn13[place + 1 :]
    reading = find_isbn(wrong)
    assert reading is not None
    assert not reading.is_valid
    assert isbn13 in reading.nearest


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text):
    reading = find_isbn(text)
    assert reading is None or len(reading.number) in (10, 13)


@pytest.mark.timeout(60)  # seconds when the work grows with the length, many minutes when it grows with its square
@pytest.mark.parametrize("signs", [string.digits + "- X", "97", "9-", "1 ", "978 ", ".:-", "Xx"])
def test_the_number_at_the_end_of_a_very_long_line_is_found(signs):
    noise = "".join(random.Random(1).choices(signs, k=200_000))
    assert find_isbns(f"{noise}\nISBN 978-7-5366-9293-0", with_wrong=True)[-1].isbn13 == SANTI


@pytest.mark.timeout(60)
def test_fifty_thousand_numbers_in_one_line_are_fifty_thousand_books():
    numbers = [to_isbn13(f"{number:09d}0") for number in range(1, 50_001)]
    assert [each.isbn13 for each in find_isbns(", ".join(numbers), with_wrong=True)] == numbers


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
        ("6901234567890", Barcode("6901234567890", "product")),
        ("6991234567890", Barcode("6991234567890", "product")),
        ("4006381333931", Barcode("4006381333931", "product")),
        ("ISBN 9771009055008", Barcode("9771009055008", "periodical")),
        ("ISBN: 6901234567892", Barcode("6901234567892", "product")),
    ],
)
def test_a_barcode_of_something_else_is_told(text, barcode):
    assert find_other_barcode(text) == barcode


@pytest.mark.parametrize(
    "text",
    [
        "9787536692930", "9787536692931", "978753669293051299", "9791090636071", "7536692935", "4006381333932", "690", "",
        "三体 6901234567892", "69012345678921", "٦٩٠١٢٣٤٥٦٧٨٩٢", "7111234567890",
        "6891234567890", "7001234567890",
    ],
)  # fmt: skip
def test_a_book_number_or_none_is_no_other_barcode(text):
    assert find_other_barcode(text) is None
