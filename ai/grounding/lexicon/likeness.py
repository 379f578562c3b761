"""Words that are near in meaning, over all languages: what a quote may be called in other words.

They make a sentence comparable, never supported: a person reads it beside its quote. So a group may be wider than a
concept of `concepts.py`, but holds no two words that a reader would be misled by.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from ai.grounding.calendar_words import MONTHS
from ai.grounding.lexicon.concepts import concepts_of

_TABLE = """
able: can could may possible möglich posible possibile possível kann können darf dürfen peut pouvoir puede pueden
  poder può possono pode podem permitted allowed erlaubt permis permitido permesso lets
begin: begin begins start starts starting commence opens beginnt anfangen fängt startet losgehen commencent débute
  démarre comienza empieza inicia inizia comincia começa
end: bis hasta fino até jusqu'à end ends finish finishes until till endet enden schließt läuft fin finit termine
  termina acaba fine finisce
move_in: move-in movein moving occupy occupation einziehen einzug bezug beziehen bezugsfrei bezugsfertig emménager
  emménagement entrée entrar mudarse mudanza ocupar ingreso entrare trasferirsi ingresso mudar mudar-se mudança
  available free vacant frei verfügbar libre disponible disponibile libero disponível livre
let: let lets letting rent rents rented renting rental lease leased leasing tenancy vermietet vermieten vermietung
  miete mieten mietvertrag mietverhältnis mitvermietet anmieten louer loué louée location bail alquila alquilar
  alquiler alquilado arrendar arrendamiento affitto affittare affittato locazione contratto aluguer aluguel alugar
  alugado arrendamento
agreement: contract agreement lease tenancy vertrag mietvertrag kaufvertrag contrat bail contrato contratto
  locazione arrendamento
tenant: tenant tenants renter renters lessee mieter mieterin mieters locataire locataires inquilino inquilina
  inquilinos arrendatario inquilini conduttore arrendatário resident residents bewohner nachbarn
owner: owner owners landlord landlady vendor vendors seller sellers eigentümer eigentümerin besitzer vermieter
  vermieterin verkäufer verkäuferin propriétaire propriétaires bailleur vendeur vendeuse propietario propietaria
  dueño dueña vendedor vendedora casero proprietario proprietaria venditore venditrice proprietário proprietária
  dono senhorio
buyer: buyer buyers purchaser purchasers käufer käufers käuferin acquéreur acheteur acheteurs comprador compradora
  compradores acquirente compratore
agent: agent agents agency colleague colleagues makler maklerin kollege kollegin agence collègue agente agencia
  compañero compañera colega collega agenzia agência
handles: handle handles handled look looks after care charge responsible deals betreut betreuen kümmert zuständig
  verantwortlich ansprechpartner ansprechpartnerin occupe occupent gère responsable lleva encarga encargado
  encargada ocupa segue occupa gestisce trata responsável
price: price prices priced guide asking cost costs figure amount preis kaufpreis kosten kostet prix coût coûte tarif
  precio cuesta coste importe prezzo costa costo preço custa custo valor worth market
for_sale: sale selling sell sells sold market verkauf verkaufen verkauft verkäufe vente ventes vendre vendu vendue
  venta vender vendido vendida ventas vendita vendere venduto venda vendas
deposit: deposit bond security kaution kautionsrate sicherheit caution dépôt garantie fianza depósito garantía
  cauzione deposito caução
fee: fee fees commission charge charges levy levies honorarium provision käuferprovision maklerprovision courtage
  gebühr gebühren honoraires frais honorarios comisión gastos provvigione commissione spese comissão honorários taxa
  taxas
running_costs: bills utilities outgoings charges levies levy service nebenkosten betriebskosten hausgeld gastos
  comunidad suministros spese condominio condomínio despesas
tax: tax taxes rates duty steuer steuern grundsteuer mehrwertsteuer taxe impôt impôts foncière impuesto impuestos
  ibi iva imposta imposte imu imposto impostos imi vat
included: included includes include including inclusive covers cover covered comes come with part inklusive
  inbegriffen enthalten enthält einschließlich dabei mitvermietet drin inkludiert samt compris comprise comprises
  comprend inclus incluse avec incluido incluida incluidos incluye incluyen con dentro incluso inclusa compreso
  compresa comprende compresi incluído incluída inclui com
excluded: ajoute ajoutent hinzukommen hinzukommt suma suman aggiunge aggiungono acresce acrescem menos exception
  exceptions abgesehen ausnahme ausnahmen excepción eccezione exceção excluded excludes excluding exclusive extra
  separately separate apart except without additional aside top plus exklusive zuzüglich zusätzlich separat getrennt
  außer ohne ausgenommen dazu hinzu hors sauf sans sus supplément séparément exclu aparte excepto salvo sin
  adicional excluido escluso esclusa eccetto senza parte excluído exceto sem separado
free_of_charge: free gratis kostenlos kostenfrei unentgeltlich gratuit gratuite gratuits gratuito gratuita gratuiti
  gratuitos nothing nichts rien nada niente
pay: pay pays paid paying payable payment zahlen zahlt bezahlen zahlung zahlbar payer paie paye payez paiement
  verser règlement pagar paga pagan pago abonar pagare pagamento
refund: refund refunded refundable return returned back zurück zurückgezahlt rückzahlung erstattet erstattung
  rembourse remboursé remboursement restitué rendu devuelve devolver devolución reembolso rimborso restituito
  restituzione devolvido devolução
view: view viewing viewings inspection inspections inspect see visit look open besichtigung besichtigungen
  besichtigen anschauen ansehen termin sehen visite visites visiter voir visita visitas visitar ver verla enseñar
  visitare vedere mostrar
appointment: appointment appointments arranged arrange booking book slot register registration registered anmeldung
  anmelden angemeldet termin terminvereinbarung vereinbarung rendez-vous cita citas previa appuntamento marcação
  agendamento hora marcada inscription inscripción
register: register registered registration enrol anmelden anmeldung inscrire inscription inscribirse registro
  registrarse registrarsi iscrizione inscrição
confirm: confirm confirmed confirmation bestätigen bestätigt bestätigung confirmer confirmé confirmar confirmado
  confirmación confermare confermato conferma confirmação
apply: apply application applications applicant applicants applying form bewerbung bewerben bewerber antrag dossier
  dossiers candidature candidatures postuler solicitud solicitar candidatura domanda candidarsi inscrição
papers: papers paperwork documents document documentation proof statement unterlagen nachweise nachweis dokumente
  dokument papiere selbstauskunft pièces justificatifs justificatif papiers documentos documentación papeles
  documenti documentazione papéis
payslips: payslips payslip salary wages income earnings gehaltsnachweise gehaltsabrechnungen einkommen lohn
  bulletins salaire revenus paie nóminas nómina ingresos sueldo buste paga reddito stipendio recibos vencimento
  rendimento renda
identity: id identification passport licence ausweis personalausweis reisepass identité passeport identidad dni nie
  pasaporte identità passaporto documento identidade
guarantor: guarantor guarantee bürge bürgen bürgschaft garant caution avalista aval garante fiador
answer: answer answers answered reply replies respond response hear decision decide decided antwort antworten
  beantwortet rückmeldung melden entscheidung réponse répond répondons répondre réponses respuesta responde
  responder respondemos contestar risposta risponde rispondere rispondiamo resposta
within: within inside takes under innerhalb binnen sous dans plazo dentro entro prazo
recent: last latest recent most letzten letzte jüngsten aktuellen derniers dernières récents récentes últimas
  últimos recientes ultimi ultime recenti recentes
only: only just solely exclusively purely nothing nur ausschließlich lediglich bloß seulement uniquement que
  exclusivement juste solo sólo solamente únicamente soltanto unicamente só somente apenas
not_all: certains certaines algunos algunas alcuni alcune alguns algumas einige partly partially part some partial
  teilweise teils partie partiellement parte parcialmente in-parte parzialmente
shared: shared share sharing communal common community joint gemeinschaftlich gemeinsam geteilt teilen gemeinschafts
  partagé partagée commun commune collectif collective copropriété compartido compartida comparten comunitario
  comunitaria comunidad común condiviso condivisa comune condominiale partilhado partilhada comum condomínio
  neighbours neighbors vecinos residents nachbarn voisins
own: own private exclusive personal eigene eigener eigenen privat privé privée privatif propio propia privado
  privada proprio privato privata próprio
renovated: renovated renovation redone refurbished remodelled updated modernised modernized renoviert saniert
  modernisiert erneuert rénové rénovée refait refaite refaites refaits reformado reformada reformados reformaron
  renovado renovada ristrutturato ristrutturata rifatto rifatta rinnovato remodelado
replaced: replaced renewed changed new exchanged ersetzt erneuert ausgetauscht neu remplacé remplacée remplacées
  changé neuf cambiado cambiada sustituido sostituito sostituita cambiato substituído trocado
repaired: repaired repair fixed mended repariert instandgesetzt reparatur réparé réparée réparation reparado
  reparada reparación riparato riparata consertado
built: built dates date constructed construction year baujahr gebaut erbaut errichtet construit construite année
  construido construida construcción año costruito costruita costruzione anno construído construída construção ano
  from aus
original: original originals ursprünglich origine originel originale
condition: condition state shape zustand état estado condición condizioni stato
unfurnished: unfurnished unmöbliert empty leer leere leeres vide vides vacío vacía vuoto vuota vazio vazia
taken: vergeben belegt besetzt occupied occupé occupée occupés ocupado ocupada ocupados occupato occupata
by_car: drive driving autofahrt autominuten fahrminuten conduire conducir conduciendo guidare guida
corporation: corporation copropriété eigentümergemeinschaft hausgemeinschaft comunidad condominio condomínio strata
kingdom: uk kingdom royaume-uni königreich großbritannien reino regno britain
2nd: second zweite zweiter zweiten zweites deuxième segundo segunda
3rd: third dritte dritter dritten drittes troisième tercero tercera tercer terzo terza terceiro terceira
4th: fourth vierte vierter vierten viertes quatrième cuarto cuarta quarto quarta
5th: fifth fünfte fünfter fünften fünftes cinquième quinto quinta
6th: sixth sechste sechster sechsten sechstes sixième sexto sexta sesto sesta
7th: seventh siebte siebter siebten septième séptimo séptima settimo settima
8th: eighth achte achter achten huitième octavo octava ottavo ottava oitavo
9th: ninth neunte neunter neunten neuvième noveno novena nono nona
10th: tenth zehnte zehnter zehnten dixième décimo décima decimo decima
furnished: furnished furniture furnishings möbliert möbel meublé meublée meubles amueblado amueblada muebles
  arredato arredata mobili mobilado mobiliado mobília móveis
kitchen: kitchen kitchens küche einbauküche cuisine cocina cucina cozinha
appliance: oven stove cooktop hob fridge refrigerator dishwasher herd ofen backofen kühlschrank spülmaschine
  geschirrspüler four plaques frigo réfrigérateur lave-vaisselle horno nevera frigorífico lavavajillas forno
  frigorifero lavastoviglie geladeira
washing: washing laundry washer machine waschmaschine waschküche waschkeller lave-linge buanderie laverie lavadora
  lavandería lavatrice lavanderia máquina lavar
living_room: living lounge sitting wohnzimmer salon séjour salón soggiorno salotto sala
bedroom: bedroom bedrooms schlafzimmer chambre chambres dormitorio dormitorios habitación habitaciones camera camere
  quarto quartos
bathroom: bathroom bathrooms bath shower bad badezimmer dusche salle bain bains douche baño baños ducha bagno bagni
  doccia banheiro casa-de-banho duche
rooms: room rooms zimmer räume pièce pièces habitación habitaciones cuarto stanza stanze locali camere cômodo
  divisões assoalhadas
cellar: cellar basement storage store storeroom keller kellerabteil kellerraum abstellraum untergeschoss cave
  sous-sol cellier trastero sótano bodega cantina seminterrato ripostiglio arrecadação
attic: attic loft dachboden speicher grenier combles desván ático buhardilla soffitta mansarda sótão
floor: floor floors storey storeys level stairs upstairs downstairs stock stockwerk etage geschoss obergeschoss
  stufen treppe étage étages niveau planta piso plantas piano piani andar andares
ground: ground erdgeschoss rez-de-chaussée baja bajo terra térreo rés-do-chão
lift: lift elevator aufzug fahrstuhl ascenseur ascensor ascensore elevador
stairs: stairs steps walk climb treppe treppen stufen escalier marches pied escaleras escalera scale escadas
balcony: balcony terrace balkon terrasse loggia balcon balcón terraza balcone terrazza varanda terraço sacada
garden: garden yard lawn grounds garten hof jardin cour jardín patio giardino cortile jardim quintal
courtyard: courtyard innenhof hof cour patio cortile pátio
roof: roof roofing dach toit toiture couverture tejado techo cubierta tetto telhado
windows: window windows glazing fenster fenêtre fenêtres ventana ventanas finestra finestre janela janelas
heating: heating heater heated heat heizung gasheizung fernwärme fußbodenheizung chauffage calefacción riscaldamento
  aquecimento radiators heizkörper radiateurs
gas: gas gasheizung gaz gás
electricity: electricity electric power strom elektrisch électricité électrique luz electricidad eléctrica
  elettricità elettrico corrente eletricidade elétrica energy
internet: internet broadband wifi wlan fibre fiber glasfaser fibra
parking: parking park parks carpark carport garage garages driveway stellplatz stellplätze parkplatz parkplätze
  tiefgarage stationnement aparcamiento garaje plaza parcheggio box garagem estacionamento vaga lugar car cars auto
  autos wagen voiture voitures coche coches macchina carro carros space spaces place platz
bicycle: bike bikes bicycle bicycles cycle fahrrad fahrräder vélo vélos bicicleta bicicletas bici bicicletta
near: near nearby close around corner proximity nahe nähe près proche proximité cerca cercano vicino vicinanze perto
  próximo
distance: walk walking walkable foot distance stroll minutes fuß fußweg fußläufig gehminuten laufen zu-fuß pied
  marche pie andando caminando caminar paseo piedi camminando passeggiata pé andar caminhada
behind: backs backing behind rear back hinter hinten rückseite derrière arrière detrás trasera trasero dietro retro
  atrás traseiras
front: ahead vor front forward vorne vorn vorderseite davor devant avant façade delante delantero delantera frente
  davanti fronte
below: below beneath under underneath unter unterhalb darunter sous dessous bajo debajo sotto sob abaixo debaixo
opposite: opposite across gegenüber face enfrente fronte
beside: beside next adjacent adjoining alongside neben daneben angrenzend nebenan côté voisin junto lado contiguo
  accanto adiacente ao-lado
faces: face faces facing looks look overlooks onto overlooking oriented orientation aspect outlook exposure geht
  ausgerichtet ausrichtung blick gerichtet zeigt zur donne exposé exposée exposition orienté orientée vue da
  orientado orientada orientación vistas mira affaccia esposto esposta esposizione vista virado virada voltado
  orientação see sees visible view views aussicht
north: nordseite nordbalkon nordost nordwest north northern northfacing nord nördlich norden norte
south: südseite südbalkon südterrasse südost südwest south southern southfacing süd süden südlich sud sur sul
east: ostseite ostbalkon nordost südost east eastern ost osten östlich est este oriente leste
west: westseite westbalkon westterrasse nordwest südwest west western westen westlich ouest oeste ovest
street: street road lane straße strasse rue route calle via strada rua
above: above over upstairs über oberhalb dessus sopra encima sobre acima
size: size area square metres meters sqm m² fläche wohnfläche quadratmeter groß größe misst surface superficie
  mètres carrés mesure fait mide metros cuadrados tiene grande metri quadrati superfície quadrados área
plot: plot block land lot grundstück terrain parcelle parcela terreno solar lote lotto
pets: pet pets dog dogs cat cats animal animals haustier haustiere hund hunde katze katzen tier tiere tierhaltung
  animaux chien chiens chat chats mascota mascotas perro perros gato gatos animale animali cane cani gatto gatti
  animais cão cães cachorro
welcome: dürfen darf dürften welcome accepted accept accepts allowed allow allows permitted fine willkommen erlaubt
  gestattet akzeptiert bienvenus bienvenu acceptés accepté acceptées accepte admis bienvenidos bienvenido aceptan
  admiten acepta admite aceptadas permiten permite benvenuti ammessi accettati accettano bem-vindos aceites aceitos
  permitidos aceitam
considered: consider considers considered consideration thought arrangement agreement consent approval permission
  absprache rücksprache vereinbarung zustimmung genehmigung erlaubnis accord autorisation consulta consultar
  consultarlo consultarla consentimiento permiso acuerdo accordo consenso permesso autorização consentimento acordo
  agrees agree
request: parler hablar hablarlo besprechen absprechen discuss discussed request requests ask anfrage nachfrage
  auf-wunsch wunsch demande petición solicitud previa richiesta pedido
smoke: smoke smoking smokers rauchen raucher nichtraucher fumer fumeurs fumar fumadores fumare fumatori
children: child children kids kinder kind enfants enfant niños hijos bambini figli crianças filhos
quiet: quiet peaceful calm noise noisy loud ruhig ruhe lärm leise calme tranquille bruit tranquilo tranquila
  silencioso ruido tranquillo silenzioso rumore sossegado calmo barulho ruído
damp: damp moisture mould mold feucht feuchtigkeit schimmel humidité humide humedad moho umidità muffa humidade
  umidade
bright: bright light sunny sun sunshine hell sonnig licht lumineux clair ensoleillé luminoso soleado sol soleggiato
  ensolarado
small: small little compact klein kleine kleiner petit petite petits pequeño pequeña pequeñas piccolo piccola
  pequeno pequena
large: large big spacious groß große geräumig grand grande spacieux amplio amplia espacioso spazioso ampio espaçoso
  amplo
single: single one single-car einzeln einfach simple sencillo sencilla individual singolo singola
underground: underground tiefgarage unterirdisch souterrain sous-sol subterráneo subterránea sótano sotterraneo
  interrato subterrâneo
station: station train rail railway line metro tube underground stop bahn bahnhof bahnlinie u-bahn s-bahn gare métro
  ligne estación tren stazione treno metropolitana estação comboio trem
bus: bus buses busse haltestelle autobus autobús ônibus autocarro
school: school schools schule schulen école écoles escuela colegio scuola escola
shop: shop shops supermarket bakery baker geschäft geschäfte laden supermarkt bäckerei commerce commerces magasin
  boulangerie tienda tiendas supermercado panadería negozio negozi panetteria loja lojas padaria
survey: survey surveyor inspection report assessment appraisal valuation gutachten bewertung wertermittlung
  expertise diagnostic estimation évaluation contrôle tasación valoración informe perizia valutazione stima
  avaliação peritagem
solicitor: solicitor conveyancer lawyer notary anwalt notar notarin notaire avocat abogado notario notaría avvocato
  notaio advogado notário
reserved: reserved reserve reservation hold reservierung reserviert reservieren vorgemerkt zurückhalten réservé
  réservation réserver reserva reservado reservada reservar prenotato prenotazione riservato
offer_status: offer offers agreed compromis angebot unter-vertrag oferta contract
tested: tested test checked inspected getestet geprüft testé contrôlé vérifié probado revisado comprobado testato
  verificato testado verificado
fenced: fenced fence fencing zaun eingezäunt clôturé clôture vallado valla recintato recinto vedado cerca
connected: connected connection hooked angeschlossen anschluss raccordé raccordement branché conectado conexión
  collegato allacciato ligado ligação
walls: wall walls wand wände mur murs pared paredes muro muri parete parede
new: new newly brand neu neue neuer neuen neubau neuf neuve nouveau nuevo nueva nuovo nuova novo nova
old: old older alt alte altbau ancien ancienne vieux viejo vieja antiguo antigua vecchio vecchia antico velho velha
  antigo antiga
minimum: minimum least mindestens mindest minimal au-moins mínimo mínima menos minimo minima almeno
maximum: maximum most höchstens maximal máximo máxima massimo massima
approx: about around approximately approx roughly circa some etwa ungefähr rund zirka ca environ quelque
  approximativement unos unas aproximadamente alrededor all'incirca cerca
notice: notice notify advance ahead beforehand kündigungsfrist frist vorher voraus vorlauf ankündigung préavis
  avance antelación preaviso aviso preavviso anticipo aviso-prévio antecedência
per_day: day days daily tag tage tages täglich werktag werktage werktagen jour jours quotidien día días diario
  giorno giorni dia dias
working_day: working business weekday weekdays werktags werktag werktage werktagen arbeitstag arbeitstage ouvré
  ouvrés ouvrable ouvrables hábil hábiles laborable laborables lavorativo lavorativi feriale feriali útil úteis
weekday: weekday weekdays midweek werktags woche-über semaine laborables entre-semana feriali settimana semana
weekend: weekend weekends wochenende wochenenden week-end fin-de-semana fine-settimana fim-de-semana
week: week weekly weeks pw woche wochen wöchentlich semaine semaines hebdomadaire semana semanas semanal settimana
  settimane settimanale
month: month monthly months pcm monat monate monaten monatlich monats mois mensuel mensuelle mes meses mensual
  mensuales mese mesi mensile mês mensal
quarter: quarter quarterly quartal vierteljährlich trimestre trimestriel trimestral trimestrale
year: year yearly years annual annually annum pa jahr jahre jahren jährlich an ans année années annuel annuelle año
  años anual anno anni annuale ano anos twelve
hour: hour hours hourly stunde stunden stündlich heure heures hora horas ora ore
office: office branch büro geschäftsstelle bureau agence oficina ufficio sede escritório
hours_open: open opens opening closed shut hours geöffnet öffnet auf offen geschlossen zu ouvert ouverte ouvre
  ouvrons fermé fermée abierto abierta abre abrimos cerrado cerrada aperto aperta apre chiuso chiusa aberto aberta
  fechado fechada
morning: morning mornings am morgens vormittag vormittags früh matin matins matinée mañana mañanas mattina mattino
  manhã manhãs
afternoon: afternoon afternoons pm nachmittag nachmittags après-midi tarde tardes pomeriggio
evening: evening evenings night abend abends soir soirée noche notte sera noite
bring: bring brings along take mitbringen bringen mitnehmen apporter apportez munir amener traer traiga lleve
  portare porti trazer traga levar
need: need needs needed must require requires required have necessary benötigt benötigen brauchen braucht
  erforderlich nötig notwendig muss müssen nécessaire besoin faut doit devez exige requiert demandé necesita
  necesitamos necesario debe deben requiere hay pide occorre serve servono necessario deve devono richiesto precisa
  precisamos necessário exigido
recommend: recommend recommended recommends advise advised suggest suggested empfehlen empfohlen empfiehlt ratsam
  raten recommandé recommandée recommandons conseillé conseillons recomienda recomendamos recomendado aconseja
  consigliamo consigliato raccomandato recomenda aconselhamos
key: key keys handover schlüssel schlüsselübergabe übergabe clé clés remise llave llaves entrega chiave chiavi
  consegna chave chaves
receive: receive received receipt arrive arrives arrived get once eingang eingegangen erhalt erhalten bekommen
  réception reçu reçue recibir recibido recepción ricevuto ricevere ricevimento recebido receber
photo: photo photos picture pictures photograph foto fotos bilder
shoes: shoes shoe schuhe chaussures zapatos scarpe sapatos
remove: remove removed off ausziehen entfernen enlever retirer quitar retirar togliere tirar
report: report reported tell signal melden meldung mitteilen signaler signalez avisar comunicar notificar segnalare
  comunicare
writing: writing written write email schriftlich per-mail écrit écrite escrito iscritto scritto
oral: oral orally verbal verbally mündlich orale verbalmente oralmente verbale
damage: damage damages damaged schaden schäden beschädigung dégât dégâts dommages daño daños desperfectos danno
  danni dano danos
nuisance: nuisance trouble disturbance störung störungen troubles nuisances molestias ruidos disturbo disturbi
  incómodo
emergency: emergency urgent leak burst notfall leck rohrbruch urgence fuite emergencia urgencia fuga emergenza
  perdita emergência
call: call calls ring phone telephone anrufen rufen telefon appeler appelez téléphoner llamar llame llamada teléfono
  chiamare telefonare ligar telefonar
cancel: cancel cancelled cancellation lift lifted withdrawn absagen abgesagt aufgehoben annuler annulé annulation
  cancelar cancelado anular annullare disdire
student: student students studierende studenten étudiant étudiants estudiante estudiantes studente studenti
  estudante estudantes
live: live lives living reside resident based wohnt wohnen leben lebt ansässig vit vivre habite résidant résider
  vive vivir residente vivere abita viver mora
property: property house home place building haus gebäude maison immeuble bâtiment casa edificio inmueble immobile
  imóvel prédio
flat: flat apartment unit studio wohnung appartement logement piso apartamento vivienda appartamento alloggio
energy_class: class rating rated classified energy energieklasse energieausweis klasse classé classée dpe classe
  certificado calificación clase certificato
surface_finish: floored carpet carpeted timber tiles parquet parkett laminat fliesen moquette carrelage parqué suelo
  tarima azulejos pavimento piastrelle soalho
extension: extension extended annexe anbau agrandissement ampliación ampliamento ampliação
pool: pool swimming schwimmbad piscine piscina
sewage: septic sewage drains sewer fosse assainissement kanalisation séptica alcantarillado fognatura fossa esgoto
view_sea: sea ocean harbour bay meer mer mar mare
river: river fluss rivière fleuve río fiume rio
park: park parc parque parco
auction: auction auctions bid bidding versteigerung auktion enchères subasta asta leilão
settlement: settlement completion closing closes übergabe signature acte escritura rogito
public: public öffentlich publique público pública pubblico
discount: deducted deduct deducts off reduction angerechnet abgezogen déduit déduite descuenta descuentan descuento
  detrae scontato descontado deduzido counts
official: official formal amtlich offiziell officiel officielle oficial ufficiale
online: online internet web portal website
cash: cash transfer bank bar überweisung virement espèces efectivo transferencia contanti bonifico dinheiro
  transferência
insurance: insurance insured versicherung assurance seguro assicurazione
cleaning: cleaning clean reinigung putzen ménage nettoyage limpieza limpiar pulizia pulizie limpeza
condition_of: if unless provided subject depending depends condition once assuming when falls sofern wenn
  vorausgesetzt sobald bedingung vorbehaltlich si sauf réserve lorsque tant dès siempre salvo sujeto condición
  cuando se condizione qualora caso sujeito condição quando after until erst nach après tras dopo após bis
hedge: expected probably likely should might may usually normally general generally according planned plan estimated
  estimate reportedly says voraussichtlich wahrscheinlich normalerweise allgemein regel meist laut angabe angaben
  geplant üblicherweise soll sollte prévu probablement normalement général généralement selon devrait d'après
  habituellement previsto prevista probablemente normalmente generalmente según debería suele probabilmente secondo
  dovrebbe provavelmente geralmente segundo deverá
not_yet: yet not-yet still noch encore aún todavía ancora ainda until
all: everything everyone all every each both whole entire full fully alle alles allen jede jeder jedes sämtliche
  ganz ganze tout toute tous toutes chaque entier todo toda todos todas cada entero tutto tutta tutti tutte ogni
  intero inteiro
always: always anytime jederzeit immer toujours siempre sempre
never: never nie niemals jamais nunca mai
lacking: lack lacks lacking missing fehlt fehlen manque manquent falta faltan manca mancano unfortunately afraid
  leider malheureusement hélas lamentablemente desgraciadamente purtroppo infelizmente unconverted untested
  unfinished
"""

SUFFIXES = (
    "ationen", "ungen", "ations", "ation", "aciones", "acion", "azioni", "azione", "acoes", "acao", "ements", "ement",
    "amiento", "amento", "imento", "mente", "ments", "ment", "ingly", "ings", "ing", "edly", "ied", "ies", "ers", "est",
    "keiten", "keit", "heiten", "heit", "lichen", "liche", "lich", "igen", "ige", "ung", "ten", "tes", "ter", "tem",
    "ables", "able", "ibles", "ible", "aient", "erons", "eront", "erez", "ions", "iez", "ait", "ant", "ent", "ons",
    "ees", "ee", "es", "ez", "er", "ir", "re", "aron", "aran", "aremos", "aria", "ados", "adas", "ado", "ada", "idos",
    "idas", "ido", "ida", "ando", "endo", "amos", "emos", "imos", "iamo", "ano", "ono", "ati", "ate", "ato", "ata",
    "iti", "ite", "ito", "ita", "uti", "ute", "uto", "uta", "are", "ere", "ire", "ar", "an", "en", "em", "ed", "ly",
    "os", "as", "is", "al", "st", "s", "t", "e", "n", "a", "o", "i", "y", "r",
)  # fmt: skip
SHORTEST = 4  # letters that a word keeps when it loses its ending


@lru_cache(maxsize=16384)
def root(word: str) -> str:
    """A word without accents and endings, the same for the forms of one word in any of the languages, mostly."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", word.replace("ß", "ss")) if not unicodedata.combining(c))
    bare = bare.removesuffix("'s")
    for suffix in SUFFIXES:
        if len(bare) - len(suffix) >= SHORTEST and bare.endswith(suffix):
            return bare[: -len(suffix)]
    return bare[:-1] if len(bare) == SHORTEST and bare.endswith("s") else bare


def _by_root() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for line in _TABLE.strip().replace("\n  ", " ").splitlines():
        name, _, words = line.partition(":")
        for word in words.split():
            table.setdefault(root(word), set()).add(f"~{name}")
            table.setdefault(word, set()).add(f"~{name}")
    for word, number in MONTHS.items():
        if len(word) > SHORTEST - 1:
            table.setdefault(word, set()).add(f"month {number}")
    return {word: frozenset(names) for word, names in table.items()}


_LIKE = _by_root()


@lru_cache(maxsize=16384)
def likenesses(word: str) -> frozenset[str]:
    """What a word in lower case is near to: its concepts, and its groups in any of the languages."""
    return concepts_of(word) | _LIKE.get(word, frozenset()) | _LIKE.get(root(word), frozenset())
