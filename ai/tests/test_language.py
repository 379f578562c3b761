"""Which language a mail is in."""

from __future__ import annotations

import pytest

from ai.language import language_of, primary


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hi, is it open on Saturday?", "en"), ("Guten Tag, wir interessieren uns für die Wohnung", "de"),
        ("Bonjour, je souhaite visiter l'appartement", "fr"), ("Hola, me interesa el piso", "es"),
        ("Buongiorno, vorrei visitare la casa", "it"), ("Olá, gostaria de visitar o apartamento", "pt"),
        ("你好，我想看 14 Wattle Street", "zh"), ("Goedendag, wij willen graag het huis bekijken", "nl"),
        ("Καλημέρα, θα ήθελα να δω το σπίτι", "el"), ("Здравствуйте, мне нравится квартира", "ru"),
        ("こんにちは、家を見たいです", "ja"), ("안녕하세요 집을 보고 싶습니다", "ko"), ("", "und"), ("😀😀", "und"),
        ("1234", "und"),
    ],
)  # fmt: skip
def test_a_language_is_told_from_its_script_and_small_words(text: str, language: str) -> None:
    assert language_of(text) == language


def test_the_primary_language_of_a_tag() -> None:
    assert primary("pt-BR") == "pt"
