"""Words that say nothing of a dwelling by themselves: what a writer needs to put a fact in their own words.

`ORDINARY` may stand in a sentence that is compared with its quote by a person. A word that is in no list is taken to
say something. `SMALL_TALK` is what courtesy is made of, beside the words of `Words.courtesy`.
"""

from __future__ import annotations

from ai.grounding.lexicon.likeness import root
from ai.grounding.lexicon.words import listed

ORDINARY = {
    "en": listed(
        """
        able actually addition additional additionally advise afraid after afterwards ahead along alongside
        already although among amount amounts answer anyone anything anyway apart appears arrive arrives
        arriving aside asked asking aware away back base basis became because become becomes beforehand
        begin begins behalf being belong belongs below beneath beside besides better beyond bit bought
        bringing brings brought buy carry case cases certain clear clearly close coming compared comprises
        concerned concerns consider considering consists contains correct costs could couldn't count counts
        couple cover covers current currently day days deal described despite detail directly doing double
        due during each early easily easy either else end ends enough especially essentially everyday
        everyone everything exact expect expects explain explained explains extra fact far feature features
        figure figures final finally fine finish first fit fits following follows fortunately found front
        further furthermore gave general generally giving goes gone group hand handle handled handles happen
        happens happily head held hence him honest honestly however incidentally including indeed individual
        inform informed instance instead involve involved involves item items its just keep keeps kept kind
        knew know known knows last lasts late later least leave leaves leaving left let's level lie lies
        limit list listed listing lists little located location long look looked looks lots luckily main
        mainly matter mean meaning means meant mentioned middle mind moment month months moreover move
        moving namely namewise need needed neither nevertheless nice note noting number numbers offering
        offers okay once ones onward onwards option options order otherwise ourselves outline overall own
        part particular particularly party past people person piece place placed plan plus point points
        position possible possibly practice present presently pretty probably provide provided provides
        putting question quite rate rather reach reaches read reads ready really reason recommend recorded
        records refer regard regards related relating relation remain remaining remains require requires
        result right roughly rule run running runs sadly said same saying says second see seem seems seen
        separate separately serve set sets sheet short should shouldn't shown side simple simply since
        single sit sits situated situation somewhat soon sort speak specifically spend spot stand stands
        start starting starts state stated still straight such sum supply take taken takes taking talk tells
        term terms themselves therefore thing things think though thought through throughout thus together
        told too total totals toward towards tuck tucked turn turned turns type under unfortunately upon use
        used useful using usual usually various view want way ways week weeks well went whatever whenever
        whereas wherever whether while whilst whole willing wish within word words work works worth wouldn't
        write written year years yourself yourselves
        """
    ),
    "de": listed(
        """
        ab abgesehen aktuell aktuelle aktuellen allerdings also anbelangt anbieten angabe angaben angegeben
        angegebenen angeht anlangt anschließend ansehen ansonsten anzahl art aufgeführt aufgrund auskunft
        außerdem beachte beachten bedeutet befinden befindet beginn beginnen beginnt bekommen bekommt
        belaufen beläuft benötigen benötigt bereits besitzt bestehen besteht bestimmt betreffend betrifft
        bevor bezieht biete bieten bietet bisher bitte bleiben bleibt brauchen braucht bringen bringt dabei
        dadurch daher danach daneben dann daran darauf daraus darf darin darum dass davor dazugehörig
        dementsprechend demnach denken deren derzeit derzeitig derzeitige deshalb dessen deswegen direkt
        doch drin dürfen dürften eben ebenfalls ebenso eher eigene eigenen eigenes eigentlich einem einfach
        einmal einzelne einzelnen einziger ende endet entsprechend entspricht entweder erfahren erfolgen
        erfolgt ergibt erhalten erhält erst erste ersten etwa etwas fall fallen falls finden findet folgende
        folgenden folgendes folgt fällt gar gehen gehören gehört gelten gemacht genannt genau genauer gerade
        gesagt gesamt gesamten gesehen gibt gilt gleich gleiche gleichen grundsätzlich halten handelt heißt
        hierbei hierfür hin hingegen hinsichtlich hinzu hält hätte hätten ihm ihnen ihrerseits indem
        information informationen infos innerhalb insbesondere insgesamt inzwischen jahr jahre jahren je
        jedoch jeweilige jeweils kommen kommt konkret konkrete kosten kostet kurz könnte könnten lassen
        laufen laut lauten lautet leider letzte letzten liegen liegt lässt läuft machen macht man mich
        mitbringen mittlerweile momentan monat monate monaten muss möchten möglich möglichkeit müssen nehmen
        nennen nennt nimmt nun nutzen nutzt nämlich ob oben obwohl ohnehin person personen platziert plus
        praktisch punkt punkte rate rechnen rund sagen sagt schon sehen seit seite seitens seitlich setzt
        siehe sieht so sobald sodass sofern sofort sogar soll sollte sollten somit sondern sonst soweit
        sowie sowohl sprechen stand statt stattdessen stattfinden stehen steht stelle stellt stück summe tag
        tage tagen teil trotz trotzdem umfasst unserem unserer unsererseits unseres unten unterlagen
        verbunden verfügen verfügt verlangen verlangt vermerkt versehen verteilen verteilt viel vielleicht
        vorab voraus vorgesehen vorhanden vorliegen vorliegt wann weder weil weise weiterhin welche welchem
        welchen welcher welches wenig wert wieviel wissen wobei woche wochen wofür wohl wollen worden wäre
        wären würde würden zahl zahlen zahlt zeigt zudem zuerst zugehörig zugehörige zunächst zurzeit
        zusammen zusammengefasst zusätzlich zusätzliche zuzüglich zwar zwischen zählen zählt übrigens
        """
    ),
    "fr": listed(
        """
        actuel actuelle actuellement afin ailleurs ainsi ajouter alors an année années ans apparaît
        appartient après aujourd auprès auquel aussitôt autant auxquels avance avez avoir ayant bas base
        bout car cas ceci cela celle celles celui cependant certain certaine certains ceux chacun chacune
        chez chose choses ci ci-dessous ci-dessus combien comme commence comporte composé comprend compte
        compter concerne conformément connaît consiste contient correspond court courte coûte coûtent côté
        davantage dedans dehors demeure dernier derniers dernière devant devez devra devrait devrez dira
        dire directement dispose disposent disposez dit dite dites doit doivent donc donne donné donnée
        double durant durée dès désormais effet ensemble ensuite entier environ essentiel eu eux exactement
        existe facile facilement faire fais fait faites faudra faut façon fera figure fin final finalement
        finit fixe fixé fixée fois fonctionne font force fur grâce général générale généralement haut hors
        ici indique indiquent indiqué indiquée information informations informer intérieur jour jours jusque
        laisse laisser laquelle lequel lesquels lieu ligne liste long longtemps longue lors lorsque
        maintenant malgré malheureusement manière mentionne mentionnée mettre mieux mis mise mois moment
        montant monte monter moyen moyenne nom nombre notamment noter notez nouveau néanmoins nécessite
        obtenir occupe offre offrent ont option ordre ouvre parle part particulier partie partir passe payer
        penser pensez permet permettre personne personnes peu peut-être plait plein plupart plusieurs plutôt
        point points porte pose possible possède pourraient pourrait pouvez pouvoir pouvons pratique premier
        première prend prendre presque principal propre près précis précise précisément présent présente
        prévoir prévoyez prévu prévue puis puisque quant quelque quelques quoique quotidien raison rapport
        relatif relative remarque rend rendre renseignement renseignements reste retrouve retrouver revanche
        revient reçoit règle réel répartit s'étend sachant sache sachez sait savoir selon semaine semaines
        sert seul seule simple simplement sinon site situe situé située situés soit somme sont sorte suffit
        suit suite suivant suivante suivants sujet supplémentaire supplémentaires surtout tant tard tel
        telle tels tient total totale tour tourne toutefois travers trouve trouvent trouver type tôt unique
        utilise utiliser va valable vaut venez venir vers versement verser veuillez viendra vient voici
        voilà voir voit vont vous-même vrai vraiment vu également élève élèvent équivaut étant étend
        étendent été
        """
    ),
    "es": listed(
        """
        abajo abren abrimos aceptan acuerdo adelante además adicional adicionales ahí algo alguien alguna
        algunas alguno algunos algún alrededor antes aparece aparte aproximadamente aquello arriba aun
        aunque año años aún base basta bastante bien buen buena bueno cabe calidad cambio cantidad caso
        casos cerca cerramos cierto ciertos comienza como completo comprende concreta concretamente concreto
        conjunto conocer consiste consta conste contamos contar contiene corresponde correspondiente cosa
        cosas costar cuanto cuantos cuenta cuentan cuesta cumple curso cuál cuáles cuánto cuántos dado dan
        dar dato datos debajo debe deben deberá deberán debería debo decir decirle deja dejar delante demás
        dentro desgraciadamente después detalle detalles detrás dice dicha dicho dichos dio directamente
        dispone disponemos disponen durante día días efecto ejemplo encima encuentra encuentran entera
        entero entonces entra entrar estamos estar estará estarán etcétera exacta exactamente existe existen
        explica falta figura figuran fija fijada fijado fijo fin final finales finalmente forma fuera fácil
        general generalmente haber hace hacen hacer hacia haga hecho igual igualmente importe inclusive
        incluso indica indicada indicado indican individual informa información informar informarle interior
        ir junto juntos lado lamentablemente largo llame llega llegar lleva llevan llevar lugar manera
        mantener mantiene mayor media mediante medio mejor mencionada mencionado menor mes meses mientras
        mira mismo modo momento monto motivo muestra máxima necesita necesitamos necesitan necesitará nivel
        normalmente nota número números obra obtener ocupa ofrece ofrecen ojo opción orden paga pagan parte
        particular partir pasa pasar pedir pediré permite permiten pero persona personas pesar pide piden
        plazo poco podemos poder podrá podría podrían pone poner ponga posible posiblemente precisa
        precisamente presenta previa previo prevista previsto primer primera primero principal principio
        propia propio práctica próximamente puedo pues puesto punto puntos queda quedan quedar quedaría
        quiera razón real realiza realizan realizar realmente recibe recibir recuerda recuerde referente
        refiere regla relativo resto resulta resultado sabe saber sale salir sea sean seguida segundo semana
        semanas separado sería serían señala sigue siguientes simple simplemente sino sirve sitio situación
        situada situado sitúa suele suelen suma supone tal tales tampoco tanto tarda tardar tema temas
        tendremos tendrá tendría tenemos tener tenga tengo termina terminar tipo todavía toma tomar total
        trae tramo trata tratar través unidad usa usar uso va vale valor vamos van varias varios ve veces
        ver vez visto volver única único útil
        """
    ),
    "it": listed(
        """
        adesso affatto aggiunta aggiuntiva aggiuntivo alcun alcuna alcune alcuni altrimenti ammonta andare
        anni anno appare appena appunto aspetto attuale attualmente avanti avere avete avrebbe avrà base
        basta benché bene bisogna bisognerà buona buono capo casi caso causa certa ciascun ciascuna ciascuno
        cioè circa ciò collocata collocato compare complessiva complessivo completo comporta composta
        composto comunque concretamente concreto consiste conta contare contiene corso cosa cose costa
        costano così cui dare dati dato davanti davvero deve devono dice dire direttamente diretto dispone
        dispongono disponiamo dopo doppio dovranno dovrebbe dovrebbero dovrà dunque dura durante durata ecc
        ecco effetti entrare entro esempio esiste esistono essendo esterno fa facile facilmente fanno fare
        fatta fatto fin finale fine finisce fino fissata fissato forma fornisce fornito forse funziona
        funzionano fuori generale generalmente genere giorni giorno già grado importo indica indicano
        indicata indicato indietro infatti infine informarla informazione informazioni inizia inizio inoltre
        insieme intanto interno intero invece lascia lasciare lato limite lista livello lungo luogo malgrado
        maniera mano meglio mentre menzionata menzionato mese mesi mette mettere mezzo misura modo momento
        nemmeno neppure nome notare noti numeri numero nuovamente occorre occorrono offre offrono oggetto
        oltre opzione ordine ossia ottenere ovvero paga pagare paio pare pari parte parti particolare
        partire passa perciò percorso persona persone però po pochi poco pone porta possiamo possibile
        potrebbe potrebbero potremmo potrà pratica praticamente precisa precisamente preciso presenta
        presente presenti presso prevede prevista previsti previsto prima primo principale probabilmente
        propria proprio punti punto purtroppo qualche qualcosa quante quanti quanto quindi ragione rapporto
        realmente regola relativa relativamente resta restano resto riceve richiede ricordi riferimento
        riguarda riguardano riguardante rimane rimangono risulta risultano sa sapere sappia saranno scheda
        scopo sebbene seconda secondo segue seguente seguenti seguire sembra semplice semplicemente senso
        serve servirà servono settimana settimane sia siamo siano singola singolo sito situata situato
        situazione somma sopra soprattutto sotto spesso sta stanno stare suddiviso sufficiente svolge
        svolgono tal tale tali tanto tenere tenga termine tiene tipo tocca torna totale tramite tratta
        trattare trova trovano trovare tuttavia ultima ultimo unica unico unità usa usare uso utile va vale
        valida valido valore vanno vari varie vede vedere vengono venire vero verso via vicenda viene vista
        visto volta volte vuol
        """
    ),
    "pt": listed(
        """
        abaixo acerca acima acordo adiante adicionais adicional agora algo algum alguma algumas alguns
        alguém além ano anos antes aparece apesar aproximadamente aquilo assim através atual atualmente aí
        base basta bastante bem cabe caso casos cerca certa certo certos cima coisa coisas começa completo
        comporta composto compreende concretamente concreto conforme conhecer conjunto consiste consta conta
        contamos contar contém corresponde correspondente custa custam dado dados dar deixa deixar dela
        delas dele deles dentro depende depois destes detalhe detalhes deve devem deveria deverá deverão dia
        diante dias diretamente direto dispomos dispõe dispõem disso dita dito diz dizer durante efeito
        embora enquanto entanto entra entrar entretanto então especial especificamente essencialmente
        estamos estar estará estarão exato exemplo existe existem explica facilmente facto falta fato faz
        fazem fazer feita feito fica ficam ficar fim final finalmente fixado fixo fora forma fosse funciona
        fácil geral geralmente haver havia hora horas igual igualmente importância inclusive indica indicada
        indicado indicam individual infelizmente informa informar informação informações inteiro interior
        início ir junto juntos lado lembre leva levar local localiza localizada localizado longo lugar maior
        maioria maneira manter mantém meio melhor mencionada mencionado menor menção meses modo momento
        montante mostra motivo média mês necessita nela nele neles nessa nesse nesta neste nisso nisto nome
        normalmente nota note novamente número números obter ocorre oferece oferecem opção ora ordem
        outrossim paga pagam pagar parte particular partir passa passar pede pedir pena permite perto pessoa
        pessoas podemos poder poderia poderiam poderá pois ponto pontos portanto porém possivelmente possuem
        possui possível pouco precisa precisam precisará preciso pretende prevista previsto prevê primeira
        primeiro principal provavelmente prática própria próprio próximos quaisquer quanta quanto quantos
        razão realiza realizam realmente recebe receber refere referente referida referido regra relativa
        relativamente relativo relação resta restante resto resulta resultado sabe saber sair segue seguida
        seguinte seguintes segundo seja sejam semana semanas sendo sentido separada separado seria seriam
        serve sido simples simplesmente situa situada situado situação sobretudo soma suficiente sítio tais
        tal talvez também tanto temos tendo ter teremos teria termina termo terá terão tipo toma tomar torna
        total trata tratar traz unidade usa usar uso vai vale valor vem ver vez vezes visto volta várias
        vários vão vêm época última último única único útil
        """
    ),
}

SMALL_TALK = {
    "en": listed(
        """
        better company sound hopefully
        absolutely afternoon ahead answer answering answers appreciate back below best brief busy chance
        chat completely congrats congratulations convenience convenient couple day days decide decision
        detail detailed drop else enjoy evening everything exciting family fantastic feedback feeling fine
        fingers following frank fully good-luck hand hard hear heard helpful helps hesitant hold honest idea
        inconvenience interest interested journey keen know line listed listen little luck make mean mind
        moment moments morning need needs news nice night once one order overview patience patient perfect
        point points problem questions quick quickly reading really reply respond responding rest safe
        search searching send short shout side simply smooth smoothly soon sound sounds speak start stay
        step steps stop summary support sure talk talking thanks thing things think thinking thought
        thoughts tight today tomorrow totally touch trip trouble truly try turn understand understandable
        understanding understood wait waiting wanted way week weekend welcome well wish wonder wondering
        words worries worry worth write year yourself
        """
    ),
    "de": listed(
        """
        besser lieber angenehme wohler
        abend angenehm angenehmen anliegen antwort antworten antwortend aufmerksamkeit ausführliche
        ausführlichen bald beantworte beantworten bescheid besonders bis bitten dabei daumen drücke drücken
        ehrlich einfach erfahren erfolg erfreulich erfreut folgend folgende folgenden fragen freundliche
        frohes gedanken geduld gefragt gefreut gelegenheit gemeldet gerade gerne glück glückwunsch
        gratulation gratuliere gute guten gutes herzlichen hilfreich hoffentlich hoffnung interesse
        interessieren jederzeit kein klingt kontakt kurz kurze lassen lesen liebes lust mailen mitgeteilt
        mitteilen moment nachfrage nachricht nachstehend nachvollziehbar nachvollziehen natürlich nett nette
        offen offene persönlich problem punkte reihe reihenfolge rückfrage rückmeldung rückmeldungen sagen
        schade schnell schön schöne schönen schönes selbstverständlich senden sorgen spaß start stehe suche
        suchen tag teilen tipp umzug unten unterstützen unterstützung verstehe verstehen verständlich
        verständnis versuche vertrauen viel vorab vorbeischauen weitere weiterhelfen weiterhin wissen woche
        wochenende wunderbar wünsche wünschen zeit zunächst zusammenfassung zusammengefasst zuschrift zögern
        überblick übersicht
        """
    ),
    "fr": listed(
        """
        navrée navré désagrément désagréments attendant mieux vraiment impatience plaise appelle
        agréable aide aimable aisément apporte apporter apprécie apprécions attente attention attentive
        besoin bon bonheur bonne chaleureusement chance clair comprends comprenons compréhensible
        compréhension confiance connaissance contact content contente contents coup courage curieux cœur
        dans dessous dire disposition dites délai déranger désirez détails enchanté enchantée entendre
        entendu entière entièrement envie espérant faire ferai ferons fin félicitations gentil gentillesse
        honnête hâte impatience inconvénient intéressé intéressée intérêt joie journée laissez lecture
        lettre lire liste moindre mot naturel naturellement nouvelle nouvelles ordre parler part patience
        patienter peine penser point points possible pourrai prenez problème projet prompt proposition
        précision précisions quelques question rapide rapidement rapidité recevoir recherche recherches
        regret regrette regrettons relire remerciant retour revoir reçu répondons répondre réponds réponse
        réponses résumé semaine sentiment sentiments service signe simplement sincère soin soirée souci
        soucis souhaite souhaitons suis suite sympathique sûr tard temps trouver utile utiles utilité
        vivement voici volontiers vos week-end weekend échange échanger éclaircir éclairer écoute écrire
        éventuelle éventuelles
        """
    ),
    "es": listed(
        """
        confiar parece mejor perfectamente contestar contestarle lleve explicar viene tenga
        abrazo aclarar adelante agradecer agradecerle agradecido alegra alegramos alegro alguna amabilidad
        amable aquí avíseme avísenos ayuda ayudarles bienvenidos buen buena busca búsqueda cariño certeza
        claro comentar comentario comentarios comprendemos comprendo comprensible comprensión confianza
        conocer conocerla conocerle contacto contarnos contenta contento continuación cualquier cuenta
        curiosidad decir decirle decirnos deseamos deseo detalle detalles disculpe dispuesto dispuestos
        dudas día dígame díganos encantados encantaría enhorabuena entendemos entender entendible entiendo
        escribe escribirme escríbame escríbanos estamos estoy excelente facilitar faltaba felicidades feliz
        fin futuro gracias gustaría haber hablar hace hacer haga hoja honesto hágame háganos ilusión incluso
        inconveniente información interesada interesado interés leer leerle libre lista llamarnos llegar
        mano mañana mejor momento necesita necesite nota noticias orden paciencia paso pena pendiente
        pendientes pensar persona personal placer plantea pregunta preguntarnos preguntas problema pronta
        pronto propósito puedo puntos quedamos quedo ratito razón recibido recibir respecto responder
        responderle respondo respuesta respuestas resumen rápido saber saludo saludos segura seguro semana
        sentimos servirle siempre siento suerte tarde tema tiempo todo tranquila tranquilo trato vale ver
        verle vernos veros voluntad vuelta ánimo éxito útil
        """
    ),
    "it": listed(
        """
        meglio fiducia
        abbraccio accoglierla aiuto altro attendo attenzione attesa augurandole auguri auguriamo augurio bel
        bella bello bene buon buona capiamo capisco comprendiamo comprendo comprensibile comprensione
        conferma congratulazioni conoscerla contatto contenta contenti contento curiosità dettagli di dica
        dire dirle dispiaciuto domande dubbi dubbio esitare estate felice felici fiducia fine fortuna fretta
        futuro gentilezza giornata gradito grande grazie immediato incontrarla incontro informazioni
        interesse leggere leggerla libera libero lista mano mattina migliori momento necessità notizie
        occasione ordine ottimo parlare passo pazienza pensare pensiero persona piacerebbe preoccuparsi
        preoccupi problema problemi pronto punti quando rapida rapido resto ricerca ricevere riepilogo
        riscontro rispondere risposta risposte saluto sapere sappia sarei saremmo scriva scrivere scrivermi
        seguito sentirci sentirla serata sereno settimana sicuro sincera sincero sperando spero supporto
        tempo tranquilla tranquillo trasloco utile utili vederci vederla volentieri weekend
        """
    ),
    "pt": listed(
        """
        melhor confiar
        abraço agradecer agradável aguardo ajuda alegra alegria algum amabilidade amável aqui atenção avise
        boa bom breve busca calma certeza clara claro comentário compreendemos compreendo compreensão
        compreensível confiança conhecê-la conhecê-lo contacte contacto contente contentes curiosidade
        decisão desejamos desejo detalhe detalhes diga disponha disposto dizer dúvida dúvidas encontro
        entendemos entender entendo esclarecer escreva escrever escrever-nos espera estamos estou falar
        felicidades felizes fim força futuro gentil gentileza gostaria gosto hora imenso incómodo incômodo
        informações interessada interessado interesse leitura ler ligar lista melhor momento mudança mão
        necessário notícias ordem ouvir paciência parabéns passo pena pensar perguntar perguntas
        pessoalmente ponto pontos possível precisar precise preocupe problema problemas procura pronto
        questão questões quiser receber recebido responder resposta respostas resumo retorno rápida rápido
        saber seguida seguir seguro semana sentir sincero sorte tema tempo tranquila tranquilo voltar
        vontade vê-la vê-lo êxito ótimo útil
        """
    ),
}

# The same by their roots: the forms of one word count as one.
ORDINARY_ROOTS = {language: frozenset(map(root, words)) for language, words in ORDINARY.items()}
SMALL_ROOTS = {language: frozenset(map(root, words)) for language, words in SMALL_TALK.items()}
