# Every target sets up what it needs by itself, and is quick the second time.
# On Linux without an NVIDIA GPU, torch's CPU build saves gigabytes:
#   make run PIP_ARGS="--extra-index-url https://download.pytorch.org/whl/cpu"

PYTHON ?= python3
PIP_ARGS ?=
BIN := .venv/bin
# Twice quiet: setuptools warns of folders beside the package, which is how this house is built.
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check $(PIP_ARGS)

.PHONY: run demo test chaos fuzz lint format types docs locks audit bench clean

run: .venv/.run
	@$(BIN)/magicmemory run

demo: .venv/.run
	@$(BIN)/magicmemory demo

test: .venv/.dev
	@$(BIN)/python -m pytest $(ARGS)

# Broken photos in thousands: `make fuzz FUZZ_INPUTS=200000 FUZZ_SEED=7` sends more and others.
fuzz: .venv/.dev
	@FUZZ_INPUTS=$${FUZZ_INPUTS:-20000} $(BIN)/python -m pytest tests/fuzz $(ARGS)

# On PostgreSQL: make chaos ARGS="--database postgresql+asyncpg://…", an empty one.
chaos: .venv/.dev
	@$(BIN)/python -m tests.chaos $(ARGS)

lint: .venv/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

format: .venv/.dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: .venv/.dev .types/magicmemory
	@$(BIN)/mypy $(foreach room,core pipeline storage queue bots cli,--package magicmemory.$(room)) \
		--package training --package tests

# The tables of docs/models.md, from what the models' own files state.
docs: .venv/.dev
	@$(BIN)/python -m magicmemory.cli.model_tables docs/models.md

# The images install these exact files. ARGS=--upgrade takes the newest of everything, ARGS="--upgrade-package pillow" of
# one package. torch and what it brings for GPUs are left out: each of its indexes has builds of its own.
TORCH := torch triton cuda-bindings cuda-pathfinder cuda-toolkit $(addprefix nvidia-,cublas cuda-cupti cuda-nvrtc \
	cuda-runtime cudnn-cu13 cufft cufile curand cusolver cusparse cusparselt-cu13 nccl-cu13 nvjitlink nvshmem-cu13 nvtx)
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.12 --generate-hashes \
	--custom-compile-command "make locks"
locks: .venv/.dev
	@$(PIP) uv
	@$(LOCK) $(ARGS) --extra postgres --extra sentry --extra otel -o requirements/bot.lock
	@$(LOCK) $(ARGS) --extra worker --extra sentry --extra otel \
		$(addprefix --no-emit-package ,$(TORCH)) -o requirements/worker.lock

# Asks PyPI which of them have known weaknesses; strict, so that no answer is no good news.
audit: .venv/.dev
	@$(PIP) pip-audit
	@for lock in bot worker; do $(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements/$$lock.lock || exit 1; done

bench: .venv/.run
	@$(BIN)/magicmemory bench queue
	@$(BIN)/magicmemory bench intake $(if $(POSTGRES),--postgres $(POSTGRES))
	@$(BIN)/magicmemory bench pipeline $(ARGS)

clean:
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
