"""Words by which a sentence shows that it is courtesy, and the people whom it may speak of."""

from __future__ import annotations

from ai.grounding.lexicon.words import listed

# They open courtesy or feeling with the reader, beside the words of `Words.courtesy`.
OPENERS = {
    "en": listed(
        """
        nice pity shame fair
        appreciate congrats congratulations delighted enjoy excited exciting explain exploring feel glad
        good grateful great happy honest hope lovely luck pleased problem question questions sorry thank
        thankful thanks understand understandable understood welcome wish wonderful worries
        """
    ),
    "de": listed(
        """
        nett nette lieb lieben
        bedanke bedauere bedauern dank danke entschuldigen entschuldigung erkläre erklären frage fragen
        freue freuen freut gern gerne glückwunsch gratuliere gute guter gutes hoffe hoffen leid
        nachvollziehbar nachvollziehen schade schön schöne toll verstehe verstehen verständlich verständnis
        willkommen wunderbar wünsche wünschen
        """
    ),
    "fr": listed(
        """
        gentil gentille aimable sympathique dommage
        bienvenue bon bonne comprends comprenons compréhensible content contente contents courage désolé
        désolée espère espérons explique expliquer félicitations heureuse heureux hâte merci navré navrée
        plaisir question questions rassurez ravi ravie ravis regrette regrettons remercie souhaite
        souhaitons
        """
    ),
    "es": listed(
        """
        amable pena simpático
        agradecemos agradezco alegra alegramos alegro bienvenida bienvenido buen buena buenas bueno
        comprendemos comprendo comprensible deseamos deseo encantada encantado encantados enhorabuena
        entendemos entiendo esperamos espero explicar explico felicidades gracias gusto lamentamos lamento
        placer pregunta preguntas sentimos siento suerte tranquila tranquilo ánimo
        """
    ),
    "it": listed(
        """
        gentile peccato
        auguriamo auguro bella bello benvenuta benvenuto buon buona capiamo capisco complimenti comprendiamo
        comprendo comprensibile congratulazioni contenta contento dispiace domanda domande felice felici
        grazie lieta lieti lieto piacere ringraziamo ringrazio speriamo spero spiace spiegare spiego
        volentieri
        """
    ),
    "pt": listed(
        """
        gentil pena
        agradecemos agradeço bem-vinda bem-vindo boa bom compreendemos compreendo compreensível contente
        contentes desejamos desejo entendemos entendo esperamos espero explicar explico feliz felizes gosto
        lamentamos lamento obrigada obrigado parabéns pergunta perguntas prazer satisfeito sentimos sinto
        ótima ótimo
        """
    ),
}
PEOPLE = {
    "en": listed(
        """
        baby boyfriend brother dad daughter family father fiancé fiancée friend friends girlfriend
        grandfather grandmother husband mom mother mum parents partner sister son wife
        """
    ),
    "de": listed(
        """
        baby bruder eltern familie frau freund freunde freundin mann mutter partner partnerin schwester sohn
        tochter vater
        """
    ),
    "fr": listed(
        """
        ami amie compagne compagnon conjoint conjointe famille femme fille fils frère mari mère parents père
        sœur
        """
    ),
    "es": listed(
        """
        amiga amigo esposa esposo familia hermana hermano hija hijo madre marido mujer padre padres pareja
        """
    ),
    "it": listed(
        """
        amica amico compagna compagno famiglia figlia figlio fratello genitori madre marito moglie padre
        sorella
        """
    ),
    "pt": listed(
        """
        amiga amigo companheira companheiro família filha filho irmã irmão marido mulher mãe pai pais
        """
    ),
}  # fmt: skip
# Groups of `likeness.py` that a reader may be asked for or about.
MILD = frozenset({"~view", "~appointment", "~call", "~writing", "~answer", "~confirm", "date", "time"})
HESITATE = ("hesit", "hésit", "zöger", "dud", "esit", "mind")
# What a promise may wait for.
CHANGES = frozenset({"~cancel", "~confirm", "~answer", "~receive", "~able", "~not_yet"})
# A promise may hang on what they open.
CONDITIONALS = frozenset(
    "if when once as wenn falls sollte sollten sobald sofern si quand dès lorsque cuando se quando appena assim".split()  # noqa: SIM905
)
# With a "no" and the writer they say what is not known.
KNOWING = {
    "en": listed("know say tell find see information details note record records sure confirm answer news word heard"),
    "de": listed(
        """
        weiß wissen sagen nennen finde finden information informationen angabe angaben bekannt vor hervor unterlagen
        bestätigen auskunft nachricht beantworten gehört
        """
    ),
    "fr": listed(
        """
        sais savons dire trouve trouvons information informations indication indications précision confirmer réponse
        nouvelle nouvelles renseignement
        """
    ),
    "es": listed(
        """
        sé sabemos decir decirle encuentro consta información dato datos confirmar respuesta noticias noticia
        """
    ),
    "it": listed("so sappiamo dire dirle trovo risulta informazioni informazione confermare risposta notizie"),
    "pt": listed("sei sabemos dizer encontro consta informação informações confirmar resposta notícias"),
}  # fmt: skip
_INTERROGATIVES = (
    "what where when how who which why whether was wo wann wie wer welche welcher ob quand comment quel quelle où"
    " qué dónde adónde cómo cuándo cuánto quién cuál che dove come quando quanto quanta chi quale onde como"
    " quem qual"
)
# What stands behind them is asked, not said.
INTERROGATIVES = frozenset(_INTERROGATIVES.split())
# Languages whose verbs hold the reader.
UNSPOKEN = frozenset({"fr", "es", "it", "pt"})
# They ask the reader for something.
REQUESTS = {
    "en": listed("if please let just tell send reply name drop give ask call write email whenever once"),
    "de": listed(
        """
        wenn falls bitte sagen schicken senden nennen melden geben antworten rufen schreiben teilen sobald
        lassen
        """
    ),
    "fr": listed(
        """
        si veuillez dites envoyez indiquez répondez appelez écrivez donnez faites laissez pouvez pensez dès
        """
    ),
    "es": listed(
        """
        quiere si cuando puede pueden díganos dígame envíe envíenos indique responda llame escriba avise
        favor cuéntenos
        """
    ),
    "it": listed(
        """
        se quando può possa dica mi invii indichi risponda chiami scriva faccia favore appena
        """
    ),
    "pt": listed("se quando pode diga envie indique responda ligue escreva avise favor assim"),
}  # fmt: skip
# What follows a title is a name, also where every noun begins like one.
TITLES = frozenset({"herr", "herrn", "frau", "familie", "firma"})
_ATTACHED = (
    "attach attached attaching attachment attachments enclosed enclose anbei anhang beigefügt angehängt beiliegend"
    " jointe joint ci-joint pièce-jointe adjunto adjunta adjuntos adjuntamos allego allegato allegata allegati anexo"
    " anexa anexos 附件 附上"
)
# No action of ours attaches a file.
ATTACHED = frozenset(_ATTACHED.split())
