"""Why a map, a file or a row cannot be used."""


class MapUnusable(ValueError):
    """The map, or what was chosen for it, cannot be used; says where and why."""


class FileUnusable(ValueError):
    """The file cannot be read in the way that the map says."""


class RowRefused(ValueError):
    """One row cannot become events: a short rule name, and what was wrong."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(f"{rule}: {reason}")
        self.rule = rule
        self.reason = reason
