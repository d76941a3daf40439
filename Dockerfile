FROM python:3.11-slim AS build
WORKDIR /build
RUN python -m venv /app
COPY deploy/requirements.lock deploy/requirements.lock
RUN /app/bin/pip install --no-cache-dir --require-hashes -r deploy/requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY contracts contracts
COPY services services
# hatchling comes from the lock, so nothing unhashed is fetched to build the package.
RUN /app/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/alliance-ledger ledger
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LEDGER_DATA_DIR=/var/lib/alliance-ledger
WORKDIR /var/lib/alliance-ledger
USER ledger
EXPOSE 8000
CMD ["alliance-ledger", "--help"]
