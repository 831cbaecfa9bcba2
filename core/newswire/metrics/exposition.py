"""Metrics as text: Prometheus 0.0.4, or OpenMetrics 1.0 for those that ask for it. Pure.

https://prometheus.io/docs/instrumenting/exposition_formats/ and
https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newswire.metrics.families import Family, Samples

Format = Literal["prometheus", "openmetrics"]
MEDIA_TYPES: dict[Format, str] = {
    "prometheus": "text/plain; version=0.0.4; charset=utf-8",
    "openmetrics": "application/openmetrics-text; version=1.0.0; charset=utf-8",
}
_ENDINGS = {"counter": "_total", "info": "_info"}


def accepted(accept: str) -> Format:
    """The format that an ``Accept`` field asks for (RFC 9110, 12.5.1); Prometheus' own where it says nothing."""
    wishes = {"application/openmetrics-text": 0.0, "text/plain": 0.0}
    for part in accept.lower().split(","):
        kind, *parameters = (word.strip() for word in part.split(";"))
        if kind in wishes:
            weight = next((word[2:] for word in parameters if word.startswith("q=")), "1")
            wishes[kind] = max(wishes[kind], _number(weight))
    openmetrics, plain = wishes.values()
    return "openmetrics" if openmetrics > 0 and openmetrics >= plain else "prometheus"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def write(metrics: Iterable[Samples], format: Format) -> bytes:  # noqa: A002  # the word for it
    """The text of metrics; one without a value is left out."""
    lines = [line for samples in metrics if samples.values for line in _lines(samples, format)]
    if format == "openmetrics":
        lines.append("# EOF")
    return "".join(f"{line}\n" for line in lines).encode()


def name_of(family: Family) -> str:
    """The name that queries go by; of a summary the part before ``_sum`` and ``_count``."""
    return family.name + _ENDINGS.get(family.kind, "")


def _lines(samples: Samples, format: Format) -> Iterator[str]:  # noqa: A002  # as above
    family = samples.family
    name, told, kind = name_of(family), family.name, family.kind
    if format == "prometheus":
        # 0.0.4 knows no info, and names a counter by its sample.
        told, kind = name, "gauge" if kind == "info" else kind
    yield f"# HELP {told} {_escaped(family.help, quoted=format == 'openmetrics')}"
    yield f"# TYPE {told} {kind}"
    if format == "openmetrics" and family.unit:
        yield f"# UNIT {told} {family.unit}"
    for position, (values, value) in enumerate(samples.values):
        labels = _labels(family, values)
        if family.kind == "summary":
            yield f"{name}_sum{labels} {_value(value)}"
            yield f"{name}_count{labels} {_value(samples.counts[position])}"
        else:
            yield f"{name}{labels} {_value(value)}"


def _labels(family: Family, values: tuple[str, ...]) -> str:
    if not values:
        return ""
    pairs = zip(family.labels, values, strict=True)
    return "{" + ",".join(f'{label}="{_escaped(value, quoted=True)}"' for label, value in pairs) + "}"


def _escaped(text: str, *, quoted: bool) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quoted else text


def _value(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
