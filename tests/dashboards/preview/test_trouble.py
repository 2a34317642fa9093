"""A Prometheus that is slow, gone, or answers with half: the panel says so and the page stays alive."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from regiowacht_dashboards.preview import serve
from tests.dashboards.preview.engine import prometheus
from tests.dashboards.preview.screen import SPAN, body, loaded, opened, panel, state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.ui, pytest.mark.tools]


@contextmanager
def answering(answer: bytes | None) -> Iterator[str]:
    """Accept connections and send ``answer`` to each (None: never anything), then hang up."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)

        def run() -> None:
            held: list[socket.socket] = []
            while not stop.is_set():
                try:
                    peer, _ = listener.accept()
                except TimeoutError:
                    continue
                if answer is None:
                    held.append(peer)
                    continue
                with peer:
                    peer.settimeout(5)
                    peer.recv(65536)
                    peer.sendall(answer)
                    peer.shutdown(socket.SHUT_WR)
                    while peer.recv(65536):
                        pass
            for peer in held:
                peer.close()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()


JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ANSWERS = {
    "cut": (JSON + b'Content-Length: 900\r\n\r\n{"status":"succ', "Het antwoord van Prometheus is afgebroken"),
    "not whole": (JSON + b'Content-Length: 15\r\n\r\n{"status":"succ', "Het antwoord van Prometheus is afgebroken"),
    "a login page": (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p>x",
        "Dit antwoord is niet van Prometheus",
    ),
    "no HTTP": (b"SSH-2.0-OpenSSH\r\n", "Dit antwoord is niet van Prometheus"),
    "422": (
        b"HTTP/1.1 422 Unprocessable Entity\r\nContent-Type: application/json\r\nContent-Length: 71\r\n\r\n"
        b'{"status":"error","errorType":"execution","error":"too many samples!!"}',
        "Prometheus weigert de vraag: too many samples!!",
    ),
    "silence": (None, "Prometheus antwoordt niet op tijd"),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_what_is_wrong_stands_in_every_panel(browser: Browser, uplot: Path, trial_folder: Path, kind: str) -> None:
    del uplot
    answer, text = ANSWERS[kind]
    with (
        answering(answer) as url,
        serve(trial_folder, url, 0, "nl", timeout_s=1.0) as preview,
        opened(browser, f"{preview.url}/d/proef?{SPAN}") as page,
    ):
        loaded(page)
        for number in (1, 4, 5, 11, 15, 21):
            assert (state(page, number), body(page, number)) == ("error", text)
        assert state(page, 6) == "ok"
        assert text in page.locator('.variable[data-name="gemeente"] .problem').inner_text()


def test_it_recovers_from_a_prometheus_that_dies_and_comes_back(
    browser: Browser, uplot: Path, trial_folder: Path, past: Path, tmp_path: Path
) -> None:
    del uplot
    with (
        prometheus(past, tmp_path) as engine,
        serve(trial_folder, engine.url, 0, "nl") as preview,
        opened(browser, f"{preview.url}/d/proef?{SPAN[: -len('refresh=')]}refresh=1s") as page,
    ):
        loaded(page)
        assert body(page, 1) == "97.0%"
        engine.process.kill()
        engine.process.wait()
        expect(panel(page, 1)).to_have_attribute("data-state", "error")
        assert body(page, 1) == "Prometheus is niet bereikbaar"
        with prometheus(past, tmp_path, engine.port):
            expect(panel(page, 1)).to_have_attribute("data-state", "ok")
            assert body(page, 1) == "97.0%"


def test_a_preview_that_stops_is_told_too(browser: Browser, uplot: Path, trial_folder: Path) -> None:
    del uplot
    with answering(ANSWERS["422"][0]) as url:
        with serve(trial_folder, url, 0, "nl") as preview:
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{preview.url}/d/proef?{SPAN[: -len('refresh=')]}refresh=1s")
            loaded(page)
        expect(panel(page, 1).locator(".message")).to_have_text("Regiowacht op deze machine antwoordt niet meer")
        context.close()
