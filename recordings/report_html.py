"""A report as one page of HTML that needs nothing else: no script, no picture file, no network.

Every text that comes from a session is escaped; a content security policy forbids whatever might slip through.
Meant to be read on a screen, light or dark, and to be printed on one page of A4.
"""

from __future__ import annotations

from datetime import datetime
from html import escape

from . import report_plots as plots
from .layout import clock_text
from .report_text import SYMBOLS, about, details, headline, printable, size, title
from .session_report import Report, StreamReport
from .verdicts import Figure, Verdict

WORDS: dict[Verdict, str] = {"ok": "ok", "look": "look", "bad": "bad"}
MARKS = {"c": "▤ cut off", "f": "─ flat", "x": "◣ values missing"}
MOST_PROBLEMS = 40
MOST_CAUSES = 8

STYLE = """
:root{color-scheme:light dark;--ground:#fff;--text:#181c24;--muted:#5a6272;--line:#d6dbe4;--good:#0e7048;
--look:#8a5a00;--bad:#b3261e;--accent:#1462cd;--a:20,98,205}
@media (prefers-color-scheme:dark){:root{--ground:#111318;--text:#e6e8ec;--muted:#929aaa;--line:#2c313c;
--good:#46be8c;--look:#e8aa46;--bad:#eb5f5a;--accent:#5aa2ff;--a:90,162,255}}
*{box-sizing:border-box}
body{margin:0 auto;padding:24px;max-width:1040px;background:var(--ground);color:var(--text);
font:13px/1.4 Inter,system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:20px;margin:0 0 2px}h2{font-size:15px;margin:18px 0 6px;border-top:1px solid var(--line);padding-top:12px}
p{margin:2px 0}.muted{color:var(--muted)}
.verdict{font-size:15px;font-weight:600;margin:8px 0}
.ok{color:var(--good)}.look{color:var(--look)}.bad{color:var(--bad)}
.two{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:4px 24px}
table{border-collapse:collapse;width:100%}
td{padding:2px 8px 2px 0;vertical-align:top;border-bottom:1px solid var(--line)}
td:nth-child(1){white-space:nowrap;width:1%}td:nth-child(2){width:34%}
td:nth-child(3){font-variant-numeric:tabular-nums}
tr.told td{border-bottom:0;padding-bottom:0}
ul{margin:6px 0;padding-left:20px}
figure{margin:0 0 10px}figcaption{color:var(--muted);font-size:12px;margin-bottom:3px;display:flex;
justify-content:space-between;gap:8px}
svg{display:block;width:100%;overflow:visible}
.a1{fill:rgba(var(--a),.16)}.a2{fill:rgba(var(--a),.32)}.a3{fill:rgba(var(--a),.5)}.a4{fill:rgba(var(--a),.72)}
.a5{fill:rgba(var(--a),1)}.clipped{fill:var(--bad)}.flat{fill:var(--muted)}.missing{fill:var(--look)}
.axis{stroke:var(--line);stroke-width:1.5;fill:none}.gap{fill:var(--bad)}.band{fill:rgba(var(--a),.55);
stroke:var(--accent);stroke-width:.8}
@media (max-width:760px){.two{grid-template-columns:1fr}}
@page{size:A4;margin:11mm}
@media print{:root{color-scheme:light;--ground:#fff;--text:#000;--muted:#444;--line:#bbb;--good:#0e7048;--look:#8a5a00;
--bad:#b3261e;--accent:#1462cd;--a:20,98,205}
body{padding:0;max-width:none;font-size:8pt;line-height:1.25}h1{font-size:13pt}h2{font-size:10.5pt;margin:7pt 0 3pt;
padding-top:5pt}.verdict{font-size:10.5pt;margin:3pt 0}td{padding:1pt 5pt 1pt 0}section{break-inside:avoid}
figure{margin-bottom:4pt}figcaption{font-size:7.5pt}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html(report: Report) -> str:
    """Return the page."""
    name = report.about.name or report.path.stem
    facts = [_moment(str(report.summary["created"])), clock_text(report.duration_s), f"{report.n_events:,} events"]
    facts.append(size(report.n_bytes))
    verdict = f"{SYMBOLS[report.verdict]} {_e(headline(report).capitalize())}"
    body = [
        f"<header><h1>{_e(name)}</h1>",
        f'<p class="muted">{_e(report.path.name)} · {_e(" · ".join(facts))}</p>',
        f'<p class="verdict {report.verdict}">{verdict}</p></header>',
        _list([*report.problems[:MOST_PROBLEMS]], "bad"),
        _list([*report.notes[:MOST_PROBLEMS]], "look"),
    ]
    said = about(report)
    if said or report.figures:
        told = "".join(f'<tr><td></td><td class="muted">{_e(key)}</td><td>{_e(words)}</td></tr>' for key, words in said)
        body.append(f'<section class="two"><table>{told}</table><table>{_rows(report.figures)}</table></section>')
    body += [_stream(stream, report) for stream in report.streams]
    body.append(
        f'<footer><p class="muted">Checked {_e(report.checked)} by myoscope'
        " · ● ok, ▲ worth a look, ✕ bad · what each figure means: docs/check.md</p></footer>"
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_e(name)}: report</title><style>{STYLE}</style></head><body>{''.join(body)}</body></html>\n"
    )


def _stream(stream: StreamReport, report: Report) -> str:
    pictures = []
    strips = plots.activity(stream)
    if strips:
        marks = "  ".join(MARKS[letter] for letter in plots.marks_in(stream))
        names = f"{stream.labels[0]} (top) to {stream.labels[-1]}" if len(stream.labels) > 1 else stream.labels[0]
        pictures.append(_figure(f"Activity, {names}", marks, strips))
    pictures.append(_figure("Gaps", clock_text(report.duration_s), plots.gap_line(stream, report.span)))
    left = plots.residuals(stream, report.span)
    if left:
        pictures.append(
            _figure("Timestamps against a straight line", f"± {plots.residual_range_ms(stream):g} ms", left)
        )
    causes = list(stream.by_cause.items())[:MOST_CAUSES]
    gaps = "".join(f"<p>{_e(cause)}: {n:,} × ({lost:,} samples)</p>" for cause, (n, lost) in causes)
    more = "".join(f"<p>{_e(words)}</p>" for words in details(stream))
    return (
        f'<section><h2>{_e(title(stream))}</h2><div class="two"><div><table>{_rows(stream.figures)}</table>'
        f'<div class="muted">{gaps}{more}</div></div><div>{"".join(pictures)}</div></div></section>'
    )


def _figure(caption: str, at_end: str, drawn: str) -> str:
    return f"<figure><figcaption><span>{_e(caption)}</span><span>{_e(at_end)}</span></figcaption>{drawn}</figure>"


def _rows(figures: tuple[Figure, ...]) -> str:
    rows = []
    for figure in figures:
        told = figure.verdict != "ok"
        verdict = f'<td class="{figure.verdict}">{SYMBOLS[figure.verdict]} {WORDS[figure.verdict]}</td>'
        begins = '<tr class="told">' if told else "<tr>"
        rows.append(f"{begins}{verdict}<td>{_e(figure.title)}</td><td>{_e(figure.value)}</td></tr>")
        if told:
            rows.append(f'<tr><td></td><td colspan="2" class="muted">{_e(figure.sentence)}</td></tr>')
    return "".join(rows)


def _moment(utc: str) -> str:
    """Return a time of day without fractions of a second."""
    try:
        return datetime.fromisoformat(utc).strftime("%Y-%m-%d %H:%M:%S %Z")
    except ValueError:
        return utc


def _list(sentences: list[str], look: str) -> str:
    return f'<ul class="{look}">{"".join(f"<li>{_e(one)}</li>" for one in sentences)}</ul>' if sentences else ""


def _e(words: object) -> str:
    """Return a stranger's text as nothing but text."""
    return escape(printable(str(words)), quote=True)
