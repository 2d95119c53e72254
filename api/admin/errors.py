"""Errors of curation that carry more than a sentence."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from api.admin.case_views import conflict
from api.errors import FieldProblem, Problem, answer
from case_library.curate import CannotCurateError, FaultyCaseError
from case_library.hit_tests import UnknownHitTestError
from case_library.versions import CaseConflictError, UnknownCaseError


def install(app: FastAPI) -> None:
    """Register the handlers."""

    @app.exception_handler(CaseConflictError)
    def _(_request: Request, error: CaseConflictError) -> JSONResponse:
        return answer(conflict(error))

    @app.exception_handler(UnknownCaseError)
    def _(_request: Request, _error: UnknownCaseError) -> JSONResponse:
        return answer(Problem(title="没有找到", status=404, detail="没有这个案例，或没有这一版。"))

    @app.exception_handler(UnknownHitTestError)
    def _(_request: Request, _error: UnknownHitTestError) -> JSONResponse:
        return answer(Problem(title="没有找到", status=404, detail="没有这次测试。"))

    @app.exception_handler(CannotCurateError)
    def _(_request: Request, error: CannotCurateError) -> JSONResponse:
        return answer(Problem(title="现在不能这样做", status=409, detail=f"{error}。"))

    @app.exception_handler(FaultyCaseError)
    def _(_request: Request, error: FaultyCaseError) -> JSONResponse:
        fields = [FieldProblem(field=fault.field, message=fault.text) for fault in error.faults]
        return answer(Problem(title="还有要改的地方", status=422, detail=f"{fields[0].message}。", errors=fields))
