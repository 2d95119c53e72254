"""The report of `yibotong evaluate --html`: figures, reliability diagram, confusions, worst errors."""

from __future__ import annotations

from jinja2 import Environment

from api.evaluate import BINS, Report, Result, as_text

SIDE = 300  # of the diagram, in pixels

TEMPLATE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>一拨通 评测</title>
<style>body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse}td,th{padding:.2rem .6rem;border-bottom:1px solid #ccd;text-align:left}
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
<h2>最容易混的</h2><table><tr><th>应是<th>判成<th>次数{% for told, named, times in report.confusion %}
<tr><td>{{ told }}<td>{{ named }}<td>{{ times }}{% endfor %}</table>
<h2>把握大却错了的</h2><table><tr><th>把握<th>应是<th>判成<th>问题{% for result in report.worst %}
<tr><td>{{ "%.2f"|format(result.confidence) }}<td>{{ result.row.matter }}<td>{{ result.found.matter }}<td>{{ result.row.text }}
{% endfor %}</table></html>
"""


def as_html(report: Report, results: list[Result]) -> str:
    """One self-contained page; every text from the file is escaped."""
    bins = []
    for number in range(BINS):
        part = [r for r in results if r.row.get("matter") and min(int(r.confidence * BINS), BINS - 1) == number]
        if part:
            share = sum(r.right for r in part) / len(part)
            label = f"{number / BINS:.1f}-{(number + 1) / BINS:.1f}: {share:.2f} ({len(part)})"
            bins.append({"x": number * SIDE / BINS + 2, "height": share * SIDE, "label": label})
    template = Environment(autoescape=True).from_string(TEMPLATE)
    return template.render(report=report, summary=as_text(report), bins=bins, side=SIDE, count=BINS)
