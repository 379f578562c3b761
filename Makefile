# Everything a newcomer needs: `make run`, `make test`, `make check`.
# Each makes or renews .venv by itself when the locked requirements changed.

PYTHON ?= python3
PYTEST_ARGS ?=
CHAOS_ARGS ?=
LEDGER_ARGS ?=
DRAFTS_ARGS ?=
BIN := .venv/bin
SETUP := $(PYTHON) -I platform/stack/bootstrap.py
# PostgreSQL and Valkey for one command, in a temporary directory.
SERVICES := $(BIN)/python -m stack.services --
# The same as durable as in production, with statistics of every statement.
MEASURED := $(BIN)/python -m stack.services --durable -c shared_preload_libraries=pg_stat_statements \
	-c pg_stat_statements.track_planning=on --
ROUNDS ?=
RUNS ?=
JSON ?=
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" pyproject.toml
CHECKS := format lint types floors templates assets migrations settings openapi

.PHONY: run test chaos binding hostile drafts mails inbox quality check bench bench-ai bench-ledger-pages profile fmt pictures assets rights kinds lock setup-embedded setup-dev setup-bench $(CHECKS:%=check-%)

run: setup-embedded ## start everything, show the sample email's way, stay until Ctrl-C
	@exec $(BIN)/python manage.py stack up --with-parent

test: setup-dev ## the whole test suite, with services of its own
	@$(SERVICES) $(BIN)/python -m pytest -n auto --dist loadgroup $(PYTEST_ARGS)

# SOAK=1: runs upon runs while everything is broken. SCENARIOS=1: told thrice, stopped, poisoned, flooded.
chaos: setup-dev ## kill workers at every point, 600 times; CHAOS_ARGS="--seed S --from N" goes on where it stopped
	@$(BIN)/python -m tests.chaos $(if $(SOAK),soak --runs 1000,$(if $(SCENARIOS),scenarios,matrix --kills 600)) $(CHAOS_ARGS)

binding: setup-dev ## change every single field of what was approved: some 4,000 times nothing of it happens
	@EVERY_FIELD=1 $(SERVICES) $(BIN)/python -m pytest -q -s -n 0 --timeout 3600 tests/test_binding.py

hostile: setup-dev ## a model that obeys every attack of AgentDojo, spikee and ours, and all that is then approved
	@HOSTILE_EVERY=1 $(SERVICES) $(BIN)/python -m pytest -q -s -n 0 --timeout 7200 tests/hostile

drafts: setup-dev ## how often lies pass the checks and truths are refused, by class; DRAFTS_ARGS="--half free --list"
	@$(BIN)/python -m tests.drafts $(DRAFTS_ARGS)

mails: setup-dev ## what the offline provider understands of labelled emails, by language; MAILS_ARGS="--half build --list"
	@$(BIN)/python -m tests.mails $(MAILS_ARGS)

quality: setup-dev ## how long figures of quality take with 100,000 calls
	@$(SERVICES) $(BIN)/python -m pytest -q -s -n 0 benchmarks/quality/measure.py

inbox: setup-dev ## how long the inbox takes with 10,000 proposals waiting
	@$(SERVICES) $(BIN)/python -m pytest -q -s -n 0 benchmarks/inbox/measure.py

check: setup-dev ## everything a machine can judge; shows all that is wrong, not the first only
	@$(MAKE) --keep-going --no-print-directory $(CHECKS:%=check-%)

bench: setup-bench ## what a durable run costs, beside its peers; ROUNDS=5 RUNS=100 JSON=results.json
	@$(MEASURED) $(BIN)/python -m benchmarks.engine $(ROUNDS:%=--rounds %) $(RUNS:%=--runs %) $(JSON:%=--json %)

# How long a page of a ledger of a million entries takes, by filter; ENTRIES=100000 fills fewer.
bench-ledger-pages: setup-dev
	@$(MEASURED) $(BIN)/python -m benchmarks.ledger_pages $(ENTRIES:%=--entries %)

bench-ai: setup-dev ## what the AI gateway costs beside the model, and a minute without the vendor; ONLY=overhead
	@$(MEASURED) $(BIN)/python -m benchmarks.ai $(ONLY:%=--only %)

profile: setup-dev ## where the time of a run goes: statements and functions of one worker; RUNS=200
	@$(MEASURED) $(BIN)/python -m benchmarks.engine.profile $(RUNS:%=--runs %)

ledger: setup-dev ## the ledger at its size: a million entries, writers side by side, a thousand acts of an owner
	@$(SERVICES) $(BIN)/python -m benchmarks.ledger $(LEDGER_ARGS)

fmt: setup-dev ## put the code in its usual form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

assets: setup-dev ## build the style sheet and the icons anew
	$(BIN)/python platform/portal/assets/build.py

pictures: setup-dev ## take the pictures of docs/pictures from the running product, with Chromium
	@$(BIN)/python docs/pictures/take.py

rights: setup-dev ## write docs/rights.md from the table of who may do what
	$(BIN)/python -m tests.rights

kinds: setup-dev ## write into docs/workflows.md what step kinds and actions are given and put out
	@$(BIN)/python manage.py shell --no-imports -c "from tests import kinds; kinds.write()"

lock: setup-dev ## renew the locked requirements
	$(LOCK) --output-file requirements.txt
	$(LOCK) --output-file requirements-embedded.txt --extra embedded --constraint requirements.txt
	$(LOCK) --output-file requirements-dev.txt --extra dev --constraint requirements-embedded.txt
	$(LOCK) --output-file requirements-bench.txt --extra bench --constraint requirements-dev.txt

setup-embedded:
	@$(SETUP) embedded

setup-dev:
	@$(SETUP) dev

setup-bench:
	@$(SETUP) bench

check-format:
	$(BIN)/ruff format --check .

check-lint:
	$(BIN)/ruff check .

check-types:
	$(BIN)/mypy .

check-floors:
	$(BIN)/lint-imports

check-templates:
	$(BIN)/djlint templates --lint --quiet

check-assets:
	$(BIN)/python platform/portal/assets/build.py --check

check-migrations:
	$(SERVICES) $(BIN)/python manage.py makemigrations --check --dry-run

# As in production: without TLS in front there is none to insist on.
check-settings:
	BASE_DOMAIN=example.com BEHIND_TLS=true $(SERVICES) $(BIN)/python manage.py check --deploy --fail-level WARNING

check-openapi:
	$(SERVICES) $(BIN)/python manage.py export_openapi --validate > /dev/null
