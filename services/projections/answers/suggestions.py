"""One small act to suggest, with its reason in words: English and Japanese."""

from collections.abc import Mapping
from typing import Final

from services.projections.relationship.fold.standing import Sight, missing

SUGGESTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "call": {
        "en": "It is time to hear from each other again.",
        "ja": "そろそろ近況を伺う頃合いです。",
    },
    "ask_goals": {
        "en": "We have not asked what they want to reach.",
        "ja": "先方の目標をまだ伺っていません。",
    },
    "share_goal": {
        "en": "They know none of our goals yet.",
        "ja": "こちらの目標をまだお伝えしていません。",
    },
    "offer_help": {
        "en": "We have not helped them yet; a small offer towards one of their goals.",
        "ja": "まだお手伝いができていません。目標に役立つ小さな申し出を。",
    },
    "accept_help": {
        "en": "They have not helped us yet; ask for something small.",
        "ja": "まだ助けていただいていません。小さなお願いを。",
    },
    "state_principle": {
        "en": "We have not said what we work by.",
        "ja": "大切にしている考え方をまだお伝えしていません。",
    },
    "ask_principle": {
        "en": "We do not know yet what they work by.",
        "ja": "先方が大切にしている考え方をまだ伺っていません。",
    },
    "thank": {
        "en": "They helped, and we have not been in touch since.",
        "ja": "助けていただいてから、まだお礼の連絡をしていません。",
    },
}

_BY_CONDITION: Final[Mapping[str, str]] = {
    "acknowledged_deliveries": "offer_help",
    "acknowledged_deliveries_given": "offer_help",
    "acknowledged_deliveries_received": "accept_help",
    "our_principles_respected": "state_principle",
    "takes_time_by_us": "state_principle",
    "takes_time_by_partner": "ask_principle",
}


def suggest(seen: Sight) -> str:
    """The small act that helps most: thanks first, then what the next stage lacks."""
    if seen.told.exchange.unthanked:
        return "thank"
    progress = seen.told.stages.progress
    for condition in missing(seen):
        if condition.condition == "goals_exchanged":
            return "share_goal" if "us" in progress.asked else "ask_goals"
        if condition.condition in _BY_CONDITION:
            return _BY_CONDITION[condition.condition]
    return "call"


def in_words(act: str, language: str) -> str:
    """Why an act is suggested, in a language."""
    return SUGGESTIONS[act]["ja" if language == "ja" else "en"]
