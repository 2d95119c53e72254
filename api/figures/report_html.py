"""The monthly report as one page that can be read, printed and kept."""

from __future__ import annotations

from jinja2 import Environment

from api.figures.report import Report

TEMPLATE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>公共法律服务考核评估月报 {{ report.month }}</title>
<meta name="viewport" content="width=device-width">
<style>body{font:16px/1.6 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#16222a;max-width:60rem;
margin:2rem auto;padding:0 1rem}h1{font-size:1.5rem;margin-bottom:0}h2{font-size:1.2rem;margin-top:2rem;border-bottom:2px solid #0b4a57}
.scroll{overflow-x:auto}table{border-collapse:collapse;margin:.5rem 0 1rem;font-size:.9rem}
caption{text-align:left;font-weight:600;padding:.3rem 0}td,th{padding:.2rem .6rem;border:1px solid #ccd6da;text-align:left;
vertical-align:top}thead th{background:#f4f7f8}tbody th{font-weight:400}.unknown{background:#fff8e8;border-left:4px solid #8a5a00;
padding:.3rem .8rem}.unknown li{margin-left:1rem}@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}</style>
<h1>公共法律服务考核评估月报</h1>
<p>{{ report.month }}　|　{{ report.made_at }} 由系统统计</p>
<p>依据：{{ report.basis }}</p>
<ul>{% for note in report.notes %}<li>{{ note }}</li>{% endfor %}</ul>
{% for section in report.sections %}<h2>{{ section.title }}</h2>
{% for line in section.lines %}<p>{{ line }}</p>{% endfor %}
{% for table in section.tables if table.rows %}<div class="scroll" tabindex="0"><table><caption>{{ table.title }}</caption><thead><tr>
{% for column in table.columns %}<th scope="col">{{ column }}</th>{% endfor %}</tr></thead><tbody>
{% for row in table.rows %}<tr><th scope="row">{{ row[0] }}</th>{% for cell in row[1:] %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table></div>{% endfor %}
{% if section.unknown %}<div class="unknown"><b>不知道的</b><ul>
{% for line in section.unknown %}<li>{{ line }}</li>{% endfor %}</ul></div>{% endif %}
{% endfor %}</html>
"""


def as_html(report: Report) -> str:
    """One self-contained page; everything is escaped."""
    return Environment(autoescape=True).from_string(TEMPLATE).render(report=report)
