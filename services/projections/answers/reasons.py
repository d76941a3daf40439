"""The reason of each flag in words, English and Japanese."""

from collections.abc import Mapping
from typing import Final

from services.projections.relationship.fold.flags import (
    COOLING,
    DORMANT,
    ONE_SIDED,
    PREMATURE,
    REACTIVATED,
    SILENT_PARTNER,
    STRAINED,
    UNEARNED,
)

REASONS: Final[Mapping[str, Mapping[str, str]]] = {
    COOLING: {
        "en": "It is longer than agreed since the two were last in touch.",
        "ja": "前回の連絡から、目安の間隔より長く経っています。",
    },
    DORMANT: {
        "en": "The two have not been in touch for a long time.",
        "ja": "長いあいだ連絡がありません。",
    },
    ONE_SIDED: {
        "en": "In the last year all acknowledged help went one way.",
        "ja": "この一年、受け取りが確認された助けは一方向だけです。",
    },
    STRAINED: {
        "en": "A serious issue is open, or a dispute has been open for over 30 days.",
        "ja": "重大な問題が未解決か、30日を超えて続く異議があります。",
    },
    UNEARNED: {
        "en": "The two are allied before the relationship has grown that far.",
        "ja": "関係がまだそこまで育たないうちに提携しています。",
    },
    SILENT_PARTNER: {
        "en": "The alliance has been in force for 90 days or more, and one side has "
        "delivered nothing since.",
        "ja": "提携から90日以上経ちますが、まだ何も提供していない側があります。",
    },
    PREMATURE: {
        "en": "An alliance was proposed before the two had got to know each other.",
        "ja": "互いをよく知る前に提携が提案されました。",
    },
    REACTIVATED: {
        "en": "The two are in touch again after a long silence.",
        "ja": "長い沈黙のあと、ふたたび連絡を取り合っています。",
    },
}


def reason_of(flag: str, language: str) -> str:
    """Why a flag is raised, in a language."""
    return REASONS[flag]["ja" if language == "ja" else "en"]
