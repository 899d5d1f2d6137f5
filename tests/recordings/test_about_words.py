"""Codes for subjects, and what should be no code."""

from __future__ import annotations

import pytest

from myoscope.recordings.about_words import MUSCLES, identifying, next_subject


@pytest.mark.parametrize(
    ("codes", "following"),
    [
        ([], "sub-001"),
        ([""], "sub-001"),
        (["sub-001", "sub-003", "sub-002"], "sub-004"),
        (["S06", "S07"], "S08"),
        (["sub-099"], "sub-100"),
        (["7"], "8"),
        (["pilot", "demo"], "sub-001"),
        (["1987-03-12", "sub-002"], "sub-003"),
    ],
)
def test_the_next_code_follows_those_there_are(codes, following):
    assert next_subject(codes) == following


@pytest.mark.parametrize("text", ["Anna Schmidt", "Schmidt, Anna", "Anna", "Dr. Meier 3", "Jean-Luc", "name: x"])
def test_a_name_is_seen(text):
    assert identifying(text) == "name"


@pytest.mark.parametrize("text", ["1987-03-12", "12.03.1987", "AS 12/3/87", "19870312", "born 3.4.2001"])
def test_a_birth_date_is_seen(text):
    assert identifying(text) == "birth date"


@pytest.mark.parametrize(
    "text", ["", "sub-001", "S07", "P12b", "sub-pilotA", "CTRL", "007", "pilot", "sub-0012", "AB3"]
)
def test_a_code_is_left_alone(text):
    assert identifying(text) == ""


def test_muscles_are_in_order_and_once_each():
    assert list(MUSCLES) == sorted(set(MUSCLES))
    assert len(MUSCLES) > 100
