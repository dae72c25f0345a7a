"""What this process counts, for Prometheus: requests by route, their time, and the database's pools."""

from collections.abc import Iterator
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.pool import QueuePool

from app.core.database import reads, writes

registry = CollectorRegistry()
REQUESTS = Counter("http_requests", "Requests answered.", ["method", "route", "status"], registry=registry)
SECONDS = Histogram("http_request_seconds", "Time to the end of the answer.", ["method", "route"], registry=registry)
IN_FLIGHT = Gauge("http_requests_in_flight", "Requests being answered.", registry=registry)


class Pools(Collector):
    """Connections of the engines: how many there may be and how many are in use."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        size = GaugeMetricFamily("database_pool_size", "Connections that the pool keeps.", labels=["engine"])
        used = GaugeMetricFamily("database_pool_in_use", "Connections in use.", labels=["engine"])
        for name, engine in (("reads", reads), ("writes", writes)):
            if isinstance(engine.pool, QueuePool):
                size.add_metric([name], engine.pool.size())
                used.add_metric([name], engine.pool.checkedout())
        yield size
        yield used


@lru_cache(4096)
def _series(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, str(status)), SECONDS.labels(method, route)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request that was answered. `route` is the template of its path, never the path."""
    requests, time = _series(method, route, status)
    requests.inc()
    time.observe(seconds)


def rendered() -> bytes:
    """All of it, in Prometheus' text format."""
    return generate_latest(registry)


registry.register(Pools())
ProcessCollector(registry=registry)
GCCollector(registry=registry)
