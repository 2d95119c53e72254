"""The report as a page: confusion matrix, worst errors with what they are nearest to, everything escaped."""

from __future__ import annotations

from api.evaluate import Asked, Result, expected_calibration_error, report
from api.evaluate_html import as_html

GROUPS = {"divorce_dispute": "family", "wage_arrears": "labor", "work_injury": "labor"}


def a_result(
    told: str = "divorce_dispute", named: str = "divorce_dispute", text: str = "q", sure: float = 0.9
) -> Result:
    found = {
        "matter": named,
        "ranking": [{"matter": named, "confidence": sure}],
        "need": "consult",
        "danger": None,
        "decision": {"body_type": "court", "ask": None},
    }
    return Result({"id": "x", "text": text, "matter": told, "also": []}, found, Asked(0, 0, 0, 0.1))


def test_the_matrix_counts_groups_and_an_accepted_matter_is_no_error() -> None:
    results = [a_result(), a_result("wage_arrears", "work_injury"), a_result("wage_arrears", "divorce_dispute")]
    figures = report(results, GROUPS)
    assert figures.confused_groups == {("family", "family"): 1, ("labor", "family"): 1, ("labor", "labor"): 1}


def test_an_error_stands_with_its_nearest_utterances_and_is_escaped() -> None:
    results = [a_result("wage_arrears", "divorce_dispute", "<script>alert(1)</script>")]
    page = as_html(report(results, GROUPS), results, lambda _text: [("divorce_dispute", "<b>near</b>", 0.912)])
    assert "<script>" not in page
    assert "0.912 divorce_dispute：&lt;b&gt;near" in page


def test_calibration_error_weighs_bins_by_their_size() -> None:
    assert expected_calibration_error([]) is None
    assert abs(expected_calibration_error([(0.85, True), (0.85, True), (0.15, False)]) - (0.3 + 0.15) / 3) < 1e-9
