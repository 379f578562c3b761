"""What a tenant forbids its replies to say: which sentences that finds, in which spelling, and which it lets be."""

from __future__ import annotations

import time

import pytest

from ai.tests.conftest import mail
from ai.tests.test_trust import material, verdicts
from ai.trust import review
from ai.trust.own_topics import OwnTopic, said

WHY = "School zones change each year: send the department's page."


def topic(*phrases: str, key: str = "t1", words: str = WHY) -> OwnTopic:
    return OwnTopic(key, "School zones", words, phrases)


def found(text: str, *phrases: str) -> list[str]:
    return [each.span.text for each in said(text, [topic(*phrases)])]


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [
        ("school zone", "It is in the School Zone of Marrickville."),
        ("school zone", "SCHOOL ZONE: Marrickville."),
        ("school zone", "It is in the school-zone of Marrickville."),
        ("school zone", "It is in the school\u00a0zone of Marrickville."),
        ("school-zone", "It is in the school  zone of Marrickville."),
        ("school zone", "It is in the sch\u00adool z\u200bone of Marrickville."),
        ("school zone", "It is in the ｓｃｈｏｏｌ zone of Marrickville."),
        ("school zone*", "Both are in good school zones."),
        ("zon*", "The zoning allows it."),
        ("owner's reason", "The owner’s reason is a divorce."),
        ("Schulbezirk*", "Es liegt im Schulbezirk von Köln."),
        ("Straßenlärm", "Es gibt STRASSENLÄRM."),
        ("Nähe zur Schule", "Die Nahe zur Schule ist gut."),
        ("école", "L'ecole est à deux pas."),
        ("carte scolaire", "La Carte Scolaire change chaque année."),
        ("niño", "Es ideal para un NIN\u0303O."),
        ("zona escolar", "Está en la zona escolar."),
        ("città vecchia", "È nella citta vecchia."),
        ("região", "A regiao é calma."),
        ("school zone", "It is in the sch\ufe0fool\u20dd zo\u115fn\U000e0101e of Marrickville."),
        ("school zone", "It is in the school\u3164zone of Marrickville."),
        ("school zone", "It is in the school\u2800zone of Marrickville."),
        ("school zone", "It is in the school “zone” of Marrickville."),
        ("school zone", "It is in the ‘school’ zone of Marrickville."),
        ("school zone", "It is in the *school* __zone__ of Marrickville."),
        ("“school” zone", "It is in the school zone of Marrickville."),
        ("owners' reason", "The owners’ reason is a divorce."),
        ("学区", "这套房子属于最好的学\n区房。"),
        ("学 区", "这套房子属于最好的学区房。"),
        ("学区", "这套房子属于最好的学区房。"),
        ("VIP学区", "这是ＶＩＰ学区客户。"),
        ("school", "这是School区。"),
        ("가학군", "이 집은 가학군에 있습니다."),
        ("学校区", "この家は学校区にあります。"),
        ("C++ (beta)?", "It has C++ (BETA)? Yes."),
        ("$5 discount", "You get a $5 discount."),
    ],
)
def test_a_phrase_is_found_as_a_reader_would_find_it(phrase: str, sentence: str) -> None:
    assert found(f"Hello,\n\n{sentence}\n\nKind regards", phrase) != []


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [
        ("school zone", "It is in a preschool zone."),
        ("school zone", "The school zoned it."),
        ("school zone", "It is near the “school”, zone four."),
        ("owner's reason", "The owner reason is a divorce."),
        ("学区", "这里有小学。\n区政府很近。"),
        ("가학군", "이 집은 가 학군에 있습니다."),
        ("school zone", "The school. Zone 4 is near."),
        ("school zone", "It is near a school.\n\nZone 4 is close."),
        ("zon*", "The Amazon is a river."),
        ("art", "Part of the heart of Marrickville."),
        ("anything.*", "Anything at all."),
        ("sch.+l", "It is near a school."),
        ("a+b|c", "aab c."),
        ("[a-z]+", "school"),
        ("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaa!"),
        ("学区", "这套房子离学校区域很近。"),
    ],
)
def test_a_phrase_finds_no_part_of_a_word_and_is_no_pattern(phrase: str, sentence: str) -> None:
    assert found(sentence, phrase) == []


def test_a_sentence_is_refused_with_the_tenants_words_and_a_repair() -> None:
    text = "Hello,\n\nThe studio is detached. It is in the school zone of Marrickville.\n\nKind regards"
    (finding,) = review(material(text, topics=(topic("school zone*"),))).of("topics")
    assert (finding.verdict, finding.words) == ("refuse", WHY)
    assert text[finding.start : finding.end] == finding.text == "It is in the school zone of Marrickville."
    assert finding.suggestion == "I'll pass this on to our team and come back to you."


def test_a_phrase_that_a_line_break_cuts_stands_at_the_line_where_it_begins() -> None:
    assert found("It is in the school\nzone of Marrickville.", "school zone") == ["It is in the school"]


def test_each_topic_is_told_once_for_a_sentence() -> None:
    text = "School zones and noise, school zones and noise. Noise again."
    topics = [topic("school zones", "zones", key="a"), topic("noise", key="b")]
    assert [(each.topic.key, each.span.start) for each in said(text, topics)] == [("a", 0), ("b", 0), ("b", 48)]


def test_what_is_forbidden_to_all_stays_forbidden_beside_it() -> None:
    assert verdicts("You could sue the vendor.", "topics", topics=(topic("school zone"),)) == ["refuse"]


def test_only_what_the_customer_wrote_may_be_quoted() -> None:
    asked = mail("Which school zone is it in?")
    quoting = "You asked: “Which school zone is it in?” I'll check and come back to you."
    assert verdicts(quoting, "topics", topics=(topic("school zone"),), message=asked) == []
    assert verdicts(quoting, "topics", topics=(topic("school zone"),)) == ["refuse"]
    beside = "You asked: “Which school zone is it in?” The school zone is Marrickville."
    assert verdicts(beside, "topics", topics=(topic("school zone"),), message=asked) == ["refuse"]


@pytest.mark.parametrize(
    ("sentence", "stopped"),
    [
        ("Your home is in the “school zone” of Marrickville.", 1),
        ("It has three rooms, “school zone” and all.", 1),
        ("You wrote of a “school zone”: I'll check that.", 0),
        ("About “which school zone is it in?” I'll come back to you.", 0),
        ("“which school zone is it in” I'll check that.", 1),
        ("“which school zone is it in”\nI'll check that.", 0),
        ("Sie fragten nach der „school zone“.", 0),
        ("Pergunta: «which school zone is it in».", 0),
        ("您问：“which school zone is it in”。", 0),
    ],
)
def test_words_of_the_customers_are_theirs_only_where_they_are_given_back_as_such(sentence: str, stopped: int) -> None:
    asked = mail("Hi, which school zone is it in? Thanks")
    found = verdicts(sentence, "topics", topics=(topic("school zone"),), message=asked)
    assert found == ["refuse"] * stopped


def test_ten_thousand_characters_and_all_phrases_that_there_may_be_take_no_time_that_anybody_notices() -> None:
    """The worst that the limits allow: phrases that almost stand at every letter. CPU time, since others work too."""
    topics = [
        topic(*(f"{'a' * (40 + number)}{'b' * (39 - number)}z" for number in range(40)), key=str(key))
        for key in range(40)
    ]
    text = "a" * 10_000
    said(text, topics)  # phrases are folded once
    began = time.process_time()
    assert said(text, topics) == []
    assert time.process_time() - began < 5
