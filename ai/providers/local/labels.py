"""What the fields of a listing are called in the customer's language; any other field keeps its own label."""

from __future__ import annotations

from ai.sources import SourceField

_LABELS = {
    "open_times": "Besichtigung|Visite|Visita|Visita|Visita|开放看房",
    "price_guide": "Preisrahmen|Fourchette de prix|Precio orientativo|Prezzo indicativo|Faixa de preço|价格区间",
    "council_rates": "Gemeindeabgaben|Taxes municipales|Tasas municipales|Imposte comunali|Taxas municipais|市政费",
    "water_rates": "Wassergebühren|Taxe d'eau|Tasa de agua|Spese acqua|Taxa de água|水费",
    "strata_levies": "Hausgeld|Frais de copropriété|Comunidad|Spese di condominio|Condomínio|物业费",
    "bedrooms": "Schlafzimmer|Chambres|Dormitorios|Camere|Quartos|卧室",
    "bathrooms": "Badezimmer|Salle de bains|Baños|Bagni|Casas de banho|浴室",
    "parking": "Stellplatz|Stationnement|Aparcamiento|Parcheggio|Estacionamento|停车",
    "land_size": "Grundstück|Terrain|Terreno|Terreno|Terreno|土地面积",
    "internal_area": "Wohnfläche|Surface|Superficie|Superficie|Área|面积",
    "pets": "Haustiere|Animaux|Mascotas|Animali|Animais|宠物",
    "bond": "Kaution|Dépôt de garantie|Fianza|Cauzione|Caução|押金",
    "rent": "Miete|Loyer|Alquiler|Affitto|Renda|租金",
    "lease": "Mietvertrag|Bail|Arrendamiento|Locazione|Arrendamento|租约",
    "studio": "Studio|Studio|Estudio|Monolocale|Estúdio|工作室",
    "status": "Status|État|Estado|Stato|Estado|状况",
    "application": "Bewerbung|Dossier|Solicitud|Domanda|Candidatura|申请",
}
_LANGUAGES = ("de", "fr", "es", "it", "pt", "zh")


def label_in(language: str, field: SourceField) -> str:
    """The label of a field in one of our languages."""
    name = next((part for part in field.name.split(".") if part in _LABELS), None)
    if name is None or language not in _LANGUAGES:
        return field.label or field.name
    return _LABELS[name].split("|")[_LANGUAGES.index(language)]
