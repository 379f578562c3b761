"""Words by which mail programs introduce somebody else's text, in some twenty languages; pieces of patterns."""

WROTE = (
    r"wrote|writes|schrieb|schreef|geschreven|skrev|escribi[óo]|escreveu|ha scritto|scrisse|a [ée]crit",
    r"napisał(?:\(a\)|a)?|nadesłał|napsal(?:\(a\)|a)?|napísal|написал(?:\(а\)|а)?|пишет|написав",
    r"kirjoitti|yazdı|írta|έγραψε|a scris",
)
WROTE_UNSPACED = ("写道", "寫道", "님이 (?:작성|씀)", "書きました", "のメール")
OPENERS = (
    r"on|at|am|le|el|em|op|il|den|dnia|dne|w dniu|la data de|på|w|в|de",
    r"\d{1,4}[-./年]|[a-zäöüéа-я]{2,12}[,.]? (?:den )?\d",
)
MARKS = (
    r"original|forwarded|weitergeleitete|ursprüngliche|oorspronkelijk|doorgestuurd|origineel",
    r"message (?:d'origine|transféré|original)|mensaje (?:original|reenviado)|mensagem (?:original|encaminhada)",
    r"messaggio (?:originale|inoltrato)|ursprungligt|vidarebefordrat|oprindelig|opprinnelig|wiadomość|původní",
    r"исходное|пересылаемое|alkuperäinen|eredeti|原始邮件|转发邮件|元のメッセージ",
)
FORWARDS = (
    r"begin forwarded message|anfang der weitergeleiteten e-mail|début du message (?:réexpédié|transféré)",
    r"inicio del mensaje reenviado|inizio messaggio inoltrato|begin doorgestuurd bericht",
)
LABELS = (
    r"from|sent|date|to|cc|subject|reply-to|importance|von|gesendet|datum|an|betreff|antwort an",
    r"de|envoyé|à|objet|répondre à|enviado(?: el)?|enviada(?: em)?|para|asunto|fecha|assunto|data",
    r"da|inviato|oggetto|a|van|verzonden|aan|onderwerp|från|skickat|till|ämne|kopia|fra|sendt|til|emne|dato",
    r"od|wysłano|wysłane|do|temat|odesláno|komu|předmět|kopie|от|отправлено|кому|тема|дата",
    r"lähettäjä|lähetetty|vastaanottaja|aihe|kimden|gönderilme|kime|konu|发件人|发送时间|收件人|主题|抄送",
    r"보낸 사람|보낸 날짜|받는 사람|제목|差出人|宛先|件名|送信日時",
)
AUTHORS = (r"from|von|de|da|van|från|fra|od|от|lähettäjä|kimden|发件人|보낸 사람|差出人",)
SENT_FROM = (
    r"sent (?:from|via|with)|get outlook for|von meinem|gesendet (?:von|mit|aus)|diese nachricht wurde von",
    r"envoyé (?:de|depuis|avec)|enviado (?:desde|do|a partir)|inviato da|verzonden (?:vanaf|met|van)",
    r"skickat från|sendt fra|wysłano|odesláno|отправлено (?:с|из)|lähetetty",
)


def one_of(*groups: tuple[str, ...]) -> str:
    """A group that matches any of the pieces."""
    return f"(?:{'|'.join(piece for group in groups for piece in group)})"
