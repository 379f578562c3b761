"""What a statement of another app may ask of the catalogue."""

# Of the models of a CTE `model (name)`, the tiers of the price that is in force on the day, as JSON text; null of none.
TIERS = """
SELECT json_agg(json_build_object('model', p.model, 'shortest', p.min_prompt_tokens, 'input', p.input::text,
    'output', p.output::text, 'cache_write_5m', p.cache_write_5m::text, 'cache_write_1h', p.cache_write_1h::text,
    'cache_read', p.cache_read::text, 'batch_factor', p.batch_factor::text, 'source', p.source)
    ORDER BY p.model, p.min_prompt_tokens DESC)::text
FROM public.catalog_modelprice p JOIN model ON model.name = p.model
WHERE p.valid_from = (SELECT max(q.valid_from) FROM public.catalog_modelprice q
    WHERE q.model = p.model AND q.valid_from <= %(today)s::date)
"""

# Why and since when the operators have everything go to people in every workspace; no row where they have not.
STOPPED = """
SELECT s.reason, s.created_at
FROM (SELECT mode, reason, created_at FROM public.catalog_switch ORDER BY id DESC LIMIT 1) s
WHERE s.mode = 'people_only'
"""
PEOPLE_ONLY = f"EXISTS ({STOPPED})"
