# What citizens and the desk write by is tested once more on PostgreSQL; single parts are in any case.
ON_POSTGRESQL = tests/api/test_citizen.py tests/api/desk/test_routes.py \
	$(addprefix tests/api/tickets/test_,desk.py at_once.py bodies.py bookings.py contention.py files.py ledger.py story.py) \
	tests/api/exchange/test_exchange.py tests/api/notices/test_sending.py

.PHONY: run test lint train bench types lock

run:  ## set everything up and serve http://127.0.0.1:8000
	@./setup.sh run
	@exec .venv/bin/yibotong up

test:  ## set everything up and run all checks
	@./setup.sh test
	@$(MAKE) --no-print-directory lint
	@.venv/bin/python -m pytest
	@.venv/bin/python -m pytest -q --database=postgresql $(ON_POSTGRESQL)
	@cd api/web && PATH="$$PATH:$(CURDIR)/.venv/bin" npm test --silent

lint:
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports

train:  ## train the intent model from nlu_data/
	@./setup.sh run
	@.venv/bin/yibotong train

bench:  ## measure the figures of the README; PART="statutes cases" for some of them
	@./setup.sh test
	@.venv/bin/python -m tests.benchmarks $(PART)

types:  ## make the types of the pages from the routes, after a route or a view has changed
	@mkdir -p .cache
	@.venv/bin/yibotong openapi >.cache/openapi.json
	@cd api/web && PATH="$$PATH:$(CURDIR)/.venv/bin" npm run --silent types
	@sha256sum <.cache/openapi.json | cut -c1-64 >api/web/src/staff/api/schema.sha256

lock:  ## make the lock files anew (needs uv)
	@./lock.sh
