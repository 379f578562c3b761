"""The conversation may move: in every order of what can happen, no outdated reply leaves and nothing is forgotten."""

import os
from typing import Any

import pytest

from conftest import Cast
from tests.moving.conversation import Conversation
from tests.story import samples

# CONVERSATIONS=2000 tries as many; FIRST=… begins elsewhere.
COUNT = int(os.environ.get("CONVERSATIONS", "2"))
FIRST = int(os.environ.get("FIRST", "1"))
ACTS = 14


@pytest.mark.usefixtures("in_committed_acacia")
def test_whatever_happens_to_a_conversation_no_outdated_reply_leaves_and_nothing_is_forgotten(
    cast: Cast, owner: Any, at_once: Any
) -> None:
    samples()
    for seed in range(FIRST, FIRST + COUNT):
        moving = Conversation(seed, owner=owner, cast=cast, at_once=at_once)
        try:
            for _ in range(ACTS):
                moving.act()
            moving.finish()
        except BaseException:
            print(f"seed {seed}: {moving.acts}")
            raise
