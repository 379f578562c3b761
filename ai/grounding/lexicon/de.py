"""German."""

from ai.grounding.lexicon.words import Words, listed

WORDS = Words(
    glue=listed(
        """
        der die das den dem des ein eine einen einem einer eines dieser diese dieses diesen diesem es sie er ihn ihm
        wer was wann wo warum wie wenn und oder so aber als am an auf aus bei beim bis durch für gegen im in ins mit
        nach über um unter von vom vor während zu zum zur zwischen pro je mich mir uns unser unsere unseren unserem
        unserer mein meine auch noch nur schon wieder dann da dort hier hierzu dazu darüber davon damit dafür sich
        selbst sein gewesen habe bin werden wurde wurden worden geht gibt gern alle alles beide beiden jede jeder
        jedes andere anderen mehr viel viele bald später jetzt weitere immobilie objekt haus wohnung nächste nächsten
        nächster adresse anzeige uhr gegenüber bezüglich angebot
        """
    ),
    courtesy=listed(
        """
        hallo guten tag morgen abend liebe lieber sehr geehrte geehrter geehrtes damen herren frau herr danke dank
        vielen herzlichen besten bitte freundlichen freundliche freundlich herzliche herzlich grüße gruß grüssen
        beste viele entschuldigung leid tut freuen freue freut gerne hoffen hoffe hören verfügung stehen melden
        kontakt kontaktieren willkommen hilft helfen rückfragen kennenzulernen
        """
    ),
    negation=listed(
        "nicht kein keine keinen keinem keiner nein nie niemals ohne weder noch nichts niemand keines keins kaum"
    ),
    affirmation=listed("ja gewiss natürlich sicher genau richtig selbstverständlich klar"),
    second=listed("sie ihr ihre ihren ihrem ihrer ihnen du dein deine dich dir euch euer"),
    first=listed("ich wir jemand"),
    asserting=listed(
        """
        ist sind war waren hat haben hatte hatten kann können könnte wird werden liegt beträgt betragen
        """
    ),
    whether=listed("ob"),
    breaking=listed("aber und weil da denn während obwohl , ; : ( ) -"),
    asking=listed(
        """
        frage fragen fragten gefragt anfrage anfragen interesse interessieren nachricht mail e-mail schreiben
        schrieben geschrieben erwähnt erwähnten mitteilung bitten wunsch
        """
    ),
    wish=listed(
        """
        möchten möchte wünschen wunsch wollen passt passen suchen lieber anrufen erreichen telefon
        """
    ),
    money=listed("budget finanzierung finanziert ausgeben bieten kreditzusage"),
    follow_up=listed(
        """
        prüfe prüfen kläre klären melde melden zurück rufe rufen anrufen frage nachfragen schicke schicken
        sende senden leite weiterleiten kümmere kümmern gebe geben bescheid komme zurückkommen informiere
        informieren benachrichtige benachrichtigen erkundige erkundigen schreibe schreiben höre spreche
        besorge lasse
        """
    ),
    booking=listed(
        """
        eingetragen vorgemerkt reserviert gebucht trage merke angemeldet notiert eintragen vormerken
        """
    ),
    bounds=listed("mehr weniger mindestens höchstens über unter fast nur als"),
    staff=listed(
        """
        verkäufer verkäuferin verkäufers eigentümer eigentümerin eigentümers vermieter vermieterin vermieters
        verwalter verwaltung hausverwaltung team makler maklerin kollegin kollege kollegen büro
        """
    ),
)
