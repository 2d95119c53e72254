"""`yibotong staff …`: accounts from the machine itself, where the first administrator is made."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from api.config import Settings
from api.failure import Failure
from api.staff import accounts, audit, second_factor, sessions
from api.staff.roles import Role

app = typer.Typer(no_args_is_help=True, help="Accounts of staff.")
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Data folder (YIBOTONG_DATA_DIR).")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="As colleagues and citizens see it.")],
    username: Annotated[str, typer.Option(help="Lower-case letters, digits and . _ @ -")],
    role: Annotated[list[Role], typer.Option(help="Can be given more than once.")],
    data_dir: DataDir = None,
) -> None:
    """Make an account. The password is asked for, or read from stdin; areas, bodies and skills are set in the workbench."""
    from api.wiring import local_now

    if not accounts.USERNAME.fullmatch(accounts.same_name(username)):
        raise Failure(f"--username {username!r}: expected 2 to 60 letters, digits and . _ @ -")
    password = _password()
    with _database(data_dir) as connection:
        now = local_now()
        accounts.add(connection, username, name, password, frozenset(role), now)
        made = accounts.find_by_name(connection, username).staff
        after = {"name": made.name, "roles": sorted(made.roles)}
        audit.record(connection, None, "staff.create", "staff", made.username, now, after=after)
    sys.stdout.write(f"{made.username}: {', '.join(sorted(made.roles))}\n")


@app.command("list")
def list_accounts(data_dir: DataDir = None) -> None:
    """All accounts: user name, name, roles, second factor, whether active."""
    with _database(data_dir) as connection:
        found, _total = accounts.listed(connection)
    for account in found:
        staff = account.staff
        marks = ["second factor"] if staff.second_factor else []
        marks += [] if account.active else ["inactive"]
        sys.stdout.write("\t".join((staff.username, staff.name, ",".join(sorted(staff.roles)), ",".join(marks))) + "\n")


@app.command()
def reset(
    username: str,
    *,
    no_second_factor: Annotated[bool, typer.Option(help="Switch the second factor off as well.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Set a new password (asked for, or from stdin), end a lockout and all sessions."""
    from api.wiring import local_now

    password = _password()
    with _database(data_dir) as connection:
        now = local_now()
        staff = accounts.find_by_name(connection, username).staff
        accounts.set_password(connection, staff.id, password, temporary=False)
        sessions.end_all(connection, staff.id)
        audit.record(connection, None, "staff.reset_password", "staff", staff.username, now)
        if no_second_factor:
            second_factor.remove(connection, staff.id)
            audit.record(connection, None, "staff.remove_second_factor", "staff", staff.username, now)


def _password() -> str:
    """Never an argument: those are seen by every process on the machine and kept by the shell."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(f"Password (at least {accounts.SHORTEST_PASSWORD} characters): ")
    if getpass.getpass("Once more: ") != password:
        raise Failure("the two passwords differ")
    return password


@contextmanager
def _database(data_dir: Path | None) -> Iterator[Connection]:
    from api.database import for_writing
    from api.wiring import open_database

    engine = open_database(Settings(data_dir=data_dir) if data_dir else Settings())
    with for_writing(engine).begin() as connection:
        yield connection
    engine.dispose()
