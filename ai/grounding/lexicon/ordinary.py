"""Words that say nothing of a dwelling by themselves: what a writer needs to put a fact in their own words.

`ORDINARY` may stand in a sentence that is compared with its quote by a person. A word that is in no list is taken to
say something. `SMALL_TALK` is what courtesy is made of, beside the words of `Words.courtesy`.
"""

from __future__ import annotations

from ai.grounding.lexicon.words import listed

ORDINARY = {
    "en": listed(
        """
        able actually addition additional additionally advise afraid after afterwards ahead along alongside already
        although always-on among amount amounts answer anyone anything apart appears arrive arrives arriving aside
        aware away back base basis became because become becomes beforehand begin begins behalf being belong belongs
        below beneath beside besides better beyond bit bringing brings brought carry case cases certain clear clearly
        close coming compared comprises concerned concerns consider considering consists contains correct costs count
        counts couple cover covers current currently day days deal described despite detail directly doing double due
        during each easily easy either else end ends enough especially essentially everyone everything exact expect
        expects explain explained explains extra fact far feature features figure figures final finally fine finish
        first fit fits following follows found front further furthermore gave general generally giving goes gone
        group handle handled handles happen happens hand head held hence however including indeed individual inform
        informed instance instead involve involved involves item items its just keep keeps kept kind knew know knows
        known last lasts later least leave leaves leaving left let's level lie lies limit list listed listing lists
        little located location long look looked looks lots main mainly matter mean meaning means meant mentioned
        middle mind moment month months moreover move moving namely namewise need needed neither nevertheless nice
        note noting number numbers offers offering okay once ones onward onwards open-ended option options
        order otherwise ourselves outline overall own part particular particularly party past people person piece
        place placed plan plus point points position possible possibly practice present presently pretty probably
        provide provided provides putting question quite rather reach reaches read reads really reason recorded
        records refer regard regards related relating relation remain remaining remains result right roughly rule run
        running runs said same saying says second see seem seems seen separate separately serve set sets sheet short
        shown side simply simple since single sit sits situated situation small-print so-called somewhat sort soon
        speak specifically spend spot stand stands start starting starts state stated still straight such sum
        supply take taken takes taking talk tells term terms themselves therefore thing things think though thought
        through throughout thus together told too total totals toward towards tuck tucked turn turned turns type
        under unfortunately upon use used useful using usual usually various view want way ways week weeks well went
        whatever whenever whereas wherever whether while whilst whole willing wish within word words work
        works worth write written year years yourself yourselves
        """
    ),
    "de": listed(
        """
        ab abgesehen aktuell aktuelle aktuellen allerdings also anbelangt anbieten angaben angegeben angeht anlangt
        anschließend ansonsten anzahl art aufgeführt aufgrund außerdem beachten beachte bedeutet befinden befindet
        beginnen beginnt beginn bekommen bekommt belaufen beläuft bereits besitzt besteht bestehen bestimmt betrifft
        betreffend bevor bezieht biete bieten bietet bisher bitte bleiben bleibt brauchen braucht bringen bringt
        dabei dadurch daher danach dann daneben daran darauf daraus darin darum davor dazugehörig demnach dementsprechend
        deren derzeit derzeitig derzeitige deshalb dessen deswegen direkt doch drin eben ebenfalls ebenso ebenfalls
        eher eigene eigenen eigenes eigentlich einfach einmal einzelne einzelnen ende endet entsprechend entspricht
        entweder ergibt erfahren erfolgen erfolgt erhalten erhält erst erste ersten etwa etwas fall fallen falls fällt
        findet finden folgende folgenden folgendes folgt gehen gehören gehört gelten gilt gemacht genau genauer
        genannt gerade gesagt gesamt gesamten gibt gleich gleiche gleichen grundsätzlich halten hält handelt heißt
        hin hingegen hinsichtlich hinzu hierbei hierfür hätte hätten indem infos information informationen
        inzwischen insgesamt insbesondere innerhalb je jedoch jeweils jeweilige kommen kommt konkret konkrete kosten
        kostet kurz lassen lässt laufen läuft laut lauten lautet leider letzte letzten liegen liegt machen macht
        man mittlerweile momentan möglich möglichkeit müssen muss nämlich nennen nennt nehmen nimmt nun nutzen nutzt
        ob obwohl oben ohnehin person personen platziert plus praktisch punkt punkte rechnen rund sagen sagt sehen
        seit seitens seite seitlich setzt siehe sieht so sobald sodass sofern sogar somit sondern sonst soweit sowie
        sowohl sprechen stand stehen steht statt stattdessen stattfinden stelle stellt stück summe tag tage tagen
        teil trotz trotzdem übrigens umfasst unten unterlagen unserem unserer unseres unsererseits verbunden
        verfügen verfügt vermerkt verlangen verlangt versehen verteilt verteilen viel vielleicht voraus vorab
        vorgesehen vorhanden vorliegen vorliegt wann weder weil weise weiterhin welche welchem welchen welcher
        welches wenig wert wieviel wissen wobei woche wochen wofür wollen wohl worden zahl zahlen zahlt zählen zählt
        zeigt zunächst zudem zuerst zugehörig zugehörige zurzeit zusammen zusammengefasst zusätzlich zusätzliche
        zuzüglich zwar zwischen möchten würde würden soll sollten sollte dürfen darf dürften angabe auskunft
        jahr jahre jahren monat monate monaten angegebenen ihrerseits einziger
        """
    ),
    "fr": listed(
        """
        actuel actuelle actuellement afin ailleurs ainsi alors année années an ans apparaît appartient après auprès
        aujourd auquel auxquels aussitôt autant avance avez avoir ayant bas base bout car cas ceci cela celle celles
        celui ceux cependant certain certaine certains chacun chacune chez chose choses ci ci-dessous ci-dessus
        combien commence comme comporte composé comprend compte compter concerne conformément connaît consiste
        contient coûte coûtent côté court courte dedans dehors demeure dès désormais dernier dernière derniers deux-là
        devant devez devra devrez devrait dire directement dispose disposent disposez dit dite dites doit doivent donc
        donné donnée donne double durant durée effet également élève élèvent entre-temps ensemble ensuite entier
        environ équivaut essentiel étant été eu eux exactement existe façon facile facilement faire fais fait faites
        faut fera figure fin final finalement finit fixe fixé fixée fois fonctionne font force fur général générale
        généralement grâce haut hors ici indique indiqué indiquée indiquent information informations informer
        intérieur jour jours jusque là-bas laisse laisser lequel laquelle lesquels libre-service lieu ligne liste long
        longue longtemps lors lorsque maintenant malgré malheureusement manière mentionne mentionnée mettre mieux mis
        mise mois moment montant monte monter moyen moyenne néanmoins nécessite nom nombre notamment noter notez
        nouveau obtenir occupe offre offrent ont option ordre ouvre parle part partie partir particulier pas-à-pas
        passe pensez permet permettre personne personnes petit-à-petit peu peut-être place-à-place plein plupart
        plusieurs plutôt point points porte pose possède possible pouvez pouvoir pouvons pratique précis précise
        précisément prend prendre présente présent présente prévoir prévoyez prévu prévue premier première près
        presque principal prix-là propre puis puisque quant quelques quelque quoique quotidien raison rapport reçoit
        réel règle relatif relative remarque rend rendre renseignement renseignements répartit reste retrouve
        retrouver revanche revient sachant sache sachez sait savoir selon semaine semaines sert seul seule si-bien
        simple simplement sinon site situe situé située situés soit somme sont sorte suffit suit suite suivant
        suivante suivants sujet supplémentaire supplémentaires surtout tant tard tel telle tels tient tôt total totale
        toujours-là tour tourne toutefois travers trouve trouvent trouver type uniquement-là unique utilise utiliser va
        valable vaut venir venez verser versement vers veuillez viendra vient voici voilà voir voit vont vrai vraiment
        vu y-compris
        """
    ),
    "es": listed(
        """
        abajo acuerdo además adelante adicional adicionales ahí al-lado algo alguien algún alguna algunas alguno algunos
        alrededor antes año años aparece aparte aproximadamente aquello arriba aun aún aunque base basta bastante bien
        buen bueno buena cabe calidad cambio cantidad caso casos cerca cierto ciertos comienza como con-lo-cual
        completo comprende consta consiste contamos contar contiene concreto concretamente concreta conjunto
        conocer conste correspondiente corresponde cosa cosas costar cuanto cuánto cuantos cuántos cuáles cuál cuenta
        cuentan cuesta cumple curso dado dan dar dato datos debajo debe deben debería decir deja dejar delante demás
        dentro desgraciadamente después detalle detalles detrás dice dicho dicha dichos dio directamente disponemos
        dispone disponen durante día días efecto ejemplo encima encuentra encuentran entonces entra entrar entera entero
        esa-misma está-previsto estamos estar este-caso etcétera exacta exactamente existe existen explica falta
        figura figuran fin final finalmente finales fuera fija fijo fijado fijada forma fácil general generalmente
        gracias-a haber haga hace hacen hacer hacia hay-que hecho igual igualmente importe inclusive incluso indica
        indicado indicada indican individual informa información informar informarle interior ir junto juntos lado
        lamentablemente largo lleva llevan llevar llega llegar lugar mantener mantiene manera mayor media mediante
        medio mejor mencionada mencionado mes meses menor mientras mira momento mismo modo monto motivo muestra
        máxima necesita necesitan necesitará nivel normalmente nota número números nueva-mente obra obtener ocupa
        ofrece ofrecen ojo opción orden otro-lado pagar-se paga pagan parte partir particular pasa pasar pedir pequeño-detalle
        permite permiten pero persona personas pesar pide piden poco poder podemos podrá podría podrían poner pone
        ponga posible posiblemente práctica precisa precisamente presenta previo previa previsto prevista primer
        primera primero principal principio propio propia próximamente puede-ser puedo puesto punto puntos pues
        quedan queda quedar quedaría quiera razón real realiza realizan realizar realmente recibe recibir
        recuerde recuerda referente refiere regla relativo resto resulta resultado saber sabe sale salir sea
        sean seguida según-consta segundo semana semanas sería serían señala separado siempre-que sigue siguientes
        simple simplemente sino situado situada sirve sitio situación sitúa solamente-que suele suelen suma
        supone tal tales tampoco tanto tardar tarda tema temas tenemos tener tendrá tendría tendremos tenga tengo
        terminar termina tipo todavía toma tomar total trae tramo trata través tratar único única unidad usa usar
        uso útil valor vale va van varias varios ve veces vez ver vista-de visto volver vamos ya-que
        """
    ),
    "it": listed(
        """
        adesso affatto aggiunta aggiuntivo aggiuntiva alcun alcuna alcune alcuni almeno-che altrimenti ammonta andare anno
        anni appare appena appunto aspetto attualmente attuale avanti avere avete avrà avrebbe base basta bene
        benché buona buono bisogna capo caso casi causa certa ciascun ciascuna ciascuno ciò cioè circa collocato
        collocata come-detto compare complessivo complessiva completo comporta composto composta comunque
        concretamente concreto consiste conta contare contiene corso cosa cose così costa costano cui da-parte dare dato
        dati davanti davvero deve devono dice dire diretto direttamente disponiamo dispone dispongono dopo doppio
        dovrà dovrebbe dovrebbero durante dunque dura durata ecc ecco effetti entro entrare esempio esiste esistono
        essendo esterno facile facilmente fa fanno fare fatto fatta fin fino finale finisce fine fissato
        fissata fornisce forma forse fornito funziona funzionano fuori generale generalmente genere giorni giorno già
        grado grazie-a importo incluso-che indica indicato indicata indicano indietro infatti infine informazione
        informazioni informarla inizia inizio inoltre insieme intanto interno intero invece lato lascia lasciare
        limite lista livello lungo luogo malgrado mano maniera meglio meno-che menzionato menzionata mese mesi mentre
        mette mettere mezzo misura modo momento nemmeno neppure noti notare nome numero numeri nuovamente occorre
        occorrono offre offrono oggetto oltre opzione ordine ossia ottenere ovvero paga pare parte parti partire
        particolare passa paio pari per-quanto percorso perciò però persona persone piccolo-dettaglio pone porta possibile
        possiamo poco po pochi potrà potrebbe potrebbero praticamente pratica preciso precisa precisamente presenta
        presente presenti presso prevede previsto prevista previsti prima primo prima-di principale prezzo-qui
        probabilmente proprio propria punto punti purtroppo può-darsi qualche qualcosa quanto quanti quante quasi-che
        quindi ragione rapporto realmente regola relativa relativamente resta restano resto richiede riferimento
        riguarda riguardano riguardante rimane rimangono risulta risultano riceve ricordi sa sapere sappia scopo
        scheda sebbene seconda secondo segue seguente seguenti seguire sempre-che semplice semplicemente senso sembra
        serve servono settimana settimane sia siano siamo singolo singola sito situato situata situazione soltanto-che
        somma sopra soprattutto sotto spesso sta stanno stare suddiviso sufficiente svolge svolgono tal tale tali tanto
        tenere tenga tiene termine tipo tocca torna totale tra-l'altro tramite tratta trattare trova trovano trovare
        tuttavia ultimo ultima unico unica unità usare usa uso utile va valido valida vale valore vanno varie vari
        vede vedere verso viene vengono venire vero via vicenda visto vista volta volte vuol
        """
    ),
    "pt": listed(
        """
        abaixo acerca acima acordo adicional adicionais adiante agora além algo algum alguma alguns algumas alguém ano
        anos antes apenas-que aparece aproximadamente apesar aquilo assim atual atualmente através aí base basta
        bastante bem cabe cada-um caso casos cerca certa certo certos cima coisa coisas começa como-tal completo
        compreende comporta composto conforme concreto concretamente conhecer conjunto consta consiste conta contar
        contamos contém corresponde correspondente custa custam dado dados dar deixa deixar dele dela deles delas dentro
        depende depois desde-que destes detalhe detalhes deve devem deverá deveria dia dias diante direto diretamente
        disso dispõe dispomos dispõem dita dito dizer diz duas-vezes durante efeito embora enquanto entanto entretanto
        então entra entrar época especial especificamente essencialmente estamos estar exato exemplo existe existem
        explica facto fato fácil facilmente falta fazer faz fazem feito feita fica ficam ficar final finalmente fim
        fixo fixado fora forma fosse funciona geral geralmente haver havia hora horas igual igualmente
        importância inclusive indica indicado indicada indicam individual infelizmente informa informação informações
        informar início inteiro interior isto-é ir junto juntos lado lembre levar leva local localizado localizada
        localiza longo lugar maior maioria maneira manter mantém meio melhor menção mencionado mencionada menor mês
        meses momento modo montante mostra motivo média necessita nela nele neles neste nesta nesse nessa nisto nisso
        nome normalmente nota note número números novamente obter ocorre oferece oferecem opção ordem ora outrossim
        ou-seja paga pagam parte partir particular passa passar pedir pede pena perto permite pessoa pessoas
        poder podemos poderá poderia poderiam ponto pontos porém portanto possível possivelmente possui possuem pouco
        pois prática precisa precisam preciso pretende prevê previsto prevista primeira primeiro principal
        provavelmente próprio própria próximos quanto quantos quanta quaisquer quase-que quer-dizer razão realiza
        realizam realmente recebe receber refere referente referido referida regra relação relativa relativamente
        relativo resta restante resto resulta resultado saber sabe sair segue seguida seguinte seguintes segundo
        seja sejam semana semanas sempre-que sendo sentido separado separada ser-vos seria seriam serve sido simples
        simplesmente sítio situa situado situada situação só-que soma sobretudo suficiente tal tais talvez também tanto
        tarde-mente temos tendo ter terá terão teria termo termina tipo toma tomar torna total trata tratar traz
        última último único única unidade usa usar uso útil vale valor vai vão várias vários ver vez vezes vem vêm
        visto volta
        """
    ),
}

SMALL_TALK = {
    "en": listed(
        """
        absolutely afternoon ahead answer answers appreciate back best busy chance chat congratulations congrats
        convenience convenient couple day days decide decision drop enjoy evening exciting family fantastic feeling
        fine fingers free-hand good-luck hand hard hear helpful helps hesitant idea inconvenience interest
        interested journey keen know line listen little luck make mean mind moment moments morning need needs news nice
        night patience patient perfect point problem questions quick quickly reading really reply respond responding
        rest safe search searching send shout side simply smooth smoothly soon sound sounds speak start stay
        step steps stop support sure talk thanks thing things think thinking thought thoughts
        today tomorrow trip trouble truly try understand understandable understanding understood wait waiting way
        weekend week welcome well wonder wondering words worries worry worth write year yourself feedback heard touch
        talking answering below following overview summary short brief order points one listed answer turn once
        everything else wanted wish wait hold tight detail detailed honest frank completely totally fully
        """
    ),
    "de": listed(
        """
        abend angenehm angenehmen antwort antworten anliegen ausführliche ausführlichen aufmerksamkeit beantworten
        beantworte besonders bescheid bis bitten dabei daumen drücke drücken einfach erfolg erfahren erfreut
        erfreulich ehrlich freundliche frohes fragen gedanken geduld gefragt gefreut gelegenheit gemeldet gerne gerade
        glück glückwunsch gratuliere gratulation guten gute gutes herzlichen hilfreich hoffentlich hoffnung
        interesse interessieren jederzeit kein klingt kontakt kurz kurze lassen lesen liebes lust mailen
        mitteilen mitgeteilt moment nachricht nachfrage nachvollziehen nachvollziehbar natürlich nett nette offen offene
        persönlich problem punkte reihe reihenfolge rückfrage rückmeldung rückmeldungen schade schnell schöne schönen
        schönes schön selbstverständlich senden sorgen sagen spaß start stehe suche suchen tag teilen tipp überblick
        übersicht umzug unterstützen unterstützung unten verstehe verstehen verständlich verständnis versuche
        vertrauen viel vorab vorbeischauen weiterhelfen weiterhin weitere wissen wünsche wünschen woche wochenende
        wunderbar zögern zeit zunächst zusammengefasst zusammenfassung zuschrift nachstehend folgend folgende
        folgenden antwortend bald
        """
    ),
    "fr": listed(
        """
        agréable aide aimable aisément apprécions apprécie apporte apporter attention attente attentive besoin bonne
        bon bonheur chance chaleureusement clair compréhension comprends comprenons compréhensible confiance
        connaissance content contents contente contact coup cœur courage curieux dans délai
        désirez déranger dessous détails disposition dire dites échange échanger écoute écrire enchanté
        enchantée entendre entendu entière entièrement envie espérant éventuelle éventuelles faire félicitations fin
        ferai ferons gentil gentillesse honnête hâte impatience inconvénient intérêt intéressé intéressée journée
        joie laissez lire lecture lettre liste mot moindre naturel naturellement nouvelle nouvelles
        ordre part parler patience patienter penser peine point points possible pourrai précision précisions
        prenez prompt problème projet proposition question quelques rapide rapidement rapidité
        recevoir reçu regret regrette regrettons relire remerciant répondre réponse réponses réponds répondons résumé
        retour revoir recherche recherches sentiment sentiments service signe simplement sincère soirée souci soucis
        soin souhaite souhaitons suis suite sûr semaine sympathique tard temps trouver utile utiles utilité volontiers
        voici vos vivement week-end weekend éclaircir éclairer
        """
    ),
    "es": listed(
        """
        abrazo adelante agradecer agradecerle agradecido alegra alegramos alegro alguna amable amabilidad ánimo
        aquí aclarar ayuda ayudarles bienvenidos buen buena busca búsqueda cariño certeza claro comentar comentario
        comentarios comprendo comprendemos comprensible comprensión confianza conocer conocerle conocerla contarnos
        contacto contento contenta cualquier cuenta curiosidad decir decirle detalle detalles deseamos deseo día
        disculpe dispuesto dispuestos dudas encantaría encantados enhorabuena entendemos entender entiendo entendible
        escríbame escríbanos escribe escribirme estamos estoy éxito excelente facilitar faltaba feliz felicidades fin
        futuro gracias gustaría haber hablar hacer hace hágame háganos haga hoja honesto ilusión incluso
        inconveniente información interesado interesada interés leer leerle llamarnos llegar lista libre mañana mejor
        mano momento necesita necesite noticias nota orden paciencia paso pena pendiente pendientes pensar personal persona
        placer plantea pregunta preguntas preguntarnos problema pronta pronto propósito puedo puntos
        quedamos quedo ratito rápido razón recibir recibido respecto responder responderle respondo respuesta respuestas
        resumen saber saludo saludos segura seguro semana sentimos servirle siempre siento suerte tarde tiempo tema
        todo tranquilo tranquila trato útil vale ver verle veros vernos voluntad vuelta continuación decirnos dígame
        díganos avíseme avísenos confianza
        """
    ),
    "it": listed(
        """
        abbraccio accoglierla aiuto altro attenzione attesa attendo augurio auguri auguriamo augurandole bel
        bella bello bene buona buon capisco capiamo comprendo comprendiamo comprensibile comprensione
        congratulazioni conferma contatto contento contenta contenti conoscerla curiosità dettagli dica dirle dire
        dispiaciuto domande dubbi dubbio esitare estate felice felici fiducia fine fortuna fretta futuro gentilezza
        giornata gradito grande grazie immediato incontrarla incontro informazioni interesse leggere leggerla libera
        libero lista mano mattina migliori momento necessità notizie occasione ordine ottimo parlare passo pazienza
        pensiero pensare persona piacerebbe preoccuparsi preoccupi pronto problema problemi punti quando rapida
        rapido resto ricevere ricerca rispondere risposta risposte riscontro saluto sarei saremmo sapere sappia
        scrivere scriva scrivermi serata sereno sentirci sentirla settimana sicuro sincera sincero sperando spero
        supporto tempo trasloco tranquillo tranquilla utile utili vederla vederci volentieri weekend seguito di riepilogo
        """
    ),
    "pt": listed(
        """
        abraço agradável agradecer ajuda alegria alegra algum aguardo amável amabilidade atenção aqui
        avise bom boa breve busca calma certeza clara claro comentário compreendo compreendemos compreensão
        compreensível confiança conhecê-lo conhecê-la contacte contacto contente contentes curiosidade decisão desejo
        desejamos detalhe detalhes diga dizer disponha disposto disponível-para dúvida dúvidas encontro entender entendo
        entendemos esclarecer escreva escrever-nos escrever espera estamos estou êxito falar felicidades felizes
        fim futuro força gentileza gentil gosto gostaria hora imenso incómodo incômodo informações interesse
        interessado interessada lista leitura ler ligar mão melhor momento mudança necessário notícias
        ordem ouvir ótimo paciência parabéns passo pena pensar perguntar perguntas pessoalmente ponto pontos
        possível precisar precise preocupe problema problemas procura pronto questão questões quiser rápida rápido
        receber recebido resposta respostas responder resumo retorno saber seguir seguro semana sentir sincero
        sorte tema tempo tranquilo tranquila útil vê-lo vê-la vontade voltar visita-nos seguida
        """
    ),
}
