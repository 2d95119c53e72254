"""What can be wrong with an account; the message is for the reader, who may be an operator at the command line."""

from __future__ import annotations

from api.failure import Failure


class StaffError(Failure):
    """Base of the errors of staff accounts."""


class UnknownAccountError(StaffError):
    """There is no such account."""

    def __init__(self) -> None:
        super().__init__("没有这个账号。")


class UsernameTakenError(StaffError):
    """Another account has the name."""

    def __init__(self, username: str) -> None:
        super().__init__(f"账号 {username} 已经有人用了。")


class WeakPasswordError(StaffError):
    """The password is too easy to guess."""


class LastAdministratorError(StaffError):
    """Nobody would be left who can make accounts."""

    def __init__(self) -> None:
        super().__init__("这是最后一位管理员，不能停用，也不能去掉管理员角色。请先设好另一位管理员。")


class ChangedMeanwhileError(StaffError):
    """Somebody else has changed it since it was read."""

    def __init__(self) -> None:
        super().__init__("别人刚刚改过这个账号，请刷新后再改。")
