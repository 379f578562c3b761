"""A stored document as the pages draw it."""

from typing import Any

from portal.proposals.evidence import sender_of
from portal.proposals.view import digest_short, proposal_of, stale_of

TEXT = "Hi Georgia,\n\nIt is open Saturday. The studio was approved in 2019. See you.\n\nMei"
OPEN, STUDIO = "It is open Saturday.", "The studio was approved in 2019."


def sentence(said: str, verdict: str, **more: Any) -> dict[str, Any]:
    start = TEXT.index(said)
    return {"start": start, "end": start + len(said), "text": said, "verdict": verdict, "evidence": [], **more}


def document(**more: Any) -> dict[str, Any]:
    listing = {"kind": "listing", "id": "L", "version": "31", "field": "open"}
    change = {"record": {"kind": "contact", "id": None}, "label": "Customer", "op": "create", "before": None}
    return {
        "title": "Reply to Georgia",
        "customer": {"name": "Georgia", "email": "g@example.com"},
        "message": {"id": "M", "from": "g@example.com", "subject": "Hello", "text": "Are you open?", "auth": {}},
        "sources": [
            {
                "kind": "listing",
                "id": "L",
                "version": "31",
                "title": "14 Wattle Street",
                "fields": [{"name": "open", "label": "Open home", "text": "Sat 21 Nov, 10:30 to 11:00 am"}],
            }
        ],
        "actions": [
            {
                "step": "record",
                "action": "crm.upsert_enquiry",
                "label": "Record the enquiry",
                "reversible": True,
                "input": {},
                "changes": [
                    {**change, "field": "name", "after": "Georgia Papadopoulos"},
                    {**change, "field": "phone", "after": "0491 570 156"},
                ],
            },
            {"step": "reply", "action": "mail.send_reply", "label": "Reply", "input": {}, "changes": []},
        ],
        "reply": {
            "step": "reply",
            "to": ["g@example.com"],
            "cc": [],
            "subject": "Re",
            "text": TEXT,
            "hold_seconds": 10,
        },
        "sentences": [
            sentence(OPEN, "supported", evidence=[1]),
            sentence(STUDIO, "unsupported", finding="No source says so.", suggestion="I’ll ask."),
        ],
        "evidence": [
            {
                "n": 1,
                "claim": "open Saturday",
                "label": "Open",
                "source": listing,
                "quote": "Sat 21 Nov",
                "supported": True,
            }
        ],
        "provenance": {"provider": "local", "latency_ms": 12, "prompt_version": "draft@1", "cost_usd": "0.000000"},
        **more,
    }


def test_a_claim_is_marked_at_its_own_words_and_its_quote_in_its_source():
    proposal = proposal_of(document())
    assert proposal.reply is not None
    marked = [
        "".join(p.text for p in r.pieces)
        for par in proposal.reply.paragraphs
        for line in par.lines
        for r in line
        if r.numbers
    ]
    assert marked == ["open Saturday"]
    (source,) = proposal.sources
    assert source.noun == "listing, rev 31"
    assert source.fields[0].quoted


def test_an_unsupported_sentence_comes_with_both_of_its_repairs():
    proposal = proposal_of(document())
    assert proposal.reply is not None
    (fix,) = proposal.reply.fixes
    assert fix.text_with_suggestion == TEXT.replace(STUDIO, "I’ll ask.")
    assert fix.text_without == TEXT.replace(STUDIO + " ", "")
    assert [claim.label for claim in proposal.without_source] == [STUDIO]


def test_a_sentence_in_the_models_own_words_is_marked_to_be_compared_and_may_stay():
    compared = sentence(OPEN, "own_words", evidence=[1], finding="Compare it with: “Sat 21 Nov”")
    proposal = proposal_of(document(sentences=[compared]))
    assert proposal.reply is not None
    (run,) = [r for par in proposal.reply.paragraphs for line in par.lines for r in line if r.verdict]
    assert (run.verdict, run.numbers, "".join(p.text for p in run.pieces)) == ("own_words", (1,), OPEN)
    (fix,) = proposal.reply.fixes
    assert (fix.blocks, fix.sentence, fix.finding) == (False, OPEN, "Compare it with: “Sat 21 Nov”")
    assert fix.text_without == TEXT.replace(OPEN + " ", "")
    assert (proposal.to_compare, proposal.without_source) == (1, [])


def test_a_document_that_does_not_say_from_whom_its_reply_comes_has_no_line_for_it():
    former = proposal_of(document()).reply
    assert former is not None
    assert (former.sender, former.answers_to) == ("", "")
    sender = {"from_name": "A", "from_email": "a@x.example", "reply_to": [{"name": "A", "email": "a+t@x.example"}]}
    now = proposal_of(document(reply={**document()["reply"], "sender": sender})).reply
    assert now is not None
    assert (now.sender, now.answers_to) == ("A <a@x.example>", "a+t@x.example")


def test_a_record_is_named_once_and_every_other_field_is_shown():
    (record,) = proposal_of(document()).effects.records
    assert record.summary == "New: Georgia Papadopoulos"
    assert [(f.label, f.after) for f in record.fields] == [("phone", "0491 570 156")]


def test_the_local_provider_is_never_called_a_model():
    provenance = proposal_of(document()).provenance
    assert provenance is not None
    assert provenance.local
    assert provenance.details == "12 ms, prompt draft@1"


def test_a_sender_is_verified_only_by_a_pass():
    assert sender_of({"dmarc": "pass"}).tone == "ok"
    assert sender_of({"dmarc": "unknown", "dkim": "unknown"}).tone == "quiet"
    assert sender_of({"dmarc": "fail", "dkim": "pass"}).tone == "danger"


def test_a_changed_fact_is_told_with_the_name_of_its_record_and_field():
    (row,) = stale_of([{"record": "listing:L", "field": "open", "was": "10:30", "is": "11:00"}], document())
    assert (row.record, row.field, row.was, row.is_now) == ("14 Wattle Street", "Open home", "10:30", "11:00")


def test_a_digest_is_shown_by_its_ends():
    assert digest_short("9f2c41ab77e0" + "0" * 48 + "d03e") == "9f2c 41ab 77e0 … d03e"
