"""One-time codes survive a telephone line, and what does not survive it is found out at once."""

from __future__ import annotations

import pytest

from regiowacht_contract.join_code import LETTERS, digest, is_token, new_code, new_token, read_code, shown

CODE = shown("K7QM3XZD9FPTWB2")


def test_new_codes_and_tokens_are_read_back_and_differ() -> None:
    codes = {new_code() for _ in range(50)}
    tokens = {new_token() for _ in range(50)}
    assert len(codes) == len(tokens) == 50
    assert all(read_code(code) == code for code in codes)
    assert all(is_token(token) for token in tokens)
    assert len({digest(token) for token in tokens}) == 50


@pytest.mark.parametrize("typed", [CODE.lower(), CODE.replace("-", ""), f" {CODE.replace('-', ' - ')} "])
def test_how_a_code_is_written_does_not_matter(typed: str) -> None:
    assert read_code(typed) == CODE


def test_letters_that_look_like_digits_are_those_digits() -> None:
    code = shown("01010101AAAAAAA")
    assert read_code(code.replace("0", "o").replace("1", "l")) == code


def test_every_single_mistake_and_every_swap_of_neighbours_is_found() -> None:
    plain = CODE.replace("-", "")
    for at in range(len(plain)):
        wrong = [plain[:at] + letter + plain[at + 1 :] for letter in LETTERS if letter != plain[at]]
        same = [one for one in wrong if read_code(one)]
        assert len(same) <= 1, "of 31 mistakes at one place"
    for at in range(len(plain) - 2):
        swapped = plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :]
        assert swapped == plain or read_code(swapped) is None


@pytest.mark.parametrize("typed", ["", "K7QM", CODE + "A", CODE[:-1] + "U", "x" * 5000, "é" * 16])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


@pytest.mark.parametrize(
    "text", ["", "rwt_", "rwt_" + "a" * 42, "rwt_" + "a" * 44, "abc_" + "a" * 43, "rwt_" + "é" * 43]
)
def test_what_is_no_token(text: str) -> None:
    assert not is_token(text)
