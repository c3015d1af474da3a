"""A yes or no in words."""

import pytest

from toolweave.checks.verdicts import verdict


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("is_available", False, "it isn't available"),
        ("hasLicense", True, "it has a license"),
        ("can_ship", False, "it can't ship"),
        ("valid", True, "it is valid"),
        ("login_status", False, "you're not logged in"),
        ("verification_status", True, "the verification status is positive"),
        ("dst", True, "dst: yes"),
    ],
)
def test_a_yes_or_no_is_a_clause(name: str, value: bool, said: str) -> None:
    assert verdict(name, value) == said
