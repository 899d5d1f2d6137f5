"""The report as text, JSON and page: everything is in it, nothing of a stranger's comes alive."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.recordings.report import make_report
from myoscope.recordings.report_html import html
from myoscope.recordings.report_text import headline, printable, size, text
from myoscope.recordings.storing_report import finish_session
from myoscope.sources import Block, Event, StreamInfo
from myoscope.sources.view_filter import ViewFilter

from .sessions import recorded, recorder

EVIL = "<script>alert(1)</script>\"'&\x1b[31m</style><img src=x onerror=a()>"
VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """Reads a page strictly: tags are closed in order, and what they are is kept."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.texts, self._open = [], [], [], []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *attr) for attr in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *attr) for attr in attrs]

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def evil_session(folder, words=EVIL, n_channels=3):
    made = recorder(folder, name=words, subject=words, notes=words, protocol=words)
    sink = made.sink("emg", words)
    info = StreamInfo(
        fs=1000.0, channel_names=tuple(f"{words}{i}" for i in range(n_channels)), unit=words[:20], dtype="float32"
    )
    sink.open(info)
    data = np.random.default_rng(0).normal(0, 1, (3000, n_channels)).astype("float32")
    data[:, 0] = 0
    sink.write(Block(data[:1500], np.arange(1500) / 1000))
    sink.write(Block(data[1500:], np.arange(1600, 3100) / 1000, 100))
    made.note_view("emg", ViewFilter(highpass_hz=20.0).to_json())
    made.event(Event(0.5, "marker", words, words, ""))
    made.close()
    return made.path


def test_a_strangers_texts_are_nothing_but_text(tmp_path):
    report = make_report(evil_session(tmp_path / "evil.myo"))
    page = html(report)
    parsed = Page(page)
    allowed = {
        "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "p", "section", "table", "tr", "td",
        "div", "figure", "figcaption", "span", "svg", "path", "rect", "footer", "ul", "li",
    }  # fmt: skip
    assert set(parsed.tags) <= allowed
    assert not [a for a in parsed.attributes if a[1].startswith("on") or a[1] in ("src", "href", "srcset")]
    assert "\x1b" not in page + text(report)
    assert ("meta", "content", "default-src 'none'; style-src 'unsafe-inline'") in parsed.attributes
    assert page.count("</style>") == 1
    assert "<script>alert(1)</script>" in "".join(parsed.texts), "it is told, as text"


@given(st.text(min_size=1, max_size=40))
def test_no_text_breaks_the_page_or_the_terminal(words):
    report = TEMPLATE.replaced(words)
    Page(html(report))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", text(report))
    json.dumps(report.to_json(), allow_nan=False)


class Template:
    """One report, measured once, that is given other words."""

    def __init__(self):
        self.report = None

    def replaced(self, words):
        from dataclasses import replace

        from myoscope.recordings.about import About

        report = self.report
        stream = replace(report.streams[0], name=words, source=words, labels=(words,) * 3)
        about = About(name=words, subject=words, notes=words, operator=words, tags=(words,))
        return replace(report, about=about, streams=(stream,), problems=(words,), notes=(words,))


TEMPLATE = Template()


@pytest.fixture(autouse=True, scope="module")
def _template(tmp_path_factory):
    TEMPLATE.report = make_report(evil_session(tmp_path_factory.mktemp("template") / "t.myo", "plain"))


def test_the_page_has_its_pictures_and_every_figure(tmp_path):
    report = make_report(evil_session(tmp_path / "lift.myo", "Lift"))
    page = html(report)
    parsed = Page(page)
    assert parsed.tags.count("svg") == 3
    shown = "".join(parsed.texts)
    for figure in [*report.figures, *report.streams[0].figures]:
        assert figure.title in shown
        assert figure.value in shown
        if figure.verdict != "ok":
            assert figure.sentence in shown
    assert "prefers-color-scheme:dark" in page
    assert "@page{size:A4" in page
    assert 'class="gap"' in page
    assert "20" in report.streams[0].view_filter
    assert "http" not in page.replace("http-equiv", "")


def test_the_text_says_the_same(tmp_path):
    report = make_report(evil_session(tmp_path / "lift.myo", "Lift"))
    told = text(report)
    for figure in [*report.figures, *report.streams[0].figures]:
        assert f"{figure.title:<26} {figure.value}" in told
        assert figure.verdict == "ok" or figure.sentence in told
    assert "Subject  Lift" in told
    assert "device: 1 (100)" in told
    assert told.endswith("see ▲ and ✕ above.\n")
    assert "✕ bad" not in told
    assert text(make_report(recorded(tmp_path / "fine.myo", 3000))).endswith("● Everything is in order.\n")


def test_json_keeps_the_keys_of_before_and_adds(tmp_path):
    session = recorded(tmp_path / "fine.myo", 3000, lost_at={300: 5})
    values = make_report(session).to_json()
    assert (values["ok"], values["problems"], values["state"]) == (True, [], "complete")
    stream = values["streams"]["emg"]
    assert (stream["n_samples"], stream["n_lost"], stream["n_delivered"], stream["n_gaps"]) == (3000, 5, 3005, 1)
    assert set(stream) > {"n_channels", "fs", "unit", "duration_s", "jitter_p99_ms", "drift_ppm", "channels", "gaps"}
    assert stream["channels"]["name"] == ["emg_01", "emg_02", "emg_03", "emg_04"]
    assert stream["figures"]["gaps"] == {
        "title": "Gaps", "value": "1 (5)", "verdict": "look", "advice": stream["figures"]["gaps"]["advice"],
    }  # fmt: skip
    json.dumps(values, allow_nan=False)


def test_report_and_page_are_kept_in_the_session(tmp_path):
    session = recorded(tmp_path / "fine.myo", 3000)
    report = finish_session(session)
    assert (session / "report.html").read_text(encoding="utf-8") == html(report)
    assert json.loads((session / "report.json").read_text(encoding="utf-8")) == json.loads(json.dumps(report.to_json()))
    assert not list(session.glob("*.new"))
    again = make_report(session)
    assert (again.ok, again.notes) == (True, ())


def test_a_page_of_many_channels_stays_small(tmp_path):
    made = recorder(tmp_path / "wide.myo")
    sink = made.sink("emg")
    sink.open(StreamInfo(fs=1000.0, sample_shape=(256,), dtype="int16"))
    data = np.random.default_rng(0).integers(-1000, 1000, (2000, 256)).astype("int16")
    sink.write(Block(data, np.arange(2000) / 1000))
    made.close()
    page = html(make_report(made.path))
    assert len(page) < 400_000
    assert "several a row" in page


def test_small_words(tmp_path):
    assert [size(n) for n in (5, 1500, 1_840_000_000, 3e15)] == ["5 B", "1.5 kB", "1.84 GB", "3e+03 TB"]
    assert printable("a\x07b‮c\ud800") == "a b c "
    fine = make_report(recorded(tmp_path / "fine.myo", 3000))
    assert headline(fine) == "all in order"
