"""To a print queue: what a real CUPS receives and makes of it, and what is said where printing fails."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pdfplumber
import pytest
from test_render_pdf import label

from liquidose.devices.stocks import stock_of
from liquidose.errors import BadOption, CannotWrite, DoesNotFit
from liquidose.pages.outline import outline_page
from liquidose.pages.shapes import Page
from liquidose.printing import media_of, print_pdf
from liquidose.render.pdf import render_pdf

MM = 72 / 25.4
CUPSD = shutil.which("cupsd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
SHEET = outline_page(stock_of("avery-l7160"))
PDF_PRINTER = "lsb/usr/cupsfilters/Fuji_Xerox-DocuPrint_CM305_df-PDF.ppd"

CONFIGURATION = """\
Listen {folder}/cups.sock
LogLevel debug
Browsing Off
DefaultAuthType None
WebInterface No
PreserveJobFiles Yes
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order allow,deny
    Allow all
  </Limit>
</Policy>
"""
FILES = """\
ServerRoot {folder}/etc
RequestRoot {folder}/spool
CacheDir {folder}/cache
StateDir {folder}/state
TempDir {folder}/tmp
AccessLog {folder}/log/access
ErrorLog {folder}/log/error
PageLog {folder}/log/page
FileDevice Yes
SystemGroup root
"""


@pytest.fixture(scope="module")
def cups() -> Iterator[Path]:
    """A CUPS of our own on a socket of our own, with a queue that writes PDF into a file."""
    if CUPSD is None:
        pytest.skip("CUPS is not installed: apt-get install cups cups-filters")
    folder = Path(tempfile.mkdtemp(prefix="cups-"))  # its filters run as another user, who must get in
    folder.chmod(0o755)
    for name in ("etc", "spool", "cache", "state", "log", "out"):
        (folder / name).mkdir()
    (folder / "tmp").mkdir()
    (folder / "tmp").chmod(0o1777)
    (folder / "etc/cupsd.conf").write_text(CONFIGURATION.format(folder=folder), encoding="utf-8")
    (folder / "etc/cups-files.conf").write_text(FILES.format(folder=folder), encoding="utf-8")
    server = subprocess.Popen(
        [CUPSD, "-f", "-c", folder / "etc/cupsd.conf", "-s", folder / "etc/cups-files.conf"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(folder / "cups.sock")
        admin = shutil.which("lpadmin", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        assert admin is not None
        added = subprocess.run(
            [admin, "-p", "labels", "-E", "-v", f"file:{folder}/out/labels.pdf", "-m", PDF_PRINTER],
            env=os.environ | {"CUPS_SERVER": f"{folder}/cups.sock"}, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert added.returncode == 0, added.stderr
        yield folder
    finally:
        server.terminate()
        server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(path: Path, *, ending: bytes = b"") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if path.exists() and (not ending or path.read_bytes().rstrip().endswith(ending)):
            return
        time.sleep(0.05)
    pytest.fail(f"{path.name} did not come")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "bar_mm"), [(SHEET, 50), (label("5 mL"), 50)], ids=["a sheet", "a small label"]
)
def test_a_real_cups_receives_every_byte_and_prints_at_actual_size(
    cups: Path, monkeypatch: pytest.MonkeyPatch, page: Page, bar_mm: float
) -> None:
    monkeypatch.setenv("CUPS_SERVER", f"{cups}/cups.sock")
    printed = cups / "out/labels.pdf"
    printed.unlink(missing_ok=True)
    content = render_pdf([page], title="Label: a secret of the patient")
    said = print_pdf(content, [page], queue="labels")
    number = int(said.removeprefix("request id is labels-").partition(" ")[0])
    wait_for(printed, ending=b"-12345X")
    assert (cups / f"spool/d{number:05}-001").read_bytes() == content
    log = (cups / "log/error").read_text(encoding="utf-8")
    assert f'[Job {number}] argv[3]="liquidose"' in log  # the title in the list of jobs
    assert "secret" not in log
    received = printed.read_bytes()
    _, start, rest = received.partition(b"%PDF")
    with pdfplumber.open(BytesIO(start + rest.rpartition(b"%%EOF")[0] + b"%%EOF")) as pdf:
        (sheet,) = pdf.pages
        lengths = [r["width"] / MM for r in sheet.rects if r["fill"] and r["height"] / MM < 2]
        assert float(sheet.width) / MM == pytest.approx(page.width_mm, abs=0.4)  # CUPS counts in whole points
        assert float(sheet.height) / MM == pytest.approx(page.height_mm, abs=0.4)
    assert any(length == pytest.approx(bar_mm, abs=0.01) for length in lengths)


@pytest.mark.slow
def test_a_queue_that_a_real_cups_does_not_have_is_refused_in_its_own_words(
    cups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUPS_SERVER", f"{cups}/cups.sock")
    with pytest.raises(CannotWrite, match=r"The queue 'lables' did not take the job: .*does not exist"):
        print_pdf(b"%PDF-", [SHEET], queue="lables")


def stand_in(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program ``lp`` that does what a test needs of it."""
    program = folder / "lp"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_lp_is_called_for_actual_size_on_named_media_and_given_the_file_through_a_pipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(
        tmp_path,
        f'for one in "$@"; do echo "$one"; done >{tmp_path}/said; cat >{tmp_path}/got; echo done',
        monkeypatch,
    )
    page = label("5 mL")
    content = render_pdf([page], title="Label: baclofen")
    assert print_pdf(content, [page, page], queue="zebra") == "done"
    assert (tmp_path / "got").read_bytes() == content
    assert (tmp_path / "said").read_text(encoding="utf-8").split("\n") == [
        "-d", "zebra", "-t", "liquidose", "-o", "print-scaling=none", "-o", "media=Custom.99x67.5mm",
        "-o", "number-up=1", "-o", "sides=one-sided", "-", "",
    ]  # fmt: skip


def test_without_lp_the_pdf_is_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotWrite) as refused:
        print_pdf(b"", [SHEET], queue="labels")
    assert str(refused.value) == (
        "The program lp, which prints, is not installed. "
        "Install CUPS, or write the PDF with -o and print it at 100 % (actual size)."
    )


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            "echo 'lp: The printer or class does not exist.' >&2; exit 1",
            "The queue 'labels' did not take the job: The printer or class does not exist. 'lpstat -e' lists the queues.",
        ),
        ("exit 1", "The queue 'labels' did not take the job: no reason given. 'lpstat -e' lists the queues."),
    ],
)
def test_what_lp_says_of_a_failure_is_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, message: str
) -> None:
    stand_in(tmp_path, f"cat >/dev/null; {script}", monkeypatch)
    with pytest.raises(CannotWrite) as refused:
        print_pdf(b"%PDF-", [SHEET], queue="labels")
    assert str(refused.value) == message


def test_an_lp_that_does_not_answer_or_cannot_be_started_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, "exec sleep 30", monkeypatch)
    monkeypatch.setattr("liquidose.printing._PATIENCE_S", 0.1)
    with pytest.raises(CannotWrite) as refused:
        print_pdf(b"%PDF-", [SHEET], queue="labels")
    assert str(refused.value) == "lp could not print: it did not answer. Check that CUPS runs: lpstat -t."
    (tmp_path / "lp").write_bytes(b"\x00")
    with pytest.raises(CannotWrite, match="lp could not print: Exec format error"):
        print_pdf(b"%PDF-", [SHEET], queue="labels")


@pytest.mark.parametrize("queue", ["", "-o", "two words", "bell\a"])
def test_what_cannot_be_a_queue_never_reaches_the_command_line(queue: str) -> None:
    with pytest.raises(BadOption) as refused:
        print_pdf(b"%PDF-", [SHEET], queue=queue)
    assert str(refused.value) == f"'{queue}' is not the name of a print queue. 'lpstat -e' lists them."


def test_media_are_named_by_their_paper_or_their_size() -> None:
    def page(wide: float, high: float) -> Page:
        return Page(width_mm=wide, height_mm=high, shapes=())

    assert media_of([page(210, 297)] * 2) == "A4"
    assert media_of([page(215.9, 279.4)]) == "Letter"
    assert media_of([page(297, 210)]) == "Custom.297x210mm"
    assert media_of([page(57.15, 31.75)]) == "Custom.57.15x31.75mm"
    with pytest.raises(DoesNotFit) as refused:
        media_of([page(210, 297), page(57.15, 31.75)])
    assert str(refused.value) == "The pages have 2 different sizes. Print them as one job for each size."
