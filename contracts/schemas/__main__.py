"""`python -m contracts.schemas` writes the JSON Schema of every event type."""

from contracts.schemas import write_event_schemas

if __name__ == "__main__":
    write_event_schemas()
