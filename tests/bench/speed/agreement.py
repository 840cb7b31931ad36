"""Whether two outputs say the same. Pure: what was found of them in, differences out."""

from __future__ import annotations

from collections.abc import Mapping


def differences(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    """What is not equal, one line for each; none: both files hold the same rows.

    Args:
        ours: facts of our output, as `peer_facts.py` finds them.
        theirs: those of another one.
    """
    names = list(dict.fromkeys((*ours, *theirs)))
    return [
        f"{name}: {ours.get(name, 'nothing')}, theirs {theirs.get(name, 'nothing')}"
        for name in names
        if ours.get(name) != theirs.get(name)
    ]
