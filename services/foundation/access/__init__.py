"""Who may do what: keys of a ledger, and the browsers that came in by a link."""

from services.foundation.access.grants import Access, Grant
from services.foundation.access.keys import SCOPES, Keys, KeyTerms, add_key
from services.foundation.access.permission import (
    may,
    may_admin,
    may_read,
    may_record,
    still_may_read,
)
from services.foundation.access.secrets import Pepper, new_key

__all__ = [
    "SCOPES",
    "Access",
    "Grant",
    "KeyTerms",
    "Keys",
    "Pepper",
    "add_key",
    "may",
    "may_admin",
    "may_read",
    "may_record",
    "new_key",
    "still_may_read",
]
