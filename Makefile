# Every target sets up what it needs by itself, and is quick the second time.
# On Linux without an NVIDIA GPU, torch's CPU build saves gigabytes:
#   make run PIP_ARGS="--extra-index-url https://download.pytorch.org/whl/cpu"

PYTHON ?= python3
PIP_ARGS ?=
BIN := .venv/bin
# As many processes as tests/conftest.py says for this machine's cores; whoever has nothing to do takes from the others.
PARALLEL := --numprocesses auto --dist worksteal
# Twice quiet: setuptools warns of folders beside the package, which is how this repository is laid out.
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check $(PIP_ARGS)

.DEFAULT_GOAL := help
.PHONY: help run demo test check soak chaos fuzz lint format types docs licences locks audit sbom bench clean

# What follows `##` after a target is what `make` alone prints.
help:
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='|' read -r target text; do \
		printf '  make %-8s %s\n' "$$target" "$$text"; done

run: .venv/.run ## everything on this machine: Redis, a worker, the playground, and each bot whose token is set
	@$(BIN)/magicmemory run

demo: .venv/.run ## one photo through the whole service; shows before and after
	@$(BIN)/magicmemory demo

test: .venv/.dev ## the whole suite on all cores, as CI runs it; one process: ARGS="-n 0 -p no:randomly"
	@$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

check: lint types ## before each commit: lint, types and the tests that need no service, no process and no patience
	@$(BIN)/python -m pytest $(PARALLEL) --quiet -m "not services and not processes and not slow" $(ARGS)

soak: .venv/.dev ## hundreds of people, a thousand photos, and trouble all the time: the long form, half an hour
	@SOAK=1 $(BIN)/python -m pytest tests/journeys -m soak --timeout 3600 $(ARGS)

# On PostgreSQL: make chaos ARGS="--database postgresql+asyncpg://…", an empty one.
chaos: .venv/.dev ## kills, pauses and empties everything while people send photos, and counts what was lost
	@$(BIN)/python -m tests.chaos $(ARGS)

# `make fuzz FUZZ_INPUTS=200000 FUZZ_SEED=7` sends more and others.
fuzz: .venv/.dev ## 20,000 broken photos through decode and encode
	@FUZZ_INPUTS=$${FUZZ_INPUTS:-20000} $(BIN)/python -m pytest tests/fuzz $(ARGS)

lint: .venv/.dev ## ruff, and the contracts between the rooms
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

format: .venv/.dev ## put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# mypy keeps what it found in .mypy_cache, and looks again at what changed and at what imports it.
types: .venv/.dev .types/magicmemory ## mypy, strict; after the first time, of what changed
	@$(BIN)/mypy $(foreach room,core pipeline storage queue bots cli,--package magicmemory.$(room)) \
		--package training --package tests

# The tables of docs/models.md, from what the models' own files state.
docs: .venv/.dev ## renew the generated table of models in docs/models.md
	@$(BIN)/python -m magicmemory.cli.model_tables docs/models.md

# The table of docs/licences.md, from what the installed packages state.
licences: .venv/.dev ## renew the table of licences in docs/licences.md
	@$(PIP) --editable ".[worker,embedded,postgres,sentry,otel]"
	@$(BIN)/python -m tests.licences docs/licences.md

# The images install these exact files. ARGS=--upgrade takes the newest of everything, ARGS="--upgrade-package pillow" of
# one package. torch and what it brings for GPUs are left out: each of its indexes has builds of its own.
TORCH := torch triton cuda-bindings cuda-pathfinder cuda-toolkit $(addprefix nvidia-,cublas cuda-cupti cuda-nvrtc \
	cuda-runtime cudnn-cu13 cufft cufile curand cusolver cusparse cusparselt-cu13 nccl-cu13 nvjitlink nvshmem-cu13 nvtx)
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.12 --generate-hashes \
	--custom-compile-command "make locks"
locks: .venv/.dev ## renew requirements/*.lock, what the images install; ARGS=--upgrade takes the newest
	@$(PIP) uv
	@$(LOCK) $(ARGS) --extra postgres --extra sentry --extra otel -o requirements/bot.lock
	@$(LOCK) $(ARGS) --extra worker --extra sentry --extra otel \
		$(addprefix --no-emit-package ,$(TORCH)) -o requirements/worker.lock

# Asks PyPI which of them have known weaknesses; strict, so that no answer is no good news. Without a network:
#   make audit DATABASE=pypi.zip    a copy of https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip
audit: .venv/.dev ## ask PyPI for known weaknesses in what the images install; DATABASE=FILE asks a copy of OSV's instead
ifdef DATABASE
	@$(BIN)/python -m tests.offline_audit $(DATABASE)
else
	@$(PIP) pip-audit
	@for lock in bot worker; do $(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements/$$lock.lock || exit 1; done
endif

# CycloneDX, from the locks; torch is not in them, see `locks`.
sbom: .venv/.dev ## write build/sbom-bot.json and build/sbom-worker.json, the software bills of materials
	@$(PIP) cyclonedx-bom
	@mkdir -p build
	@for lock in bot worker; do $(BIN)/cyclonedx-py requirements requirements/$$lock.lock --pyproject pyproject.toml \
		--output-reproducible --output-file build/sbom-$$lock.json || exit 1; done
	@echo build/sbom-bot.json build/sbom-worker.json

bench: .venv/.run ## what this machine can do: the queue, intake, the pipeline's stages; POSTGRES=URL measures that too
	@$(BIN)/magicmemory bench queue
	@$(BIN)/magicmemory bench intake $(if $(POSTGRES),--postgres $(POSTGRES))
	@$(BIN)/magicmemory bench pipeline $(ARGS)

clean: ## remove what make has made
	rm -rf .venv .types build *.egg-info

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Magic Memory needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip

.venv/.run: pyproject.toml | .venv/bin/python
	@echo "Installing into .venv; the first time takes some minutes …"
	@$(PIP) --editable ".[worker,embedded]"
	@touch $@

.venv/.dev: pyproject.toml | .venv/.run
	@$(PIP) --editable ".[worker,embedded,dev]"
	@touch $@

# Gives the mapped package its name for mypy.
.types/magicmemory:
	@mkdir -p .types && ln -sfn .. $@
