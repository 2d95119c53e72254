"""Errors of the bot."""


class BotError(Exception):
    """Base of everything the bot raises."""


class IntentModelAwayError(BotError):
    """The intent model did not answer in time, answered nonsense, or is being left alone after repeated failures."""


class UnknownConversationError(BotError):
    """No such conversation, or the token is not its token."""


class ConversationExpiredError(BotError):
    """The conversation is past its retention time."""
