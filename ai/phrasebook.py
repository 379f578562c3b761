"""The sentences that a reply can be built from without a model, in every language that we write ourselves.

Those of `courtesy` state nothing and may stand in any reply. The others become true through what is filled
in: a quote from a source, or an action of the same proposal that keeps the promise.
"""

from __future__ import annotations

from dataclasses import dataclass

from ai.language import primary


@dataclass(frozen=True, kw_only=True)
class Phrasebook:
    """One language. Placeholders: {name} {agency} {subject} {label} {text} {when} {question} {phone}."""

    greeting_named: str
    greeting: str
    thanks: str
    thanks_about: str
    sorry: str
    fact: str
    open_at: str
    booked: str
    booked_both: str = ""
    asked: str
    will_check: str
    will_call: str
    hand_on: str
    closing: str
    sign_off: str
    and_: str
    accepted: tuple[str, ...] = ()

    def asked_back(self, *questions: str) -> str:
        """The customer's questions in quotation marks, as they wrote them, in one sentence."""
        mark = self.asked.index("{question}")
        opening, closing = self.asked[mark - 1 : mark], self.asked[mark + len("{question}") :]
        if opening == " ":  # French sets its marks apart
            opening = self.asked[mark - 2 : mark]
        listed = f"{closing} {self.and_} {opening}".join(questions)
        said = self.asked.format(question=listed)
        return said if questions[-1].rstrip().endswith(("?", "？", "!", ".", "。")) else said + "."

    @property
    def courtesy(self) -> tuple[str, ...]:
        """Sentences that say nothing about the world, as templates."""
        return (
            self.greeting_named, self.greeting, self.thanks, self.sorry, self.closing, self.sign_off, *self.accepted,
            "{name},", "{agency}", "{signer}", "{signer}, {agency}",
        )  # fmt: skip


PHRASEBOOKS: dict[str, Phrasebook] = {
    "en": Phrasebook(
        greeting_named="Hi {name},",
        greeting="Hello,",
        thanks="Thank you for your email.",
        thanks_about="Thanks for asking about {subject}.",
        sorry="I'm sorry to hear that.",
        fact="{label}: {text}.",
        open_at="It is open {when}.",
        booked="It is open {when}, and I have put you down.",
        booked_both="It is open {when}, and I have put you both down.",
        asked="You asked: “{question}”",
        will_check="I'll check this and come back to you.",
        will_call="I'll call you on {phone}.",
        hand_on="I'll pass this on to our team and come back to you.",
        closing="Please let me know if you have any other questions.",
        sign_off="Kind regards,",
        and_="and",
        accepted=(
            "Dear {name},", "Hello {name},", "Hi there,", "Hi,", "Good morning {name},", "Good afternoon {name},",
            "Good evening {name},", "Good morning,", "Good afternoon,", "Good evening,",
            "Thanks for your email.", "Thanks for your message.", "Thank you for your message.",
            "Thank you for your enquiry.", "Thanks for your enquiry.", "Thanks for getting in touch.",
            "Thank you for getting in touch.", "Thanks for reaching out.", "Thank you for your interest.",
            "Thank you for your patience.", "Thanks so much.", "Thank you.", "Thanks,", "Many thanks,",
            "I'm sorry about that.", "Sorry about that.",
            "Let me know if you have any other questions.", "Please let us know if you have any other questions.",
            "If you have any other questions, please let me know.", "I look forward to hearing from you.",
            "We look forward to hearing from you.", "Looking forward to hearing from you.",
            "We look forward to meeting you.", "I look forward to meeting you.", "See you then.", "See you soon.",
            "Regards,", "Best regards,", "Warm regards,", "Best wishes,", "Yours sincerely,", "All the best,",
        ),
    ),
    "de": Phrasebook(
        greeting_named="Guten Tag {name},",
        greeting="Guten Tag,",
        thanks="vielen Dank für Ihre Nachricht.",
        thanks_about="vielen Dank für Ihre Anfrage zu {subject}.",
        sorry="Das tut uns leid.",
        fact="{label}: {text}.",
        open_at="Besichtigung: {when}.",
        booked="Besichtigung: {when}; ich habe Sie vorgemerkt.",
        asked="Sie fragten: „{question}“",
        will_check="Das prüfe ich und melde mich bei Ihnen.",
        will_call="Ich rufe Sie unter {phone} an.",
        hand_on="Ich gebe das an unser Team weiter und melde mich bei Ihnen.",
        closing="Bei weiteren Fragen melden Sie sich gerne.",
        sign_off="Freundliche Grüße",
        and_="und",
        accepted=(
            "Hallo {name},", "Liebe {name},", "Lieber {name},", "Sehr geehrte Damen und Herren,", "Hallo,",
            "vielen Dank für Ihre Anfrage.", "vielen Dank für Ihr Interesse.", "danke für Ihre Nachricht.",
            "Mit freundlichen Grüßen", "Viele Grüße", "Beste Grüße", "Herzliche Grüße",
            "Wir freuen uns auf Ihre Rückmeldung.", "Wir freuen uns, Sie kennenzulernen.", "Bis bald.",
        ),
    ),
    "fr": Phrasebook(
        greeting_named="Bonjour {name},",
        greeting="Bonjour,",
        thanks="Merci pour votre message.",
        thanks_about="Merci pour votre demande au sujet de {subject}.",
        sorry="Nous sommes désolés.",
        fact="{label} : {text}.",
        open_at="Visite : {when}.",
        booked="Visite : {when} ; j'ai enregistré votre visite.",
        asked="Vous demandez : « {question} »",
        will_check="Je vérifie et je reviens vers vous.",
        will_call="Je vous appelle au {phone}.",
        hand_on="Je transmets votre message à notre équipe et je reviens vers vous.",
        closing="N'hésitez pas à nous contacter pour toute autre question.",
        sign_off="Cordialement,",
        and_="et",
        accepted=(
            "Madame, Monsieur,", "Chère {name},", "Cher {name},", "Merci de votre message.", "Merci de votre intérêt.",
            "Merci pour votre demande.", "Bien cordialement,", "Sincères salutations,", "Merci beaucoup.",
            "Dans l'attente de votre réponse,", "Au plaisir de vous rencontrer.",
        ),
    ),
    "es": Phrasebook(
        greeting_named="Hola {name}:",
        greeting="Hola:",
        thanks="Gracias por su mensaje.",
        thanks_about="Gracias por su consulta sobre {subject}.",
        sorry="Lo sentimos.",
        fact="{label}: {text}.",
        open_at="Visita: {when}.",
        booked="Visita: {when}; he registrado su visita.",
        asked="Usted pregunta: «{question}»",
        will_check="Lo verificaré y le responderé.",
        will_call="Le llamaré al {phone}.",
        hand_on="Trasladaré su mensaje a nuestro equipo y le responderé.",
        closing="Si tiene cualquier otra pregunta, no dude en escribirnos.",
        sign_off="Un cordial saludo,",
        and_="y",
        accepted=(
            "Hola {name},", "Hola,", "Estimado {name}:", "Estimada {name}:", "Buenos días,", "Buenas tardes,",
            "Gracias por su interés.", "Gracias por su consulta.", "Muchas gracias por su mensaje.", "Saludos,",
            "Saludos cordiales,", "Atentamente,", "Quedamos a su disposición.",
        ),
    ),
    "it": Phrasebook(
        greeting_named="Buongiorno {name},",
        greeting="Buongiorno,",
        thanks="Grazie per il suo messaggio.",
        thanks_about="Grazie per la sua richiesta su {subject}.",
        sorry="Ci dispiace.",
        fact="{label}: {text}.",
        open_at="Visita: {when}.",
        booked="Visita: {when}; ho registrato la sua visita.",
        asked="Lei chiede: «{question}»",
        will_check="Verificherò e la ricontatterò.",
        will_call="La chiamerò al {phone}.",
        hand_on="Inoltrerò il suo messaggio al nostro team e la ricontatterò.",
        closing="Per qualsiasi altra domanda non esiti a contattarci.",
        sign_off="Cordiali saluti,",
        and_="e",
        accepted=(
            "Gentile {name},", "Salve {name},", "Salve,", "Grazie per il suo interesse.",
            "Grazie per la sua richiesta.",
            "La ringrazio per il suo messaggio.", "Distinti saluti,", "Un cordiale saluto,", "Restiamo a disposizione.",
        ),
    ),
    "pt": Phrasebook(
        greeting_named="Olá {name},",
        greeting="Olá,",
        thanks="Obrigado pela sua mensagem.",
        thanks_about="Obrigado pelo seu interesse em {subject}.",
        sorry="Lamentamos.",
        fact="{label}: {text}.",
        open_at="Visita: {when}.",
        booked="Visita: {when}; registei a sua visita.",
        asked="Pergunta: «{question}»",
        will_check="Vou verificar e responderei em breve.",
        will_call="Ligarei para o {phone}.",
        hand_on="Encaminharei a sua mensagem à nossa equipa e responderei em breve.",
        closing="Se tiver qualquer outra dúvida, não hesite em contactar-nos.",
        sign_off="Com os melhores cumprimentos,",
        and_="e",
        accepted=(
            "Bom dia {name},", "Boa tarde {name},", "Caro {name},", "Cara {name},", "Prezado {name},",
            "Prezada {name},",
            "Obrigado pelo contacto.", "Obrigado pelo seu interesse.", "Obrigada pela sua mensagem.", "Atenciosamente,",
            "Cumprimentos,", "Melhores cumprimentos,", "Ficamos à disposição.",
        ),
    ),
    "zh": Phrasebook(
        greeting_named="{name}，您好！",
        greeting="您好！",
        thanks="感谢您的来信。",
        thanks_about="感谢您咨询 {subject}。",
        sorry="很抱歉。",
        fact="{label}：{text}。",
        open_at="看房时间：{when}。",
        booked="看房时间：{when}，我已为您登记。",
        asked="您问：“{question}”",
        will_check="我会核实此事，并尽快答复您。",
        will_call="我会致电 {phone} 联系您。",
        hand_on="我会转告我们的团队，并尽快答复您。",
        closing="如有其他问题，请随时联系我们。",
        sign_off="祝好，",
        and_="和",
        accepted=(
            "尊敬的 {name}：", "您好，", "你好！", "谢谢！", "谢谢您的来信。", "感谢您的咨询。",
            "顺祝商祺！", "此致敬礼！",
        ),
    ),
}  # fmt: skip


def phrasebook_for(language: str) -> Phrasebook:
    """The phrasebook of a BCP 47 tag; English where we don't write that language ourselves."""
    return PHRASEBOOKS.get(primary(language), PHRASEBOOKS["en"])


def written_language(language: str) -> str:
    """The language in which `phrasebook_for` answers: the primary subtag, or `en`."""
    return primary(language) if primary(language) in PHRASEBOOKS else "en"
