"""Charts: PNG pictures that show what they should, and none where there is nothing to show."""

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from PIL import Image

from kpibot.core.kpis.thresholds import Thresholds
from kpibot.core.reports.answers import Note
from kpibot.render.charts.canvas import LINE, png
from kpibot.render.charts.charts import alert_chart, answer_chart, digest_chart

KIB = 1_024


def pixels(drawn: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(drawn)).convert("RGB"))


def share_of(colour: str, picture: np.ndarray) -> float:
    wanted = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return float(np.all(picture == wanted, axis=2).mean())


def test_an_answers_chart_is_a_png_of_the_promised_size(samples):
    drawn = answer_chart(samples.answer(samples.tickets))
    picture = pixels(drawn)
    assert picture.shape == (900, 1600, 3)
    assert len(drawn) < 150 * KIB
    assert picture.std() > 10
    assert share_of(LINE, picture) > 0.002


@pytest.mark.parametrize(
    "values",
    [
        (5.0,),
        (None, 5.0, None),
        (0.0, 0.0),
        (-5.0, 3.0),
        (1e300, 4.0),
        (99.99999, 100.0),
        tuple(float(n % 7) for n in range(1_825)),
        (3.0, None, None, 4.0, None, 5.0, 6.0, None),
    ],
    ids=["one", "alone", "zeros", "negative", "huge", "nearly flat", "five years", "gaps"],
)
def test_any_shape_of_series_is_drawn(samples, values):
    report = samples.report(value=values[-1], series=samples.series(*values))
    picture = pixels(answer_chart(samples.answer(report)))
    assert share_of(LINE, picture) > 0.0001


@pytest.mark.parametrize("kpi", ["tickets", "utilization", "response-time", "po-value"])
def test_any_format_is_drawn(samples, kpi):
    report = samples.report(kpi, 5.0, series=samples.series(3.0, 7.0, 5.0))
    assert share_of(LINE, pixels(answer_chart(samples.answer(report)))) > 0.0001


@pytest.mark.parametrize("values", [(), (None, None), (float("nan"),), (1e300,)])
def test_a_series_without_a_value_has_no_chart(samples, values):
    report = samples.report(series=samples.series(*values))
    assert answer_chart(samples.answer(report)) is None
    assert answer_chart(samples.answer(samples.report(series=None))) is None


def test_a_gap_is_no_line(samples):
    whole = samples.report(thresholds=Thresholds(), series=samples.series(*[5.0] * 60))
    broken = replace(whole, series=samples.series(*[5.0] * 20, *[None] * 20, *[5.0] * 20))
    shares = [share_of(LINE, pixels(answer_chart(samples.answer(each)))) for each in (broken, whole)]
    assert shares[0] < shares[1]


def test_notes_are_marked_on_their_day(samples):
    answer = samples.answer(samples.tickets)
    notes = (Note(date(2026, 10, 5), "Chromebook refresh week"), Note(date(2020, 1, 1), "Long ago"))
    noted = answer_chart(replace(answer, notes=notes))
    assert noted != answer_chart(answer)
    assert noted == answer_chart(replace(answer, notes=notes[::-1]))


def test_a_name_that_the_font_lacks_or_that_is_too_long_is_drawn_all_the_same(samples):
    named = replace(samples.tickets, campus_name="🏫 学校 $x^2$ " * 30)
    assert answer_chart(samples.answer(named))


def test_a_digest_shows_a_panel_for_each_kpi_with_a_history(samples):
    two = replace(samples.edition, reports=(samples.tickets, samples.down, samples.utilization))
    four = replace(samples.edition, reports=(samples.tickets,) * 4)
    assert pixels(digest_chart(two)).shape < pixels(digest_chart(four)).shape
    assert len(digest_chart(four)) < 150 * KIB
    assert digest_chart(replace(samples.edition, reports=(samples.down,))) is None


def test_an_alert_shows_six_campuses_at_most(samples):
    changes = samples.notice.changes
    six, nine = (replace(samples.notice, changes=(changes * 3)[:count]) for count in (6, 9))
    assert pixels(alert_chart(six)).shape == pixels(alert_chart(nine)).shape
    assert alert_chart(replace(samples.notice, changes=())) is None


def test_threads_draw_the_same_bytes(samples):
    answer = samples.answer(samples.tickets)
    with ThreadPoolExecutor(8) as pool:
        drawn = set(pool.map(lambda _: answer_chart(answer), range(16)))
    assert drawn == {answer_chart(answer)}


MEASURING = """
import string, sys, warnings
from concurrent.futures import ThreadPoolExecutor
from kpibot.render.charts.canvas import width_of
warnings.simplefilter("error")
sys.setswitchinterval(1e-6)
text = string.printable[:94]
with ThreadPoolExecutor(8) as pool:
    widths = list(pool.map(lambda n: width_of(text[n:] + text[:n], 10), range(94)))
assert max(widths) - min(widths) < 1e-6
"""


def test_threads_measure_the_same_widths_from_the_first_text_on():
    subprocess.run([sys.executable, "-c", MEASURING], check=True)


def test_the_png_keeps_its_pixels():
    noise = np.random.default_rng(1).integers(0, 16, (40, 30, 4), np.uint8) * np.uint8(17)
    assert np.array_equal(pixels(png(noise)), noise[:, :, :3])


def test_importing_render_leaves_matplotlib_alone():
    code = (
        "import importlib, pkgutil, sys, kpibot.render as r\n"
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(r.__path__, 'kpibot.render.')]\n"
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
