# Every target sets up what it needs by itself, and is quick the second time.

PYTHON ?= python3
PIP_ARGS ?=
BIN := .venv/bin
# Which build of torch a new .venv gets: cpu, cu126, cu130, … from torch's own index, or `default`, the one on PyPI. That
# one brings gigabytes for GPUs on Linux, so it is chosen only where an NVIDIA driver is.
NVIDIA := $(shell command -v nvidia-smi 2>/dev/null)$(wildcard /proc/driver/nvidia/version)
TORCH_BUILD ?= $(if $(filter Linux,$(shell uname -s)),$(if $(NVIDIA),default,cpu),default)
TORCH_INDEX ?= https://download.pytorch.org/whl
TORCH_VERSIONS := $(shell sed -n 's/^ *\("torch[^"]*"\),/\1/p' pyproject.toml)
WHY_BUILD := $(if $(filter file,$(origin TORCH_BUILD)),because this is $(shell uname -s) with$(if $(NVIDIA),,out) \
	an NVIDIA driver,as you chose)
# The path before this folder was moved or copied; the scripts in .venv/bin name it in their first lines.
WAS := $(shell sed -n '1,2s|^.*[!"]\(/.*\)/\.venv/bin/python.*|\1|p' $(BIN)/magicmemory 2>/dev/null | head -n 1)
# As many processes as tests/conftest.py says for this machine's cores; whoever has nothing to do takes from the others.
PARALLEL := --numprocesses auto --dist worksteal
# Twice quiet: setuptools warns of folders beside the package, which is how this repository is laid out.
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check $(PIP_ARGS)

.DEFAULT_GOAL := help
.PHONY: help moved run setup demo test check soak chaos fuzz mutants lint format types docs locks audit bench clean

# What follows `##` after a target is what `make` alone prints.
help:
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='|' read -r target text; do \
		printf '  make %-8s %s\n' "$$target" "$$text"; done

run: .venv/.run ## everything on this machine: Redis, a worker, the playground, and each bot whose token is set
	@$(BIN)/magicmemory run

setup: .venv/.run ## ask for tokens, language and models, write .env, and check everything
	@$(BIN)/magicmemory setup

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

mutants: .venv/.dev ## change the code that holds money and promises, and count the changes that no test notices
	@$(PIP) cosmic-ray
	@$(BIN)/python -m tests.mutants $(ARGS)

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

# Asks PyPI which of them have known weaknesses; strict, so that no answer is no good news.
audit: .venv/.dev ## ask PyPI for known weaknesses in what the images install
	@$(PIP) pip-audit
	@for lock in bot worker; do $(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements/$$lock.lock || exit 1; done

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

# Runs each time, before anything uses a script of .venv.
moved:
	@if [ -n "$(WAS)" ] && [ "$(WAS)" != "$(CURDIR)" ]; then \
		echo "This folder was $(WAS): mending .venv …" && $(BIN)/python deploy/mend-venv "$(WAS)" "$(CURDIR)"; fi

.venv/.run: pyproject.toml | moved .venv/bin/python
	@echo "Installing into .venv; the first time takes some minutes …"
	@echo "torch: the build \"$(TORCH_BUILD)\", $(WHY_BUILD). Another one: make clean && make run TORCH_BUILD=cu130"
	@$(if $(filter default,$(TORCH_BUILD)),true,$(PIP) --index-url $(TORCH_INDEX)/$(TORCH_BUILD) $(TORCH_VERSIONS))
	@$(PIP) --editable ".[worker,embedded]"
	@touch $@

.venv/.dev: pyproject.toml | .venv/.run
	@$(PIP) --editable ".[worker,embedded,dev]"
	@touch $@

# Gives the mapped package its name for mypy.
.types/magicmemory:
	@mkdir -p .types && ln -sfn .. $@
