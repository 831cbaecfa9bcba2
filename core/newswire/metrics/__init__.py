"""Metrics: how the room stands, in numbers, for Prometheus and what reads its formats."""

from newswire.metrics.app import MetricsApp
from newswire.metrics.meter import Meter

__all__ = ["Meter", "MetricsApp"]
