"""The things that replies are about, named in every language, so that a German reply can rest on an English
record.

A concept in SENSITIVE is only ever supported by a listing, the calendar or the tenant's own knowledge: what a
customer writes about a price, a permission or a condition proves nothing.
"""

from __future__ import annotations

from functools import lru_cache

_TABLE = """
price: price prices priced pricing cost costs preis preise preisrahmen kaufpreis kosten kostet
  prix coût coûte coûts precio precios coste cuesta cuestan prezzo prezzi costo costa costano
  preço preços custo custa 价格 售价 价位 费用 多少钱
guide: guide guides range rahmen preisrahmen richtpreis indicatif indication orientativo
  orientativa indicativo indicativa fourchette fascia faixa 指导 参考 区间 范围
rent: rent rental rents miete mieten kaltmiete warmmiete loyer loyers alquiler renta affitto
  canone aluguel renda 租金 房租
bond: bond deposit kaution caution dépôt garantie fianza depósito deposito cauzione caução 押金 保证金
fee: fee fees charge charges gebühr gebühren frais tasa tasas tarifa spese taxa taxas 手续费 管理费
rates: rates rate council-rates grundsteuer gemeindeabgaben kommunalabgaben taxe taxes municipales
  foncière impuestos tasas imposte comunali impostos municipais iptu 市政费 地税
strata: strata levies levy body-corporate hausgeld copropriété comunidad condominio condomínio 物业费
  管理费
council: council municipal municipality gemeinde kommune bauamt stadt mairie commune municipio
  ayuntamiento comune prefeitura câmara 市议会 政府
per_week: week weekly pw woche wöchentlich semaine hebdomadaire semana semanal settimana
  settimanale 周 每周
per_month: month monthly pm monat monatlich mois mensuel mes mensual mese mensile mês mensal 月 每月
per_quarter: quarter quarterly quartal vierteljahr vierteljährlich trimestre trimestriel
  trimestral trimestrale 季度 每季 每季度
per_year: year yearly annual annually jahr jährlich an année ans annuel año anual anno annuale ano
  年 每年
open: open opens opening inspection inspections inspect inspecting viewing viewings view offen
  geöffnet öffnung besichtigung besichtigungen besichtigen besichtigungstermin
  besichtigungstermine ouvert ouverte visite visites visiter visita visitas visitar abierto
  abierta visionare aperta aperto aberta aberto 开放 看房 参观 开放看房
available: available availability vacant frei verfügbar bezugsfrei disponible disponibles
  disponibilité libre disponibilidad disponibile disponibili libero disponível disponíveis 可用 空置
  可入住 在售
sold: sold sale sell selling vendre vendu vendue verkauft verkauf verkaufen vendido vendida venta
  vender venduto venduta vendita vendere venda 已售 出售
status: status état estado stato estatuto 状态
approved: approved approval approve permit permits permitted consent genehmigt genehmigung
  baugenehmigung bewilligt autorisé autorisée autorisation permis approuvé approuvée aprobado
  aprobada aprobación permiso autorizado approvato approvata approvazione permesso autorizzato
  aprovado aprovada aprovação licença 批准 许可 审批
allowed: allowed allow permitted welcome-pets erlaubt gestattet autorisés admis permitidos
  permitido permitida admitidos ammessi consentiti permessi aceitos permitidas 允许 可养
required: must need needs required require requires requirement muss müssen erforderlich nötig
  soll sollen sollte doit doivent obligatoire faut requis debe deben necesario obligatorio deve
  devono necessario obbligatorio devem necessário obrigatório 需要 必须 需 应
included: included includes include including inklusive inbegriffen enthalten enthält inclus
  incluse comprend comprise incluido incluida incluye incluso inclusa compreso compresa comprende
  incluído incluída inclui 包括 包含 含
condition: condition renovated renovation new brand-new repaired zustand renoviert saniert neu
  état rénové rénovée neuf neuve reformado reformada nuevo nueva stato ristrutturato ristrutturata
  nuovo nuova novo nova 翻新 新 状况
contract: contract contracts vertrag contrat contrato contratto 合同
lease: lease leases term mietvertrag laufzeit bail durée arrendamiento locazione locação
  arrendamento 租约 租期
auction: auction auctions versteigerung auktion enchères subasta asta leilão 拍卖
apply: apply application applications bewerbung bewerben antrag candidature dossier solicitud
  postularse domanda richiesta candidatura candidatar-se inscrição 申请
identity: id identification identity ausweis personalausweis lichtbildausweis identité carte
  documento identidad documento-d'identità identità identidade 身份证 证件
photo: photo photos picture pictures foto fotos lichtbild photographie fotografía fotografia
  imagens 照片
bring: bring brings mitbringen bringen bringe apporter apportez munissez traer traiga lleve
  portare porti trazer traga 携带 带
studio: studio atelier estudio monolocale estúdio 工作室
parking: parking park carpark carport garage stellplatz parkplatz parkplätze stellplätze
  tiefgarage place stationnement aparcamiento estacionamiento garaje plaza parcheggio posto-auto
  garagem estacionamento vaga 停车 车位 车库
car: car cars auto autos voiture voitures coche coches macchina carro carros 车
space: space spaces platz plätze places espacio espacios spazio spazi espaço espaços 空间
bedroom: bedroom bedrooms bed beds schlafzimmer chambre chambres dormitorio dormitorios habitación
  habitaciones camera camere quarto quartos 卧室 室
bathroom: bathroom bathrooms bath baths badezimmer bad bäder salle bain bains baño baños bagno
  bagni banheiro banheiros casa-de-banho 浴室 卫生间 卫
room: room rooms zimmer raum räume pièce pièces habitaciones stanza stanze locale locali cômodo
  cômodos sala 房间
land: land block lot grundstück terrain terreno suelo lote 土地
size: size area sqm m² m2 square metres meters fläche wohnfläche größe quadratmeter surface
  superficie mètres carrés metros cuadrados metri quadrati área quadrados 面积 平方米
pets: pet pets dog dogs cat cats haustier haustiere hund hunde katze katzen animal animaux chien
  chiens chat chats mascota mascotas perro perros gato gatos animali domestici cane cani gatto
  gatti animais estimação cachorro cão 宠物 狗 猫
furnished: furnished furniture möbliert möbel meublé meublée amueblado amueblada arredato arredata
  mobilado mobiliado 家具
garden: garden yard backyard garten jardin jardín giardino jardim quintal 花园 院子
courtyard: courtyard hof cour patio cortile pátio
pool: pool swimming schwimmbad piscine piscina 泳池 游泳池
balcony: balcony balkon balcon balcón balcone varanda sacada 阳台
heating: heating heizung chauffage calefacción riscaldamento aquecimento 供暖 暖气
cooling: air-conditioning aircon conditioning klimaanlage climatisation aire acondicionado
  climatizzazione 空调
power: power electricity strom électricité courant electricidad luz elettricità corrente
  eletricidade 电
water: water wasser eau agua acqua água 水
school: school schools schule schulen école écoles escuela escuelas colegio scuola scuole escola
  escolas 学校
station: station train bahnhof bahn gare estación tren stazione treno estação trem comboio 车站 地铁
address: address anschrift adresse dirección indirizzo endereço morada 地址
house: house houses haus häuser maison maisons casa casas 房子 别墅
apartment: apartment apartments flat flats unit units wohnung wohnungen appartement appartements
  apartamento apartamentos piso pisos appartamento appartamenti 公寓 单元
hours: hours hour stunden stunde geschäftszeiten öffnungszeiten horaires heures heure horario
  horarios hora horas orari orario ore ora horário horários 营业时间 时间
office: office büro bureau oficina ufficio escritório 办公室
date: date dates datum termin termine fecha fechas data datas 日期
time: time times zeit zeiten uhrzeit temps heure hora tiempo tempo orario 时间
today: today heute aujourd'hui hoy oggi hoje 今天
tomorrow: tomorrow morgen demain mañana domani amanhã 明天
offer: offer offers offered angebot offre oferta offerta proposta 报价 出价
budget: budget presupuesto orçamento 预算
buy: buy buyer buying purchase kaufen kauf käufer acheter achat comprar compra comprare acquisto
  acquistare 买 购买
repair: repair repairs maintenance fix fixed reparatur reparaturen reparieren réparation
  réparations reparación riparazione riparazioni reparo reparação conserto manutenção manutenzione
  mantenimiento 维修 修理
"""

# Only a listing, the calendar or knowledge can say these.
SENSITIVE = frozenset(
    """
    price guide rent bond fee rates strata open available sold status approved allowed required included
    condition
    """.split()  # noqa: SIM905
)


def _table() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for entry in _TABLE.strip().replace("\n  ", " ").splitlines():
        name, _, names = entry.partition(":")
        table[name] = frozenset(names.split())
    return table


CONCEPTS = _table()
_BY_WORD: dict[str, set[str]] = {}
for _name, _words in CONCEPTS.items():
    for _word in _words:
        _BY_WORD.setdefault(_word, set()).add(_name)


@lru_cache(maxsize=4096)
def concepts_of(word: str) -> frozenset[str]:
    """The concepts that a word in lower case names, in any language; most words name none."""
    return frozenset(_BY_WORD.get(word, ()))
