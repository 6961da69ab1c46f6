# Two images from one file: `bot` (small, no torch) and `worker` (the pipeline, CPU or GPU).
#   docker build --target bot -t magicmemory-bot .
#   docker build --target worker -t magicmemory-worker .
#   docker build --target worker --build-arg TORCH_BUILD=cu130 -t magicmemory-worker-gpu .
# `deploy/build-images` builds and tries both, with docker or buildah.

# Python 3.12.14 on Debian 13. docs/upgrade.md says how to take a newer one; --build-arg PYTHON_IMAGE=… takes it once.
ARG PYTHON_IMAGE=python:3.12-slim@sha256:78387bc3881b8273120a12ebe6c1ab22b018ccc2c9adf565ae1ac9b536e184ea
FROM ${PYTHON_IMAGE} AS base
# PYTHONSAFEPATH: the current folder must not shadow installed packages.
ENV PYTHONSAFEPATH=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 MAGIC_DATA_DIR=/data
RUN useradd --create-home --uid 1000 magic && install -d -o magic -g magic -m 700 /data /photos /bot-api
# Users are numbers below: Kubernetes sees of a number alone that it is not root.
WORKDIR /source
COPY requirements requirements
COPY pyproject.toml README.md LICENSE ./
COPY bots bots
COPY cli cli
COPY core core
COPY pipeline pipeline
COPY queue queue
COPY storage storage

FROM base AS bot
# Of Babel's languages (33 MB), those with texts stay. Nothing is installed later, so pip goes too.
RUN pip install --require-hashes -r requirements/bot.lock && pip install --no-deps . \
    && cd "$(python -c 'import babel; print(babel.__path__[0])')/locale-data" \
    && for file in *.dat; do [ "$file" = root.dat ] || [ -e "/source/bots/texts/${file%%[_.]*}.ftl" ] || rm "$file"; done \
    && pip uninstall --yes pip && rm -rf /source
WORKDIR /data
USER 1000:1000
VOLUME /data
ENTRYPOINT ["magicmemory"]

FROM base AS worker
# cpu; cu130 for GPUs since Turing and drivers since 580; cu126 for older ones. torch comes from this index alone, with its
# build named: beside another index, pip would take another build without a word where this one does not exist.
ARG TORCH_BUILD=cpu
ARG TORCH_VERSION=2.13.0
ARG TORCH_INDEX=https://download.pytorch.org/whl
RUN pip install --require-hashes -r requirements/worker.lock \
    && pip install --index-url "$TORCH_INDEX/$TORCH_BUILD" "torch==$TORCH_VERSION+$TORCH_BUILD" \
    && pip install --no-deps . && rm -rf /source
WORKDIR /data
USER 1000:1000
VOLUME /data
ENTRYPOINT ["magicmemory"]
CMD ["worker"]
