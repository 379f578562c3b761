"""The page of quality with 100,000 calls and 33,000 decided proposals in its period: how long it and the API take.

`make quality`; it fails where one takes more than 1.5 s in the middle. The pages are made in this process: what is
measured is the database and Python, without a network.
"""

import logging
import statistics
import time
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from tests.pages import signed_in

pytestmark = [pytest.mark.usefixtures("in_committed_acacia"), pytest.mark.timeout(1200)]
CALLS, PROPOSALS, ROUNDS, MOST_SECONDS = 100_000, 33_000, 7, 1.5
FILL_CALLS = """
INSERT INTO acacia.ai_call (id, purpose, provider, model_requested, model_served, fallback_reason, fallback_error,
    prompt_version, workflow, version, intent, run_id, step, inputs_digest, input_tokens, output_tokens,
    cache_write_5m_tokens, cache_write_1h_tokens, cache_read_tokens, cost_usd, cost_known, latency_ms, outcome,
    stop_reason, error, finding, checks, failed_checks, answer, request_id, created_at, route_version)
SELECT gen_random_uuid(), (ARRAY['understand', 'recommend', 'draft'])[1 + n %% 3],
    CASE WHEN n %% 40 = 0 THEN 'local' ELSE 'anthropic' END, 'claude-haiku-5-5',
    CASE WHEN n %% 40 = 0 THEN 'local' WHEN n %% 3 = 2 THEN 'claude-sonnet-5-5' ELSE 'claude-haiku-5-5' END,
    CASE WHEN n %% 40 = 0 THEN 'The model is overloaded (529).' END,
    CASE WHEN n %% 40 = 0 THEN (ARRAY['overloaded', 'timeout', 'budget', 'not_trusted'])[1 + n / 40 %% 4] ELSE '' END,
    'prompt@1', 'workflow-' || n %% 5, 1 + n %% 7,
    'intent-' || n %% 12, gen_random_uuid()::text, 'step', repeat('0', 64), 1000, 200, 0, 0, 0, 0.002, true,
    500 + n %% 3000, CASE WHEN n %% 50 = 0 THEN 'failed' ELSE 'succeeded' END, 'end_turn',
    CASE WHEN n %% 50 = 0 THEN 'not_trusted' ELSE '' END, '', '[]',
    CASE WHEN n %% 20 = 0 THEN ARRAY['grounding'] ELSE ARRAY[]::varchar[] END, repeat('words ', 150), '',
    now() - interval '80 days' * random(), 0
FROM generate_series(1, %s) n
"""
FILL_JUDGEMENTS = """
INSERT INTO acacia.ai_judgement (id, approval, workflow, version, intent, provider, model, prompt_version, fell_back,
    decision, rejection, edited, words_changed, waited, at)
SELECT gen_random_uuid(), gen_random_uuid(), 'workflow-' || n %% 5, 1 + n %% 7, 'intent-' || n %% 12, 'anthropic',
    'claude-sonnet-5-5', 'draft@1', false, CASE WHEN n %% 15 = 0 THEN 'reject' ELSE 'approve' END,
    CASE WHEN n %% 15 = 0 THEN (ARRAY['wrong_facts', 'needs_person', ''])[1 + n / 15 %% 3] ELSE '' END, n %% 9 = 0,
    (n %% 9 = 0)::int * random(), interval '1 hour' * random(), now() - interval '80 days' * random()
FROM generate_series(1, %s) n
"""


def taken(client: Client, path: str) -> float:
    """The middle of some rounds, in seconds."""
    took = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        assert client.get(path).status_code == 200
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def test_figures_of_a_hundred_thousand_calls_are_quick(cast: Cast, owner: Any) -> None:
    logging.disable(logging.CRITICAL)
    owner.execute(FILL_CALLS, [CALLS])
    owner.execute(FILL_JUDGEMENTS, [PROPOSALS])
    owner.execute("VACUUM ANALYZE acacia.ai_call")
    owner.execute("VACUUM ANALYZE acacia.ai_judgement")
    browser = signed_in(cast.alice)
    token = Client(HTTP_HOST="acacia.localhost", headers={"authorization": f"Bearer {cast.alice.token}"})
    slow = {}
    print(f"\n{CALLS:,} calls, {PROPOSALS:,} proposals, the middle of {ROUNDS} rounds")
    for path, who in (
        ("/quality/", browser),
        ("/quality/?workflow=workflow-1", browser),
        ("/quality/?intent=intent-3", browser),
        ("/api/v1/ai/quality", token),
        ("/api/v1/ai/quality?group_by=model", token),
    ):
        seconds = taken(who, path)
        print(f"{path:40}{seconds * 1000:8.0f} ms")
        if seconds > MOST_SECONDS:
            slow[path] = seconds
    assert not slow
