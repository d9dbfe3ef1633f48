FROM python:3.12-slim AS build
RUN python -m venv /opt/prescreen
ENV PATH="/opt/prescreen/bin:$PATH"
WORKDIR /build
COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps -r requirements.txt
COPY . .
# The wheel carries the flow scripts and the catalogues.
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps .

FROM python:3.12-slim
RUN useradd --uid 10001 --no-create-home --home-dir /app prescreen \
    && install -d -o prescreen -g prescreen -m 700 /data
COPY --from=build /opt/prescreen /opt/prescreen
WORKDIR /app
# Mount another folder here to run other scripts.
COPY flows flows
ENV PATH="/opt/prescreen/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PRESCREEN_LISTEN=0.0.0.0:8080 \
    PRESCREEN_DATA_DIR=/data \
    PRESCREEN_FLOWS_DIR=/app/flows
USER prescreen
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
CMD ["prescreen", "serve"]
