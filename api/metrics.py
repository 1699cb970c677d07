"""Prometheus metrics: requests and their time by route, and which index generation answers.

Each app has a registry of its own, so that several can live in one process (as in tests).
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.routing import template
from indexer.errors import IndexerError
from indexer.live import LiveIndex

# Seconds. A search takes a few milliseconds, so the buckets are fine at that end.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.03, 0.06, 0.125, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The metrics of one app."""

    def __init__(self, live: LiveIndex) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "casebook_http_requests",
            "HTTP requests by route and status",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "casebook_http_request_seconds",
            "Time to answer, by route",
            ["method", "route"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.registry.register(IndexCollector(live))

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)


class IndexCollector(Collector):
    """Reads the published index when metrics are asked for, so they never lag behind it."""

    def __init__(self, live: LiveIndex) -> None:
        self.live = live

    def collect(self) -> Iterator[GaugeMetricFamily | InfoMetricFamily]:
        """Yield whether an index is open, which one, and how large it is."""
        up = GaugeMetricFamily("casebook_index_up", "1 if an index is open")
        try:
            manifest = self.live.searcher().manifest
        except IndexerError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        labels = {
            "generation": manifest.generation,
            "encoder": manifest.encoder,
            "quality": manifest.quality,
        }
        yield InfoMetricFamily("casebook_index", "The generation that answers", labels)
        cases = GaugeMetricFamily("casebook_index_cases", "Cases in the index")
        cases.add_metric([], manifest.cases)
        yield cases
        passages = GaugeMetricFamily("casebook_index_passages", "Passages in the index")
        passages.add_metric([], manifest.passages)
        yield passages


class MeasureRequests:
    """Times each request under its route's template (``/cases/{case_id}``, not each id)."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500
        started = time.perf_counter()

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            route = template(scope) or ("other" if status < 400 else "unmatched")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self.metrics.observe(method, route, status, time.perf_counter() - started)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
