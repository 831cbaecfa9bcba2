# newswire in a container; docs/docker.md says how to run it.
# A release of your own choice, or one pinned by its digest: --build-arg PYTHON=python:3.11-slim@sha256:...
ARG PYTHON=python:3.11-slim

FROM ${PYTHON} AS build
WORKDIR /build
# What newswire needs comes first, each file checked by its hash: a change of the source does not fetch it again.
COPY deploy/requirements.lock .
RUN python -m venv /opt/newswire \
    && /opt/newswire/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE config.example.toml ./
COPY core core
COPY feeds feeds
COPY plugins plugins
COPY examples examples
RUN /opt/newswire/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /opt/newswire/bin/pip uninstall --yes hatchling trove-classifiers pip

FROM ${PYTHON}
RUN useradd --system --uid 10001 --user-group --home-dir /srv/newswire --create-home newswire \
    && install --directory --owner newswire --group newswire /srv/newswire/data
COPY --from=build /opt/newswire /opt/newswire
ENV PATH=/opt/newswire/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    NEWSWIRE_HTTP__BIND=0.0.0.0:8300 \
    NEWSWIRE_STORE__URL=sqlite:////srv/newswire/data/newswire.db \
    NEWSWIRE_STORE__ARCHIVE=/srv/newswire/data/archive
USER 10001:10001
WORKDIR /srv/newswire
VOLUME /srv/newswire/data
EXPOSE 8300
# newswire is the first process and hears SIGTERM itself: what is on its way ends, then it stops.
STOPSIGNAL SIGTERM
# A process that serves no feeds answers there, too, if NEWSWIRE_METRICS__BIND says so: see compose.yaml.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8300/readyz', timeout=2)"]
ENTRYPOINT ["newswire"]
CMD ["run"]
