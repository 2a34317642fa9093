"""Several Prometheus servers behind one preview: asked apart, chosen by name, and never mistaken for each other."""

from __future__ import annotations

import http.client
import json
import threading
from contextlib import ExitStack, contextmanager
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from regiowacht_contract.errors import UsageError
from regiowacht_dashboards.preview import Source, serve
from regiowacht_dashboards.preview.sources import Sources
from tests.dashboards.preview.engine import load_past, prometheus
from tests.dashboards.preview.history import END, START
from tests.dashboards.preview.screen import SPAN, body, loaded, opened
from tests.dashboards.preview.test_looks import FAINT
from tests.dashboards.preview.test_server import Echo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Literal

    from playwright.sync_api import Browser, Page

    from regiowacht_dashboards.preview import Preview
    from tests.dashboards.preview.engine import Engine

NOTICE = "Voorbeeldgegevens: niets hiervan is gemeten"
TITLES = ["Deze machine", "Voorbeeld"]


def example(url: str) -> Source:
    return Source(
        url,
        uid="voorbeeld",
        title=TITLES[1],
        notice=NOTICE,
        time_from="now-6h",
        refresh="1m",
        choices={"instance": "srv-2"},
    )


@contextmanager
def echoing(prefix: str) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as echo:
        thread = threading.Thread(target=echo.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{echo.server_port}/{prefix}"
        echo.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def echoes(uplot: Path, trial_folder: Path) -> Iterator[Preview]:
    """A preview in front of two servers that echo."""
    del uplot
    with ExitStack() as stack:
        one, two = (stack.enter_context(echoing(name)) for name in ("one", "two"))
        yield stack.enter_context(serve(trial_folder, [Source(one), example(two)], 0, "nl"))


def ask(preview: Preview, path: str, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", preview.port, timeout=10)
    try:
        connection.request("GET", path, None, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "heard"),
    [
        ("/api/v1/query?query=up", "/one/api/v1/query?query=up"),
        ("/api/sources/prometheus/v1/query?query=up", "/one/api/v1/query?query=up"),
        ("/api/sources/voorbeeld/v1/query?query=up", "/two/api/v1/query?query=up"),
        ("/api/sources/voorbeeld/v1/label/job/values", "/two/api/v1/label/job/values"),
    ],
)
def test_each_source_is_asked_by_its_name(echoes: Preview, path: str, heard: str) -> None:
    status, answer = ask(echoes, path)
    assert (status, json.loads(answer)["data"]["path"]) == (200, heard)


@pytest.mark.parametrize(
    "path",
    [
        "/api/sources/nobody/v1/query?query=up",
        "/api/sources/voorbeeld/v1/admin/tsdb/snapshot",
        "/api/sources/voorbeeld/v1/query/../status/config",
        "/api/sources/voorbeeld/query",
        "/api/sources//v1/query",
        "/api/sources/VOORBEELD/v1/query",
        "/api/sources/http:%2F%2Fevil.example/v1/query",
        "/api/sources/voorbeeld/sources/prometheus/v1/query",
    ],
)
def test_no_other_address_can_be_asked(echoes: Preview, path: str) -> None:
    assert ask(echoes, path)[0] == 404


def test_another_sites_page_cannot_ask_any_of_them(echoes: Preview) -> None:
    path = "/api/sources/voorbeeld/v1/query?query=up"
    assert ask(echoes, path, Sec_Fetch_Site="cross-site")[0] == 403
    assert ask(echoes, path, Host="evil.example")[0] == 403


def test_no_page_tells_where_a_prometheus_is(echoes: Preview) -> None:
    page = ask(echoes, "/d/proef?var-datasource=voorbeeld")[1].decode()
    assert NOTICE in page
    assert "/two" not in page


def test_a_source_may_come_later(uplot: Path, trial_folder: Path) -> None:
    del uplot
    with echoing("later") as url, serve(trial_folder, "http://127.0.0.1:1", 0) as preview:
        assert ask(preview, "/api/sources/voorbeeld/v1/labels")[0] == 404
        preview.sources.add(example(url))
        assert ask(preview, "/api/sources/voorbeeld/v1/labels")[0] == 200
        with pytest.raises(UsageError, match="voorbeeld"):
            preview.sources.add(example(url))


@pytest.mark.parametrize("uid", ["", "A", "a b", "a/b", "../x", "x" * 41])
def test_a_name_that_does_not_fit_an_address_is_refused(uid: str) -> None:
    with pytest.raises(UsageError, match="lower case"):
        Source("http://127.0.0.1:1", uid=uid)


def test_a_source_needs_an_address_and_there_must_be_one() -> None:
    with pytest.raises(UsageError, match="nonsense"):
        Source("nonsense")
    with pytest.raises(UsageError):
        Sources([], 1)


OTHER = f"""\
# TYPE proef_value unknown
proef_value{{naam="veel"}} 0.11 {START}
proef_value{{naam="veel"}} 0.11 {END}
# TYPE regiowacht_gemeente_info unknown
regiowacht_gemeente_info{{gemeente="elders",regio="voorbeeld"}} 1 {START}
regiowacht_gemeente_info{{gemeente="elders",regio="voorbeeld"}} 1 {END}
# TYPE regiowacht_asset_info unknown
regiowacht_asset_info{{gemeente="elders",site="hal",instance="srv-1"}} 1 {START}
regiowacht_asset_info{{gemeente="elders",site="hal",instance="srv-1"}} 1 {END}
regiowacht_asset_info{{gemeente="elders",site="hal",instance="srv-2"}} 1 {START}
regiowacht_asset_info{{gemeente="elders",site="hal",instance="srv-2"}} 1 {END}
# EOF
"""


@pytest.fixture(scope="module")
def two(engine: Engine, uplot: Path, trial_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A preview over the region's past and over another, smaller one."""
    del uplot
    folder = tmp_path_factory.mktemp("other")
    with (
        prometheus(load_past(OTHER, folder), folder) as other,
        serve(trial_folder, [Source(engine.url, title=TITLES[0]), example(other.url)], 0, "nl") as preview,
    ):
        yield preview


def query_of(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def drawn_more_than(page: Page, times: int) -> None:
    page.wait_for_function("n => Number(document.querySelector('#panels').dataset.loaded) > n", arg=times)


@pytest.mark.ui
@pytest.mark.tools
class TestInTheBrowser:
    """What a watcher sees of two sources."""

    def test_the_address_chooses_and_the_notice_stays_in_sight(self, browser: Browser, two: Preview) -> None:
        with opened(browser, f"{two.url}/d/proef?{SPAN}&var-datasource=voorbeeld") as page:
            loaded(page)
            assert body(page, 1) == "11.0%"
            notice = page.locator(".notice")
            assert notice.inner_text() == NOTICE
            page.mouse.wheel(0, 3000)
            page.wait_for_function("() => scrollY > 500")
            box = notice.bounding_box()
            assert box is not None
            assert box["y"] == 0
            assert "Voorbeeld" in page.title()

    def test_an_address_of_a_source_that_is_not_there_says_what_is_shown(self, browser: Browser, two: Preview) -> None:
        with opened(browser, f"{two.url}/d/proef?{SPAN}&var-datasource=nergens") as page:
            said = page.locator(".notices").inner_text()
            assert "'nergens'" in said
            assert TITLES[0] in said
            page.locator("#var-datasource").select_option("voorbeeld")
            page.wait_for_function("() => !document.querySelector('.notices').textContent.includes('nergens')")

    def test_choosing_another_asks_it_and_what_is_not_there_falls_back(self, browser: Browser, two: Preview) -> None:
        with opened(browser, f"{two.url}/d/proef?{SPAN}&var-gemeente=zandbeke&var-instance=srv-files") as page:
            loaded(page)
            assert body(page, 1) == "97.0%"
            assert page.locator(".notice").count() == 0
            assert page.locator("#var-datasource option").all_inner_texts() == TITLES
            page.locator("#var-datasource").select_option("voorbeeld")
            drawn_more_than(page, 1)
            assert body(page, 1) == "11.0%"
            assert page.locator(".notice").inner_text() == NOTICE
            chosen = query_of(page)
            assert (chosen["var-datasource"], chosen["var-gemeente"]) == (["voorbeeld"], ["$__all"])
            assert chosen["var-instance"] == ["srv-2"]
            page.locator("#var-datasource").select_option("prometheus")
            drawn_more_than(page, 2)
            assert page.locator(".notice").count() == 0
            assert body(page, 1) == "97.0%"

    def test_each_has_its_own_time_until_the_reader_chooses_one(self, browser: Browser, two: Preview) -> None:
        def times(page: Page) -> tuple[list[str], list[str]]:
            return query_of(page)["from"], query_of(page).get("refresh", [])

        with opened(browser, f"{two.url}/d/proef") as page:
            loaded(page)
            assert times(page) == (["now-3h"], [])
            page.locator("#var-datasource").select_option("voorbeeld")
            drawn_more_than(page, 1)
            assert times(page) == (["now-6h"], ["1m"])
        with opened(browser, f"{two.url}/d/proef?from=now-1h&to=now&refresh=30s") as page:
            loaded(page)
            page.locator("#var-datasource").select_option("voorbeeld")
            drawn_more_than(page, 1)
            assert times(page) == (["now-1h"], ["30s"])

    def test_links_keep_the_source(self, browser: Browser, two: Preview) -> None:
        with opened(browser, f"{two.url}/d/proef?{SPAN}&var-datasource=voorbeeld") as page:
            loaded(page)
            page.locator(".bar-top .menu summary", has_text="Dashboards").click()
            links = page.locator(".bar-top nav a")
            links.first.wait_for()
            addresses = [link.get_attribute("href") or "" for link in links.all()]
            assert addresses
            assert all("var-datasource=voorbeeld" in address for address in addresses)

    def test_the_list_shows_the_dashboards_of_each(self, browser: Browser, two: Preview) -> None:
        with opened(browser, two.url) as page:
            assert page.locator(".list > h2").all_inner_texts() == TITLES
            assert page.locator(".notice").inner_text() == NOTICE
            cards = page.locator(".card").all()
            found = [parse_qs(urlsplit(card.get_attribute("href") or "").query)["var-datasource"][0] for card in cards]
            assert found == ["prometheus", "prometheus", "voorbeeld", "voorbeeld"]

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [1440, 390])
    def test_the_notice_is_readable_everywhere(
        self, browser: Browser, two: Preview, scheme: Literal["light", "dark"], width: int
    ) -> None:
        size = {"width": width, "height": 844}
        address = f"{two.url}/d/proef?{SPAN}&var-datasource=voorbeeld"
        with opened(browser, address, color_scheme=scheme, viewport=size) as page:
            loaded(page)
            assert page.evaluate(FAINT) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.evaluate("scrollTo(0, 2000)")
            box = page.locator(".notice").bounding_box()
            assert box is not None
            assert box["y"] == 0


@pytest.mark.ui
@pytest.mark.tools
def test_one_source_is_not_offered(browser: Browser, preview: Preview) -> None:
    with opened(browser, f"{preview.url}/d/proef?{SPAN}") as page:
        loaded(page)
        assert page.locator("#var-datasource").count() == 0
        assert page.locator(".notice").count() == 0
