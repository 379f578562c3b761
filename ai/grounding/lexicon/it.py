"""Italian."""

from ai.grounding.lexicon.words import Words, listed

WORDS = Words(
    glue=listed(
        """
        il lo la i gli le l un uno una di del dello della dei degli delle d da dal dalla dai a al allo alla ai agli
        alle in nel nello nella nei negli nelle su sul sulla sui con per tra fra e ed o ma che chi cui quale quali
        quando dove come perché questo questa questi queste quello quella quelli quelle si suo sua suoi sue loro lei
        lui esso essa anche solo già ancora più molto molta molti molte altro altra altri altre ogni tutto tutta
        tutti tutte stesso stessa entrambi entrambe essere ho abbiamo stato stata stati state presto ora me mi ci
        nostro nostra nostri nostre mio mia poi così qui lì riguardo merito relativo immobile proprietà prossima
        prossimo casa appartamento indirizzo annuncio ne c qualsiasi dell all nell sull dall quell
        """
    ),
    courtesy=listed(
        """
        salve ciao buongiorno buonasera gentile gentilissimo gentilissima caro cara egregio signor signora grazie
        ringrazio ringraziamo cordiali cordialmente saluti distinti benvenuto benvenuta dispiace spiace scusi scuse
        lieto lieti lieta piacere spero speriamo favore prego esiti disposizione resto restiamo contattare
        contattarci contattarmi aiutare aiutarla
        """
    ),
    negation=listed("non no nessun nessuno nessuna mai senza né nulla niente"),
    affirmation=listed("sì certo certamente esatto esattamente effettivamente corretto"),
    second=listed("lei suo sua suoi sue voi vostro vostra vi tu tuo tua ti"),
    first=listed("io noi qualcuno"),
    asserting=listed(
        """
        è sono era erano ha hanno aveva può possono sarà saranno c'è
        """
    ),
    whether=listed("se"),
    breaking=listed("ma e perché anche-se mentre , ; : ( ) -"),
    asking=listed(
        """
        domanda domande chiesto chiede richiesta interesse interessa messaggio email mail scritto scriverci scrivere
        menzionato
        """
    ),
    wish=listed("desidera vorrebbe vuole preferisce cerca chiamare telefono"),
    money=listed("budget finanziamento spendere offerta mutuo"),
    follow_up=listed(
        """
        verificherò verificheremo verifico verificare controllerò controlleremo chiederò chiederemo
        ricontatterò ricontatteremo ricontatto chiamerò chiameremo chiamare invierò invieremo inoltrerò
        inoltreremo risponderò risponderemo farò faremo sapere tornerò avviserò avviseremo informerò
        informeremo scriverò scriveremo scrivo chiedo chiamo controllo avviso confermo
        """
    ),
    booking=listed(
        """
        segno iscrivo prenoto registrato registrata iscritto iscritta prenotato prenotata segnato segnata
        annotato annotata
        """
    ),
    bounds=listed("più meno quasi solo"),
    staff=listed(
        """
        venditore venditrice proprietario proprietaria locatore amministratore team agente collega
        """
    ),
    always_first=listed(
        """
        verificherò verificheremo verifico controllerò controlleremo chiederò chiederemo ricontatterò
        ricontatteremo ricontatto chiamerò chiameremo invierò invieremo inoltrerò inoltreremo risponderò
        risponderemo farò faremo tornerò ho abbiamo avviserò avviseremo informerò informeremo scriverò
        scriveremo scrivo chiedo chiamo controllo avviso confermo segno iscrivo prenoto
        """
    ),
)
