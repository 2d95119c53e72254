"""The report of `yibotong evaluate --html`: figures, reliability diagram, confusions, worst errors."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment

from api.evaluate import BINS, Report, Result, as_text

SIDE = 300  # of the diagram, in pixels

# The utterances nearest to a question: intent, sentence, cosine.
Neighbours = Callable[[str], list[tuple[str, str, float]]]

TEMPLATE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>一拨通 评测</title>
<style>body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse}td,th{padding:.2rem .6rem;border-bottom:1px solid #ccd;text-align:left}
.matrix td{text-align:center}.matrix th{font-weight:400;font-size:12px}.near{color:#555;font-size:14px}
.bar{fill:#0b4a55}.gap{stroke:#98a;stroke-dasharray:4}pre{background:#f3f5f6;padding:1rem}</style>
<h1>评测：{{ report.rows }} 个问题</h1><pre>{{ summary }}</pre>
<h2>把握与对错（越贴近虚线越准）</h2>
<svg width="{{ side }}" height="{{ side }}" role="img" aria-label="reliability diagram">
<rect width="{{ side }}" height="{{ side }}" fill="#f3f5f6"/>
{% for bin in bins %}<rect class="bar" x="{{ bin.x }}" y="{{ side - bin.height }}" width="{{ side / count - 4 }}"
 height="{{ bin.height }}"><title>{{ bin.label }}</title></rect>{% endfor %}
<line class="gap" x1="0" y1="{{ side }}" x2="{{ side }}" y2="0"/></svg>
<h2>各事项</h2><table><tr><th>事项<th>对<th>共{% for code, (right, total) in report.by_matter.items() %}
<tr><td>{{ code }}<td>{{ right }}<td>{{ total }}{% endfor %}</table>
<h2>第一个单位找对没有，按事项组</h2><table><tr><th>组<th>对<th>共{% for group, (right, total) in report.first_body_by_group.items() %}
<tr><td>{{ group }}<td>{{ right }}<td>{{ total }}{% endfor %}</table>
<h2>混淆矩阵，按事项组（行：应是；列：判成）</h2><table class="matrix"><tr><th>{% for group in names %}<th>{{ group }}{% endfor %}
{% for told in names %}<tr><th>{{ told }}{% for named in names %}{% set count = report.confused_groups.get((told, named), 0) %}
<td{% if count %} style="background:rgba({{ '11,110,80' if told == named else '190,60,40' }},
{{ '%.2f'|format(0.1 + 0.8 * count / totals[told]) }})"{% endif %}>
{{ count or "" }}{% endfor %}{% endfor %}</table>
<h2>最容易混的</h2><table><tr><th>应是<th>判成<th>次数{% for told, named, times in report.confusion %}
<tr><td>{{ told }}<td>{{ named }}<td>{{ times }}{% endfor %}</table>
<h2>把握大却错了的，和最像它们的训练语句</h2><table><tr><th>把握<th>应是<th>判成<th>问题{% for result in report.worst %}
<tr><td>{{ "%.2f"|format(result.confidence) }}<td>{{ result.row.matter }}<td>{{ result.found.matter }}<td>{{ result.row.text }}
{% for intent, text, closeness in neighbours(result.row.text) %}
<div class="near">{{ "%.3f"|format(closeness) }} {{ intent }}：{{ text }}</div>
{% endfor %}{% endfor %}</table></html>
"""


def as_html(report: Report, results: list[Result], neighbours: Neighbours) -> str:
    """One self-contained page; every text from the file is escaped."""
    bins = []
    for number in range(BINS):
        part = [r for r in results if r.row.get("matter") and min(int(r.confidence * BINS), BINS - 1) == number]
        if part:
            share = sum(r.right for r in part) / len(part)
            label = f"{number / BINS:.1f}-{(number + 1) / BINS:.1f}: {share:.2f} ({len(part)})"
            bins.append({"x": number * SIDE / BINS + 2, "height": share * SIDE, "label": label})
    names = sorted({group for pair in report.confused_groups for group in pair})
    totals = {told: sum(n for (row, _), n in report.confused_groups.items() if row == told) for told in names}
    template = Environment(autoescape=True).from_string(TEMPLATE)
    return template.render(
        report=report,
        summary=as_text(report),
        bins=bins,
        side=SIDE,
        count=BINS,
        names=names,
        totals=totals,
        neighbours=neighbours,
    )
