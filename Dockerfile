# One image for both services of docker-compose.yml. The model comes in as a Python package: nothing is fetched at run time.
FROM python:3.12-slim AS build

# On x86-64 Linux the plain torch brings gigabytes of CUDA. Whoever builds names the index that holds the CPU builds
# of torch, and pip prefers those: docker compose build --build-arg PIP_EXTRA_INDEX_URL=...
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PATH=/opt/pullquote/bin:$PATH
RUN python -m venv /opt/pullquote
WORKDIR /src

# Two empty packages stand in for the code, so that a change of the code does not install the dependencies again.
COPY pyproject.toml requirements.lock README.md LICENSE pullquote.py ./
RUN mkdir index bot && touch index/__init__.py bot/__init__.py \
    && pip install --constraint requirements.lock '.[postgres,traces]'

COPY index index
COPY bot bot
RUN pip install --no-deps --no-build-isolation --force-reinstall .


FROM python:3.12-slim

RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin pullquote \
    && install -d -o pullquote -g pullquote /data
COPY --from=build /opt/pullquote /opt/pullquote

# HF_HOME is used only when PULLQUOTE_MODEL names a model of the hub.
ENV PATH=/opt/pullquote/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    HF_HOME=/data/models \
    PULLQUOTE_DATA=/data/archive
WORKDIR /opt/pullquote
USER pullquote
VOLUME /data

HEALTHCHECK --interval=60s --timeout=30s --start-period=120s --retries=3 CMD ["pullquote", "status"]
CMD ["python", "-m", "bot"]
