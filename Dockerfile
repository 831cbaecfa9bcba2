# newswire in a container: docker build -t newswire .
# The config and what it refers to (articles, secrets) are mounted at /srv/newswire; see compose.yaml.
FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md LICENSE config.example.toml ./
COPY core core
COPY feeds feeds
COPY plugins plugins
COPY examples examples
# The tested versions of what is needed at work; the lock also holds what developers need.
RUN grep -oE '^[A-Za-z0-9._-]+==[^\\]+' requirements.lock > constraints.txt \
    && python -m venv /opt/newswire \
    && /opt/newswire/bin/pip install --no-cache-dir -c constraints.txt '.[postgres]'

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /srv/newswire --create-home newswire \
    && install --directory --owner newswire /srv/newswire/archive
COPY --from=build /opt/newswire /opt/newswire
ENV PATH=/opt/newswire/bin:$PATH PYTHONUNBUFFERED=1
USER newswire
WORKDIR /srv/newswire
EXPOSE 8300
STOPSIGNAL SIGTERM
# For a process that serves; a dispatcher serves nothing and has another one, see compose.yaml.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8300/readyz', timeout=2)"]
ENTRYPOINT ["newswire"]
CMD ["run"]
