"""Ranges of integers as regular expressions, for schemas of numbers that are written as texts."""

from __future__ import annotations


def at_most(limit: int) -> str:
    """Return the pattern of the integers from 0 to `limit` in decimal digits, zeros before them allowed.

    It has as many zeros at most as `limit` has digits.
    """
    digits = str(limit)
    # Shorter ones; then those that have the first digits of the limit and a lower one after them; then the limit.
    choices = [f"[0-9]{{1,{len(digits) - 1}}}"] if len(digits) > 1 else []
    for place, digit in enumerate(digits):
        if digit != "0":
            lower = "0" if digit == "1" else f"[0-{int(digit) - 1}]"
            following = len(digits) - place - 1
            choices.append(digits[:place] + lower + (f"[0-9]{{{following}}}" if following else ""))
    return f"^0{{0,{len(digits)}}}({'|'.join([*choices, digits])})$"
