"""Errors of the case library."""


class CaseLibraryError(Exception):
    """Base of everything the case library raises."""


class BadDataFileError(CaseLibraryError):
    """A data file cannot be used. `problems` lists every fault as 'file:place: what was given, what was expected'."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
