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
        having moment meantime able accordingly actually addition additional additionally advise afraid after
        afterwards again ahead almost along alongside already alternatively although altogether among amount
        amounts answer anybody anyone anything anyway apart apiece appears area arrive arrives arriving aside
        ask asked asking asks aware away back barely base basically basis bear bears became because become
        becomes beforehand begin beginning begins behalf being belong belongs below beneath beside besides
        better beyond bit bottom bought bound bringing brings brought buy called came carry case cases cause
        certain check checks chiefly clear clearly close come comes coming compared comprises concerned
        concerns consider considering consists contains correct costs could couldn't count counts couple cover
        covers current currently day days deal described despite detail directly doing double dozen due during
        each early easily easy edge effect either else end ends enough especially essentially event eventually
        everyday everyone everything exact exactly expect expected expects explain explained explains extra
        fact far feature features figure figures final finally find finding finds fine finish first fit fits
        fixed following follows formerly fortunately found free-standing further furthermore gave general
        generally get gets getting give given gives giving go goes going gone got group half hand handful
        handle handled handles happen happens happily happy hardly head hear heard hears held help helps hence
        him hold holds honest honestly however idea immediately incidentally including indeed individual
        inform informed initially instance instead involve involved involves item items its just keen keep
        keeps kept kind knew know known knows largely last lasts late lately later lay lead leads least leave
        leaves leaving led left let let's lets letting level lie lies liked likely likewise limit list listed
        listing lists little located location long look looked looks lots luckily made main mainly make makes
        making manner marked matter mean meaning means meant meanwhile mentioned merely middle mind minds
        minus moment month months moreover mostly move moving myself named namely namewise nearly need needed
        neither nevertheless nice nobody normally note noting number numbers occasionally offering offers
        often okay once ones oneself onward onwards option options order originally otherwise ourselves
        outline overall own pair part particular particularly partly party past people per person piece place
        placed plan planned plus point points position possible possibly practice precisely prepared present
        presently pretty previously primarily probably provide provided provides purely put puts putting
        question quite ran rarely rate rather reach reaches read reads ready really reason recently recommend
        recorded records refer regard regards regularly related relating relation remain remainder remaining
        remains requested require requires rest result right roughly rule run running runs sadly said same
        saying says see seem seems seen seldom separate separately serve set sets sheet short shortly
        should shouldn't show showing shown shows side similarly simple simply since single sit sits situated
        situation slightly slot somebody someone sometimes somewhat soon sort speak specifically spend spot
        stand stands start starting starts state stated stay stayed stays still straight straightaway stuff
        subject such sum supply supposed sure take taken takes taking talk tells term terms themselves thereby
        therefore thing things think though thought through throughout thus time times together told too took
        top topic total totals toward towards tried tries truth try tuck tucked turn turned turns twice type
        typically unable under unfortunately unhappy unlikely upon use used useful using usual usually various
        view want wanted wants way ways week weeks well went whatever whenever whereas whereby wherever
        whether while whilst whole willing wish within word words work works worth wouldn't write written year
        years yourself yourselves
        """
    ),
    "de": listed(
        """
        ab abgedeckt abgesehen ahnung aktuell aktuelle aktuellen allein allerdings alsbald also anbelangt
        anbieten anderen anderer anderes anfallen anfang anfällt angabe angaben angeboten angegeben
        angegebenen angeht ankommen anlangt ans anschließend ansehen ansonsten anzahl art auch aufgeführt
        aufgeteilt aufgrund ausgegangen ausgehen auskunft aussage außerdem beachte beachten bedeutet
        befinden befindet beginn beginnen beginnt beide beides beinahe bekannt bekommen bekommt belaufen
        beläuft benötigen benötigt bereich bereits bescheid besitzt bestehen besteht bestimmt betreffend
        betrifft bevor bezeichnet bezieht bezug biete bieten bietet bilden bisher bislang bitte bleiben
        bleibt bliebe brauchen braucht bringen bringt bräuchte circa dabei dadurch dagegen daher dahinter
        danach daneben dann daran darauf daraus darf darin darum darunter darüber dass davor dazugehörig
        dazukommen deinen dementsprechend demnach demnächst demzufolge denken denn dennoch deren derzeit
        derzeitig derzeitige deshalb dessen deswegen dich ding dinge dir direkt doch drin durfte dürfen
        dürften eben ebenfalls ebenso eher eigene eigenen eigenes eigentlich einander einem einfach
        eingegangen eingehen einige einigen einmal einzelne einzelnen einzig einziger ende endet entfallen
        entfällt enthalten entsprechend entspricht entweder erfahren erfolgen erfolgt ergibt erhalten erhält
        erneut erst erste ersten etliche etwa etwas exakt fall fallen falls fast fehlen fehlt ferner feste
        fester festes finden findet folgen folgende folgenden folgendes folglich folgt form frage fragen
        fällt fände führen gar gebe geben gebracht gedacht gefallen gefolgt gefunden geführt gegangen
        gegeben gehalten gehen gehören gehört gekommen gelassen gelegen gelegenheit gelegentlich gelegt
        gelten gemacht genannt genau genauer genommen gerade gesagt gesamt gesamten gesehen gesetzt
        gesprochen gestanden gestellt gewusst gezeigt gibst gibt gilt ginge gleich gleiche gleichen
        gleichfalls grund grundsätzlich gründe gut gäbe halten handelt heißt hervor hierbei hierfür hin
        hinblick hingegen hinsichtlich hinterm hinweis hinzu hinzukommen hälfte hält hätte hätten häufig
        hören ihm ihnen ihrerseits ihres immer immerhin inbegriffen indem information informationen infos
        innerhalb insbesondere insgesamt inzwischen irgend irgendwann irgendwie irgendwo jahr jahre jahren
        je jedenfalls jedermann jedoch jemand jene jener jeweilige jeweils kannst kaum knapp kommen kommt
        konkret konkrete konnte kosten kostet kurz käme könnte könnten kümmern kümmert künftig lassen lauf
        laufe laufen laut lauten lautet lediglich legen leider letzte letzten liegen liegt ließe läge lässt
        läuft machen macht mag mal man manche manchen manchmal mehrere mehreren meinen meiner meines meist
        meistens mich mir mitbenutzen mitbringen mitnutzen mitte mittlerweile momentan monat monate monaten
        muss musste möchte möchten mögen möglich möglichkeit müssen müsste nahezu nehmen nennen nennt nichts
        niemand nimmt nirgends noch nochmals nun nutzen nutzt nähme nämlich ob oben obwohl oft ohnehin ort
        paar person personen platziert plus praktisch punkt punkte rahmen rate rechnen recht rechtzeitig
        reihe rest richten richtet rund sache sachen sagen sagt schon schreibe schreiben sehen seinen seiner
        seines seit seite seiten seitens seitlich selbst selten setzen setzt sich siehe sieht sitzen so
        sobald sodass sofern sofort sogar solche solcher soll sollte sollten somit sondern sonst soweit
        sowie sowieso sowohl sprechen stammen stammt stand statt stattdessen stattfinden stehen steht stelle
        stellen stellt stets stück stünde summe tag tage tagen tatsächlich teil teile teils thema themen
        trotz trotzdem umfasst umgehend ums ungefähr uns unsere unserem unseren unserer unsererseits unseres
        unten unterlagen unters unverzüglich verbunden verfügen verfügt verlangen verlangt vermerkt versehen
        verteilen verteilt viel vielleicht vorab voraus vorgesehen vorhanden vorliegen vorliegt vorm wann
        weder weg wege weil weise weiter weiterhin welche welchem welchen welcher welches wenig wenigstens
        wert wieder wieviel will wirklich wissen wobei woche wochen wofür wohl wolle wollen wollte worden
        wäre wären würde würden zahl zahlen zahlt zeigen zeigt zeitnah zudem zuerst zugehörig zugehörige
        zuletzt zumindest zunächst zurzeit zusammen zusammengefasst zusammenhang zusätzlich zusätzliche
        zuzüglich zwar zweimal zwischen zählen zählt überall überblick überdies übers übersicht übrigens
        """
    ),
    "fr": listed(
        """
        actuel actuelle actuellement afin ai ailleurs ainsi ajoute ajoutent ajouter aller allez allons allé
        alors alternative an année années ans apparaît appartient après arrive arrivent arriver arrivera
        arrivons as aujourd auparavant auprès auquel aura aurait aurez auriez auront aussi aussitôt autant
        autre autrement autres auxquels avance avez avoir avons ayant bas base bientôt bout cadre car cas
        ceci cela celle celles celui cependant certain certaine certaines certains ceux chacun chacune
        cherche cherchent cherchons chez chose choses ci ci-dessous ci-dessus combien comme commence
        comporte composé comprend compte comptent compter comptons concerne conformément connaît consiste
        contient correspond court courte coûte coûtent côté côtés davantage dedans dehors demeure dernier
        derniers dernière descend descendent devant devez devons devra devrait devrez dira dire directement
        dis disent disons dispose disposent disposez dit dite dites divers diverses dois doit doivent
        domaine donc donne donnent donner donnera donnons donné donnée dont double duquel durant durée dès
        début désormais détail détailler détails effet elle endroit enfin ensemble ensuite entier entre
        entrent envers environ essentiel eu eux exactement exception exemple existe facile facilement faire
        fais faisons fait faites faits faudra faut façon fera ferez feront figure fin final finalement finit
        fixe fixé fixée fois fonctionne font force forme fur furent fut fût garde garder genre gentil grâce
        général générale généralement haut hormis hors ici indication indications indique indiquent indiqué
        indiquée information informations informer intérieur ira irez jour jours jusque justement laisse
        laissent laisser laissera laissons laquelle lequel lesquelles lesquels lieu ligne liste long
        longtemps longue lors lorsque lui maintenant malgré malheureusement manière mentionne mentionnée met
        mets mettent mettons mettra mettre mieux milieu mis mise moi mois moitié moment montant monte
        montent monter moyen moyenne moyens même mêmes niveau nom nombre notamment noter notez nous nouveau
        néanmoins nécessite objet obtenir occupe offre offrent ont option ordre outre ouvre parallèle parce
        parle parlent parlons parmi part partent particulier partie parties partir passe passent passer
        passera passons payer pendant penser pensez permet permettre personne personnes peu peut-être peux
        plait plein plupart plusieurs plutôt point points porte portent pose possible possède pourraient
        pourrait pourrez pourront pourtant pouvez pouvoir pouvons pratique premier première prend prendra
        prendre prends prennent prenons presque principal pris prochainement propre propres près précis
        précise précision précisions précisément préfère préférons présent présente prévoir prévoyez prévu
        prévue puis puisque puisse puissiez quant quelqu'un quelque quelques question questions quoique
        quotidien raison raisons rapport relatif relative remarque rend rendre renseignement renseignements
        reste restent restera restons retrouve retrouver revanche revient reçoit rien règle récemment réel
        répartit s'étend sachant sache sachez sais sait saura savent savoir savons selon semaine semaines
        seraient serait seriez sert servent seul seule seulement seules seuls simple simplement sinon site
        situe situé située situés soi soient sois soit somme sommes sont sort sorte sortent suffit suis suit
        suite suivant suivante suivants suivent sujet sujets supplémentaire supplémentaires surtout tandis
        tant tard tel telle telles tels tenir tiens tient toi tombe tombent total totale tour tourne
        tournent tout toutefois travers trouve trouvent trouver trouvera trouvons type tête tôt unique
        utilise utiliser va vais valable vaut venez venir venons verra verrez vers versement verser veuillez
        veulent veut veux viendra viens vient voici voient voilà voir vois voit vont voudrais voudrait
        vouloir voulons vous vous-même voyons vrai vraiment vu ça également élève élèvent équivaut étaient
        était étant étend étendent été êtes être
        """
    ),
    "es": listed(
        """
        ojalá quizá quizás desgracia suerte abajo abren abrimos aceptan actualmente acuerdo adelante además
        adicional adicionales adónde ahí algo alguien alguna algunas alguno algunos algún alrededor antes
        aparece aparte aproximadamente aquello arriba aun aunque averiguar averiguo año años aún base basta
        bastante bien buen buena bueno cabe calidad cambio cantidad casi caso casos cerca cerramos cierta
        ciertas cierto ciertos comienza como completo comprende concreta concretamente concreto conjunto
        conocer consiste consta conste contamos contar contará contiene corresponde correspondiente cosa cosas
        costar cualquiera cuando cuanto cuantos cuenta cuentan cuente cuesta cumple curso cuál cuáles cuánto
        cuántos cuénteme da dado damos dan dar dará daría dato datos debajo debe deben deberá deberán debería
        debo decimos decir decirle deja dejado dejan dejar dejará deje delante demás dentro desde
        desgraciadamente después detalle detalles detrás dice dicen dicha dicho dichos diga digo dio
        directamente dirá diría dispone disponemos disponen donde doy durante dé día días efecto ejemplo ella
        ellos embargo encaja encajan encima encontrará encuentra encuentran entera entero entonces entra
        entran entrar entrará era eran eres es escribo eso especialmente estaba estaban estado estamos estar
        estará estarán estaría esto estoy estuvo está están esté estén etcétera exacta exactamente existe
        existen explica falta faltan faltará fechas figura figuran fija fijada fijado fijo fin final finales
        finalmente forma formas fue fuera fueron fácil general generalmente ha haber habrá habría había habían
        hace hacemos hacen hacer hacia haga hagan hago han hará haría has hasta haya hayan he hecho hechos
        hemos hubo igual igualmente importe inclusive incluso indica indicación indicada indicado indican
        individual informa información informar informarle interior ir junto juntos justamente lado lados
        lamentablemente largo llame llega llegan llegar llegará llegue lleva llevado llevan llevar llevará
        lleve luego lugar manera maneras mantener mantiene marco mayor media mediante medio mejor mencionada
        mencionado menor mes meses mientras mira miramos misma mismas mismo mismos mitad modo modos momento
        monto motivo muestra máxima mí nada nadie necesita necesitamos necesitan necesitará ningún nivel no
        normalmente nosotros nota número números obra obstante obtener ocupa ofrece ofrecen ojo opciones
        opción orden otra otras otro otros paga pagan parte partes particular partir pasa pasado pasan pasar
        pasará pase pedir pediré permite permiten pero persona personas pesar pide piden plazo poco podemos
        poder podrá podría podrían pondrá pone ponemos ponen poner ponga pongo posible posiblemente precisa
        precisamente pregunta preguntas presenta previa previo prevista previsto primer primera primero
        principal principio pronto propia propias propio propios práctica próximamente pueda puedan puede
        pueden puedo pues puesto punto puntos queda quedado quedan quedar quedará quedaría quede queremos
        querría quiera quiere quieren quiero quisiera razones razón real realiza realizan realizar realmente
        recibe recibir recientemente recuerda recuerde referente refiere regla relativo resto resulta
        resultado revisar reviso sabe sabemos saben saber sabrá saldrá sale salen salga salir salvo sea sean
        seguida seguirá según semana semanas sepa separado servirá será serán sería serían señala sido
        siendo siga sigue siguen siguientes simple simplemente sin sino sirve sirven sitio sitios situación
        situada situado sitúa sobre solamente somos son soy suele suelen suma supone suya suyas suyo suyos sé
        tal tales también tampoco tanto tarda tardar tema temas tendremos tendrá tendría tenemos tener tenga
        tengan tengo tenía tenían termina terminar ti tiene tienen tipo tipos toca tocan tocará todavía todo
        toma tomar total trae tramo trata tratar través unidad usa usar uso ustedes va vale valor vamos van
        varias varios ve vea veces vemos ven vendrá venga venido venimos veo ver verá vez viene vienen visto
        vivir volver voy ya él única único útil
        """
    ),
    "it": listed(
        """
        abbia abbiamo abbiano adesso affatto aggiunta aggiuntiva aggiuntivo alcun alcuna alcune alcuni
        allora altra altre altri altrimenti altro ammonta anche andare andiamo andrà anni anno appare appena
        appunto arriva arrivano arriverà aspetto attuale attualmente avanti avere avete aveva avevano
        avrebbe avrà avuto base basta benché bene bisogna bisognerà buona buono capo casi caso causa certa
        certe certi certo ciascun ciascuna ciascuno cioè circa ciò collocata collocato compare complessiva
        complessivo completo comporta composta composto comunque concretamente concreto consiste conta
        contano contare contiene corso cosa cose costa costano così cui danno dare darà dati dato davanti
        davvero dettagli dettaglio deve devono diamo dice diciamo dico dicono dire direttamente diretto dirà
        dispone dispongono disponiamo diversi diverso do domanda domande dopo doppio dove dovranno dovrebbe
        dovrebbero dovrà dunque dura durante durata dà ecc ecco effetti entra entrano entrare entro era
        erano esattamente esce escono esempio esiste esistono essendo esterno fa faccia facciamo faccio
        facile facilmente fanno fare farà fatta fatti fatto fin finale fine finisce fino fissata fissato
        forma fornisce fornito forse fu funziona funzionano fuori generale generalmente genere giorni giorno
        già grado ha hai hanno ho importo indica indicano indicata indicato indicazione indietro infatti
        infine informarla informazione informazioni inizia inizio inoltre insieme intanto interno intero
        invece lascia lasciano lasciare lati lato limite lista livello lungo luogo malgrado manca mancano
        maniera mano mediante meglio mentre menzionata menzionato mese mesi mette mettere metterà mettiamo
        metto mettono metà mezzo misura modi modo momento nemmeno neppure nome notare noti numeri numero
        nuovamente occorre occorrono offre offrono oggetto oltre opzione ordine ossia ottenere ovvero paga
        pagare paio pare pari parte parti particolare partire partirà partono passa passano passerà perciò
        percorso persona persone però po pochi poco poi pone porta portano porterà possiamo possibile posso
        possono posto potrebbe potrebbero potremmo potrà pratica praticamente precisa precisamente preciso
        presenta presente presenti presso presto prevede prevista previsti previsto prima primo principale
        probabilmente propri propria proprie proprio prossimamente punti punto purtroppo può qualche
        qualcosa quando quante quanti quanto quasi quindi ragione ragioni rapporto realmente recentemente
        regola relativa relativamente resta restano resterà resto riceve richiede ricordi riferimento
        riguarda riguardano riguardante rimane rimangono rimarrà risulta risultano sa salvo sanno sapere
        sappia sappiamo saprà saranno sarebbe sarà scheda scopo sebbene seconda secondo segue seguente
        seguenti seguire sei sembra semplice semplicemente senso serve servirà servono settimana settimane
        sia siamo siano siete singola singolo sito situata situato situazione so soltanto somma sono sopra
        soprattutto sotto specialmente spesso sta stanno stare stata state stati stato stessa stesse stessi
        stesso suddiviso sufficiente svolge svolgono tal tale tali tanto tema temi tenere tenga tengo
        tengono teniamo termine terrà tiene tipo tocca torna totale tramite tratta trattare trova trovano
        trovare troverà tuttavia ultima ultimo unica unico unità usa usare uso utile va vado vale valida
        valido valore vanno vari varie vede vedere vediamo vedo vedono vedrà vengo vengono veniamo venire
        veramente vero verrà verso via vicenda viene vista visto vogliamo voglio vogliono volta volte vorrà
        vuol vuole è
        """
    ),
    "pt": listed(
        """
        abaixo acerca acima acordo adiante adicionais adicional agora algo algum alguma algumas alguns
        alguém além ano anos antes aparece apesar aproximadamente aquilo assim através atual atualmente aí
        base basta bastante bem brevemente cabe caso casos cerca certa certas certo certos chega chegam
        chegará cima coisa coisas começa completo comporta composto compreende concretamente concreto
        conforme conhecer conjunto consiste consta conta contam contamos contar contudo contém corresponde
        correspondente custa custam dado dados damos dar dará deixa deixam deixar dela delas dele deles
        dentro depende depois destes detalhe detalhes deve devem deveria deverá deverão dia diante dias digo
        diretamente direto dirá dispomos dispõe dispõem disso dita dito diz dizem dizemos dizer dou durante
        dá dão efeito embora encontra encontram enquanto entanto entra entram entrar entretanto então era
        eram especial especialmente especificamente essencialmente estamos estar estaria estará estarão
        estava estavam esteja esteve estou está estão exatamente exato exemplo existe existem explica
        facilmente facto falta faltam fará fato faz fazem fazemos fazer faça faço feita feito fica ficam
        ficamos ficar ficará fico fim final finalmente fixado fixo foi fora foram forma fosse funciona fácil
        geral geralmente haver havia hora horas igual igualmente importância inclusive indica indicada
        indicado indicam indicação individual infelizmente informa informar informação informações inteiro
        interior início ir irá junto juntos justamente já lado lados lembre leva levam levar levará local
        localiza localizada localizado longo lugar maior maioria maneira manter mantém mediante meio melhor
        mencionada mencionado menor menção meses mesma mesmas mesmo mesmos metade modo momento montante
        mostra motivo média mês necessita nela nele neles nessa nesse nesta neste nisso nisto nome
        normalmente nota note novamente nível número números obter ocorre oferece oferecem onde opção ora
        ordem outra outras outro outros outrossim paga pagam pagar parte partem partes particular partir
        passa passam passar passará pede pedir pena pergunta perguntas permite perto pessoa pessoas pode
        podem podemos poder poderia poderiam poderá pois pomos ponho ponto pontos portanto porá porém
        possivelmente posso possuem possui possível pouco precisa precisam precisará preciso pretende
        prevista previsto prevê primeira primeiro principal provavelmente prática própria próprio próximos
        põe põem quaisquer quando quanta quanto quantos quase quer querem queremos quero razão realiza
        realizam realmente recebe receber recentemente refere referente referida referido regra relativa
        relativamente relativo relação resta restante resto resulta resultado sabe sabem sabemos saber
        saberá saem sai sair salvo segue seguida seguinte seguintes sei seja sejam semana semanas
        sendo sentido separada separado seria seriam serve servem será serão sido simples simplesmente situa
        situada situado situação sobretudo soma somente somos sou suficiente são sítio tais tal talvez
        também tampouco tanto tem tema temas temos tendo tenha tenho ter teremos teria termina termo terá
        terão tinha tinham tipo toma tomar torna total trata tratar traz têm unidade usa usar uso vai vale
        valor vamos veem vejo vem vemos venho ver verá vez vezes vimos virá visto volta vou várias vários
        vão vê vêm é época última último única único útil
        """
    ),
}

SMALL_TALK = {
    "en": listed(
        """
        absolutely afternoon ahead answer answering answers appreciate back below best better brief busy
        chance chat company completely congrats congratulations convenience convenient couple day days
        decide decision detail detailed drop else enjoy evening everything exciting family fantastic
        feedback feeling fine fingers following frank fully good-luck hand hard hear heard helpful helps
        hesitant hold honest hopefully idea inconvenience interest interested journey keen know letting line
        listed listen little long luck make mean mind moment moments morning need needs news nice night once
        one order overview patience patient perfect point points problem questions quick quickly reading
        really reply respond responding rest safe search searching send short shout side simply smooth
        smoothly soon sound sounds speak start stay step steps stop summary support sure talk talking thanks
        thing things think thinking thought thoughts tight today tomorrow totally touch trip trouble truly
        try turn understand understandable understanding understood wait waiting wanted way week weekend
        welcome well wish wonder wondering words worries worry worth write year yourself
        """
    ),
    "de": listed(
        """
        abend angenehm angenehme angenehmen anliegen antwort antworten antwortend aufmerksamkeit
        ausführliche ausführlichen bald beantworte beantworten bescheid besonders besser bis bitten dabei
        daumen denn drücke drücken ehrlich einfach erfahren erfolg erfreulich erfreut ferne folgend folgende
        folgenden fragen freundliche frohes gedanken geduld gefragt gefreut gelegenheit gemeldet gerade
        gerne glück glückwunsch gratulation gratuliere gute guten gutes herzlichen hilfreich hoffentlich
        hoffnung interesse interessieren jederzeit kein klingt kontakt kurz kurze lassen lesen lieber liebes
        lust mailen mitgeteilt mitteilen moment nachfrage nachricht nachstehend nachvollziehbar
        nachvollziehen natürlich nett nette offen offene persönlich problem punkte recht reihe reihenfolge
        reise rückfrage rückmeldung rückmeldungen sagen schade schnell schön schöne schönen schönes
        selbstverständlich senden sorgen spaß start stehe suche suchen tag teilen tipp umzug unten
        unterstützen unterstützung verstehe verstehen verständlich verständnis versuche vertrauen viel vorab
        vorbeischauen weitere weiterhelfen weiterhin wissen woche wochenende wochentag wohler wunderbar
        wünsche wünschen zeit zunächst zusammenfassung zusammengefasst zuschrift zögern überblick übersicht
        """
    ),
    "fr": listed(
        """
        agréable aide aimable aisément appelle apporte apporter apprécie apprécions attendant attente
        attention attentive beau belle besoin bon bonheur bonne c'est chaleureusement chance clair comprends
        comprenons compréhensible compréhension confiance connaissance contact content contente contents
        coup courage curieux cœur dans dessous dire disposition dites délai déranger désagrément
        désagréments désirez détails enchanté enchantée entendre entendu entière entièrement envie espérant
        faire ferai ferons fin félicitations garder gentil gentillesse honnête hâte impatience inconvénient
        intéressé intéressée intérêt joie journée laissez lecture lettre lire liste mieux moindre mot
        naturel naturellement navré navrée nouvelle nouvelles ordre parler part patience patienter peine
        penser plaise point points possible pourrai prenez problème projet prompt proposition précision
        précisions quelques question rapide rapidement rapidité recevoir recherche recherches regret
        regrette regrettons relire remerciant retour revoir reçu répondons répondre réponds réponse réponses
        résumé semaine sentiment sentiments service signe simplement sincère soin soirée souci soucis
        souhaite souhaitons suis suite sympathique sûr tard temps trouver tête utile utiles utilité vivement
        voici volontiers vos vraiment week-end weekend échange échanger éclaircir éclairer écoute écrire
        éventuelle éventuelles
        """
    ),
    "es": listed(
        """
        abrazo aclarar adelante agradecer agradecerle agradecido alegra alegramos alegro alguna amabilidad
        amable aquí avíseme avísenos ayuda ayudarles bienvenidos buen buena busca búsqueda cariño certeza
        claro comentar comentario comentarios comprendemos comprendo comprensible comprensión confianza
        confiar conocer conocerla conocerle contacto contarnos contenta contento contestar contestarle
        continuación cualquier cuenta curiosidad cuénteme decir decirle decirnos deseamos deseo detalle
        detalles disculpe dispuesto dispuestos dudas día dígame díganos encajan encantados encantaría
        enhorabuena entendemos entender entendible entiendo escribe escribirme escríbame escríbanos estamos
        estoy excelente explicar facilitar faltaba felicidades feliz fin futuro gracias gustaría haber
        hablar hace hacer haga hoja honesto hágame háganos ilusión incluso inconveniente información
        interesada interesado interés leer leerle libre lista llamarnos llegar lleve mano mañana mejor
        miramos momento necesita necesite nota noticias opciones orden paciencia parece paso pena pendiente
        pendientes pensar perfectamente persona personal placer plantea pregunta preguntarnos preguntas
        problema pronta pronto propósito puedo puntos quedamos quedo ratito razón recibido recibir respecto
        responder responderle respondo respuesta respuestas resumen rápido saber saludo saludos segura
        seguro semana sentimos servirle siempre siento suerte tarde tema tenga tiempo todo tranquila
        tranquilo trato vale ver verle vernos veros viene voluntad vuelta ánimo éxito útil
        """
    ),
    "it": listed(
        """
        abbraccio accoglierla aiuto altro attendo attenzione attesa augurandole auguri auguriamo augurio bel
        bella bello bene buon buona capiamo capisco comprendiamo comprendo comprensibile comprensione
        conferma congratulazioni conoscerla contatto contenta contenti contento curiosità dettagli di dica
        dire dirle dispiaciuto domande dubbi dubbio esitare estate felice felici fiducia fine fortuna fretta
        futuro gentilezza giornata gradito grande grazie immediato incontrarla incontro informazioni
        interesse leggere leggerla libera libero lista mano mattina meglio migliori momento necessità
        notizie occasione ordine ottimo parlare passo pazienza pensare pensiero persona piacerebbe
        preoccuparsi preoccupi problema problemi pronto punti quando rapida rapido resto ricerca ricevere
        riepilogo riscontro rispondere risposta risposte saluto sapere sappia sarei saremmo scriva scrivere
        scrivermi seguito sentirci sentirla serata sereno settimana sicuro sincera sincero sperando spero
        supporto tempo tranquilla tranquillo trasloco utile utili vederci vederla volentieri weekend
        """
    ),
    "pt": listed(
        """
        abraço agradecer agradável aguardo ajuda alegra alegria algum amabilidade amável aqui atenção avise
        boa bom breve busca calma certeza clara claro comentário compreendemos compreendo compreensão
        compreensível confiança confiar conhecê-la conhecê-lo contacte contacto contente contentes
        curiosidade decisão desejamos desejo detalhe detalhes diga disponha disposto dizer dúvida dúvidas
        encontro entendemos entender entendo esclarecer escreva escrever escrever-nos espera estamos estou
        falar felicidades felizes fim força futuro gentil gentileza gostaria gosto hora imenso incómodo
        incômodo informações interessada interessado interesse leitura ler ligar lista melhor momento
        mudança mão necessário notícias ordem ouvir paciência parabéns passo pena pensar perguntar perguntas
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
