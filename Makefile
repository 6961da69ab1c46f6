# Every target installs what it needs; the second run is quick.

PYTHON ?= python3
PIP_ARGS ?=
# Container images often set it. Each of the service's processes, and of the tests', would compile all sources anew.
unexport PYTHONDONTWRITEBYTECODE
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
# tests/support/order.py sets the number of processes and the order; idle processes take tests from busy ones.
PARALLEL := --numprocesses auto --dist worksteal
# Quiet twice: setuptools warns of folders beside the package, but this repository has them on purpose.
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check $(PIP_ARGS)

.DEFAULT_GOAL := help
.PHONY: help moved run setup demo test check soak chaos fuzz mutants lint format types docs licences locks audit sbom pictures bench clean

# `make` alone prints the text after `##`.
help:
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='|' read -r target text; do \
		printf '  make %-8s %s\n' "$$target" "$$text"; done

run: .venv/.run ## start everything: Redis, a worker, the playground, and each bot whose token is set
	@$(BIN)/magicmemory run

setup: .venv/.run ## ask for tokens, language and models, write .env, and check everything
	@$(BIN)/magicmemory setup

demo: .venv/.run ## send one photo through the whole service and show before and after
	@$(BIN)/magicmemory demo

test: .venv/.dev ## run all tests on all cores, as CI does; in one process: ARGS="-n 0 -p no:randomly"
	@$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

check: lint types ## before each commit: lint, types, and the fast tests (no service, no child process)
	@$(BIN)/python -m pytest $(PARALLEL) --quiet -m "not services and not processes and not slow" $(ARGS)

soak: .venv/.dev ## half an hour of load: hundreds of people, a thousand photos, constant faults
	@SOAK=1 $(BIN)/python -m pytest tests/journeys -m soak --timeout 3600 $(ARGS)

# On an empty PostgreSQL database: make chaos ARGS="--database postgresql+asyncpg://…"
chaos: .venv/.dev ## kill, pause and empty processes while people send photos, and count the losses
	@$(BIN)/python -m tests.chaos $(ARGS)

# More inputs, another seed: make fuzz FUZZ_INPUTS=200000 FUZZ_SEED=7
fuzz: .venv/.dev ## decode and encode 20,000 broken photos
	@FUZZ_INPUTS=$${FUZZ_INPUTS:-20000} $(BIN)/python -m pytest tests/fuzz $(ARGS)

mutants: .venv/.dev ## mutation tests of quota, codes, payments, recovery and blending
	@$(PIP) cosmic-ray
	@$(BIN)/python -m tests.mutants $(ARGS)

lint: .venv/.dev ## run ruff and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

format: .venv/.dev ## format the code, and fix what ruff can fix
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# mypy caches in .mypy_cache and checks only changed files and their importers again.
types: .venv/.dev .types/magicmemory ## run mypy, strict; after the first run only on changes
	@$(BIN)/mypy $(foreach room,core pipeline storage queue bots cli,--package magicmemory.$(room)) \
		--package training --package tests

# Generates the tables of docs/models.md from the facts in the models' files, and the documents of docs/legal with the
# default settings.
docs: .venv/.dev ## update the generated tables in docs/models.md, and docs/legal
	@$(BIN)/python -m magicmemory.cli.model_tables docs/models.md
	@$(BIN)/python -m magicmemory.bots.legal.documents docs/legal

# The table of docs/licences.md, from the metadata of the installed packages.
licences: .venv/.dev ## update the table in docs/licences.md
	@$(PIP) --editable ".[worker,embedded,postgres,sentry,otel]"
	@$(BIN)/python -m tests.licences docs/licences.md

# The images install exactly these versions. ARGS=--upgrade upgrades everything, ARGS="--upgrade-package pillow" one
# package. torch and its GPU packages are left out, because each torch index has its own builds.
TORCH := torch triton cuda-bindings cuda-pathfinder cuda-toolkit $(addprefix nvidia-,cublas cuda-cupti cuda-nvrtc \
	cuda-runtime cudnn-cu13 cufft cufile curand cusolver cusparse cusparselt-cu13 nccl-cu13 nvjitlink nvshmem-cu13 nvtx)
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.12 --generate-hashes \
	--custom-compile-command "make locks"
locks: .venv/.dev ## update requirements/*.lock, which the images install; newest versions: ARGS=--upgrade
	@$(PIP) uv
	@$(LOCK) $(ARGS) --extra postgres --extra sentry --extra otel -o requirements/bot.lock
	@$(LOCK) $(ARGS) --extra worker --extra sentry --extra otel \
		$(addprefix --no-emit-package ,$(TORCH)) -o requirements/worker.lock

# Strict: a package that PyPI cannot check is an error. Without a network:
#   make audit DATABASE=pypi.zip    a copy of https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip
audit: .venv/.dev ## check the images' packages for known vulnerabilities; offline: DATABASE=FILE, a copy of OSV's
ifdef DATABASE
	@$(BIN)/python -m tests.offline_audit $(DATABASE)
else
	@$(PIP) pip-audit
	@for lock in bot worker; do $(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements/$$lock.lock || exit 1; done
endif

# CycloneDX, from the locks; torch is not in them, see `locks`.
SBOM := build
IMAGES := bot worker
sbom: .venv/.dev ## write build/sbom-bot.json and build/sbom-worker.json, the software bills of materials
	@mkdir -p $(SBOM)
	@for lock in $(IMAGES); do $(BIN)/cyclonedx-py requirements requirements/$$lock.lock --pyproject pyproject.toml \
		--output-reproducible --output-file $(SBOM)/sbom-$$lock.json && echo $(SBOM)/sbom-$$lock.json || exit 1; done

# Redis, Chromium and a font with emoji (fonts-noto-color-emoji) are needed.
pictures: .venv/.dev ## make the pictures of README.md anew
	@$(BIN)/python -m tests.pictures docs/images

bench: .venv/.run ## measure the queue, intake and the pipeline's stages; with PostgreSQL: POSTGRES=URL
	@$(BIN)/magicmemory bench queue
	@$(BIN)/magicmemory bench intake $(if $(POSTGRES),--postgres $(POSTGRES))
	@$(BIN)/magicmemory bench pipeline $(ARGS)

clean: ## remove what make created
	rm -rf .venv .types build *.egg-info

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Magic Memory needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip

# Runs each time, before anything uses a script of .venv.
moved:
	@if [ -n "$(WAS)" ] && [ "$(WAS)" != "$(CURDIR)" ]; then \
		echo "This folder was $(WAS): repairing .venv …" && $(BIN)/python deploy/repair-venv "$(WAS)" "$(CURDIR)"; fi

.venv/.run: pyproject.toml | moved .venv/bin/python
	@echo "Installing into .venv; the first time takes some minutes …"
	@echo "torch: the build \"$(TORCH_BUILD)\", $(WHY_BUILD). Another one: make clean && make run TORCH_BUILD=cu130"
	@$(if $(filter default,$(TORCH_BUILD)),true,$(PIP) --retries 1 --no-deps --index-url $(TORCH_INDEX)/$(TORCH_BUILD) $(TORCH_VERSIONS)) || { \
		echo "torch: $(TORCH_INDEX)/$(TORCH_BUILD) cannot be reached, or has no build for this Python. A mirror of it:" >&2; \
		echo "make run TORCH_INDEX=URL. PyPI's build, which has gigabytes for GPUs on Linux: make run TORCH_BUILD=default" >&2; exit 1; }
	@$(PIP) --editable ".[worker,embedded]"
	@touch $@

.venv/.dev: pyproject.toml | .venv/.run
	@$(PIP) --editable ".[worker,embedded,dev]"
	@touch $@

# mypy finds the package `magicmemory` through this link.
.types/magicmemory:
	@mkdir -p .types && ln -sfn .. $@
