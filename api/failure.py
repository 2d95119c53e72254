"""A failure an operator can repair: one clear line, no traceback."""


class Failure(Exception):  # noqa: N818
    """Says what is wrong and what to do."""
