# The connector as a container. Everything it keeps lies under /data: config.yaml, mappings/, the store.
#
#   docker build --tag connector .
#   docker run --read-only --cap-drop ALL --security-opt no-new-privileges \
#       --env-file secrets.env --volume connector:/data connector
#
# Where Docker Hub or the package index cannot be reached, name your own:
#   docker build --build-arg BASE_IMAGE=… --build-arg PIP_INDEX_URL=… --tag connector .
ARG BASE_IMAGE=python:3.11-slim

FROM ${BASE_IMAGE} AS build
# Only set where it is given; pip's own default counts otherwise.
ARG PIP_INDEX_URL
WORKDIR /src
COPY setup.py setup.cfg pyproject.toml README.md LICENSE ./
COPY connector connector
COPY adapters adapters
COPY sandbox sandbox
COPY mappings mappings
RUN if [ -n "${PIP_INDEX_URL}" ]; then export PIP_INDEX_URL; else unset PIP_INDEX_URL; fi \
    && python -m venv /opt/connector \
    && /opt/connector/bin/pip install --no-cache-dir --disable-pip-version-check .

FROM ${BASE_IMAGE}
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PATH=/opt/connector/bin:$PATH \
    CONNECTOR_CONFIG=/data/config.yaml
RUN groupadd --gid 10001 connector \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin connector \
    && install -d -o connector -g connector -m 0700 /data
COPY --from=build /opt/connector /opt/connector
USER 10001:10001
WORKDIR /data
VOLUME /data
# Answers where `health` is as it comes (127.0.0.1:8080). 503 while a part of the daemon does not work.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/health', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["connector"]
CMD ["run"]
