"""What a visit costs: weight, server time and Largest Contentful Paint of every kind of page.

    python -m bench.pages [--index DIR] [--lang zh-Hant|ja|en] [--rounds N] [--json]

Starts a server of its own on the index DIR. *Weight* is everything that a first visit loads, as it
comes over the wire (gzip). *Server time* is from the first byte asked to the last byte answered
over one kept connection: every case page twice, so that the first views and the later ones stand
apart, and the results of the casebook's own questions. *Largest Contentful Paint* is what Chromium
reports (largest-contentful-paint entries) with its processor slowed down four times and nothing
cached; each kind of page is opened N times and the least and the middle one are given, for a
machine that has other work only adds to it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

from kb.model import Lang
from web.i18n import PREFIX

QUESTIONS = Path(__file__).parent / "queries" / "casebook.jsonl"
SABAE = "jp-fukui-sabae-eyewear-medical-wearable"
MASHIKO = "jp-tochigi-mashiko-pottery-export"
PLAN = "我們是海邊的漁村，人口外流，想把閒置倉庫改成市場和住宿，吸引遊客，也讓年輕人回來工作。"
PAGES = {
    "home": "/",
    "results": "/?q=" + quote("森林村想讓年輕人創業"),
    "list": "/cases",
    "plan": "/plan",
    "planned": "/plan?text=" + quote(PLAN),
    "case": f"/cases/{MASHIKO}",
    "compare": f"/compare?case={MASHIKO}&case={SABAE}&plan=" + quote("陶瓷外銷"),
    "explore": "/explore",
    "about": "/about",
    "missing": "/nowhere",
}
SLOWDOWN = 4
SETTLED = 700  # milliseconds after loading in which a larger paint may still come
OBSERVE = """
    window.paints = [];
    new PerformanceObserver(list => {
      for (const e of list.getEntries()) paints.push([e.startTime, e.element?.tagName ?? '']);
    }).observe({type: 'largest-contentful-paint', buffered: true});
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--index", type=Path, default=Path("var/index"))
    parser.add_argument("--lang", choices=list(PREFIX), default="zh-Hant")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with serving(asked.index) as port:
        measured: dict[str, Any] = {"server_ms": server_times(port, asked.lang)}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
                args=["--no-sandbox", "--disable-background-networking"],
            )
            measured["pages"] = {
                kind: visit(browser, f"http://127.0.0.1:{port}{PREFIX[asked.lang]}{path}", asked)
                for kind, path in PAGES.items()
            }
            browser.close()
    print(json.dumps(measured, indent=2) if asked.json else as_text(measured))


@contextmanager
def serving(index: Path) -> Iterator[int]:
    """A server in a process of its own; gives its port once it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-c", "from kb.cli import app; app()", "serve", "--no-build"]
    command += ["--index", str(index), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                get(http.client.HTTPConnection("127.0.0.1", port), "/readyz")
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(5)  # what is made ready after the first visitors may come
        yield port
    finally:
        server.terminate()
        server.wait()


def get(connection: http.client.HTTPConnection, path: str) -> float:
    """Milliseconds to the last byte of an answer."""
    started = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    connection.getresponse().read()
    return (time.perf_counter() - started) * 1000


def server_times(port: int, lang: Lang) -> dict[str, dict[str, float]]:
    """Milliseconds of case pages (first and later views) and of pages of results."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/api/v1/explore")
    cases = json.loads(connection.getresponse().read())["cases"]
    addresses = [f"{PREFIX[lang]}/cases/{case['id']}" for case in cases]
    lines = QUESTIONS.read_text("utf-8").splitlines()[::6]
    questions = [f"{PREFIX[lang]}/?q={quote(json.loads(line)['text'])}" for line in lines]
    return {
        "case, first view": spread([get(connection, address) for address in addresses]),
        "case, later views": spread([get(connection, address) for address in addresses]),
        "results": spread([get(connection, address) for address in questions]),
    }


def spread(times: list[float]) -> dict[str, float]:
    """How many, the middle one and the 95th percentile."""
    cuts = statistics.quantiles(times, n=20)
    return {"n": len(times), "p50": round(cuts[9], 1), "p95": round(cuts[18], 1)}


def visit(browser: Browser, address: str, asked: argparse.Namespace) -> dict[str, Any]:
    """Weight (bytes), elements, and LCP (milliseconds, least and middle) of a first visit."""
    paints: list[float] = []
    sizes: list[float] = []
    element, elements = "", 0
    for _ in range(asked.rounds):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale=asked.lang)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        sizes = []
        session.on("Network.loadingFinished", lambda e: sizes.append(e["encodedDataLength"]))  # noqa: B023
        page.add_init_script(OBSERVE)
        page.goto(address, wait_until="networkidle")
        page.evaluate(
            "async () => { while (!paints.length) await new Promise(requestAnimationFrame); }"
        )
        page.wait_for_timeout(SETTLED)
        at, element = page.evaluate("paints.at(-1)")
        elements = page.evaluate("document.querySelectorAll('*').length")
        paints.append(at)
        context.close()
    return {
        "bytes": round(sum(sizes)),
        "elements": elements,
        "lcp_ms": [round(min(paints)), round(statistics.median(paints))],
        "lcp_element": element,
    }


def as_text(measured: dict[str, Any]) -> str:
    """The figures as two tables."""
    lines = [f"{'':18} {'n':>5} {'p50 ms':>8} {'p95 ms':>8}"]
    for name, times in measured["server_ms"].items():
        lines.append(f"{name:18} {times['n']:5} {times['p50']:8} {times['p95']:8}")
    lines.append(f"\n{'':18} {'KB':>6} {'elements':>9} {'LCP ms, least':>14} {'middle':>7}")
    for kind, page in measured["pages"].items():
        least, middle = page["lcp_ms"]
        figures = f"{page['bytes'] / 1000:6.1f} {page['elements']:9} {least:14} {middle:7}"
        lines.append(f"{kind:18} {figures} {page['lcp_element']}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
