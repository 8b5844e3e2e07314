# The first Python on this machine that is new enough and can make virtual environments.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
ifeq ($(PYTHON),)
$(error Python 3.11 or newer is needed, with its venv module; name it with make PYTHON=/path/to/python)
endif
BOOTSTRAP = $(PYTHON) bootstrap.py
PIP_COMPILE = .venv/bin/python -m piptools compile --quiet --generate-hashes --allow-unsafe \
	--strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: help run test bench check lock

help:
	@echo 'make run     start everything at http://$${HOST:-127.0.0.1}:$${PORT:-8000}; data in $${DATA_DIR:-.local}'
	@echo 'make test    run the tests; make test ARGS="tests/oauth -x" passes arguments to pytest'
	@echo 'make bench   measure it beside a stock project; make bench ARGS=--help says how'
	@echo 'make check   lint, types, import layers, Django checks, missing migrations'
	@echo 'make lock    compile requirements*.txt from pyproject.toml'

run:
	@exec $(BOOTSTRAP) requirements.txt -m config.supervisor

test:
	@exec $(BOOTSTRAP) requirements-dev.txt -m config.testing $(ARGS)

bench:
	@exec $(BOOTSTRAP) requirements.txt -m benchmarks $(ARGS)

# No check needs a server: makemigrations only warns that it cannot reach one.
check: export DATABASE_URL = postgresql://nobody@/none?host=/none
check: export REDIS_URL = redis://localhost
check:
	@$(BOOTSTRAP) requirements-dev.txt
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python manage.py check
	.venv/bin/python -W ignore::RuntimeWarning manage.py makemigrations --check

lock:
	@$(BOOTSTRAP) requirements-dev.txt
	$(PIP_COMPILE) -o requirements.txt pyproject.toml
	$(PIP_COMPILE) --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml
