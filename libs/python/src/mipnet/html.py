"""Results as HTML in a notebook: tables and small pictures in the colours of the page around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

# More rows than these are counted, not listed.
_most_rows = 20
_most_classes = 20
_blue = "70, 130, 220"
_verdict_colours = {
    "robust": "60, 160, 90",
    "adversarial": "215, 90, 60",
    "misclassified": "160, 120, 60",
    "unresolved": "130, 130, 130",
}


def page_of_training(figures: Mapping[str, Any], complete: bool) -> str:
    """Figures of a training, and its confusion matrix on the test rows."""
    accuracy, network, dataset = figures["accuracy"], figures["network"], figures["dataset"]
    parts = figures["subproblems"]
    rows: list[tuple[str, str]] = [
        *((f"accuracy, {part} rows", _percent(accuracy[part])) for part in ("test", "validation", "train")),
        ("rows", f"{dataset['train']} for training, {dataset['test']} for the test"),
        ("weights", f"{network['parameters']}, {network['nonZero']} not 0, {network['domain']}"),
        ("objective", _number(figures["objective"])),
        ("bound", _number(figures["bound"])),
        ("gap", _percent(figures["gap"])),
        ("MIPs", f"{parts['total']}, {parts['optimal']} proven optimal"),
        ("seconds", f"{figures['seconds']['wall']:.1f}"),
    ]
    title = f"mipnet {figures['run']}{'' if complete else ' (incomplete)'}"
    matrix = "" if figures.get("test") is None else _confusion(dataset["classes"], figures["test"]["confusion"])
    return _block(title, [_pairs(row for row in rows if row[1]), matrix])


def page_of_evaluation(figures: Mapping[str, Any]) -> str:
    """Figures on rows with labels, and the confusion matrix."""
    test = figures["test"]
    rows = [
        ("rows", str(figures["dataset"]["test"])),
        ("accuracy", _percent(test["accuracy"])),
        ("balanced accuracy", _percent(test["balancedAccuracy"])),
        ("F1", _number(test["f1"])),
        ("AUC", _number(test["auc"])),
    ]
    return _block(
        "mipnet evaluate",
        [_pairs(row for row in rows if row[1]), _confusion(figures["dataset"]["classes"], test["confusion"])],
    )


def page_of_verdicts(figures: Mapping[str, Any]) -> str:
    """How often there is each verdict, and the verdict about each of the first rows."""
    results = figures["results"]
    counts = {name: sum(each["verdict"] == name for each in results) for name in _verdict_colours}
    summary = _pairs((name, f"{count} of {len(results)}") for name, count in counts.items() if count > 0)
    body = [
        [
            str(each["row"] if each.get("row") is not None else at),
            str(each.get("class", "")),
            _badge(each["verdict"]),
            str(each.get("by") or ""),
            _number(each.get("bound")),
            f"{each['seconds']:.2f}",
        ]
        for at, each in enumerate(results[:_most_rows])
    ]
    table = _table(["row", "class", "verdict", "by", "margin at least", "seconds"], body, raw={2})
    left = f"<p>and {len(results) - _most_rows} rows more</p>" if len(results) > _most_rows else ""
    title = f"mipnet verify, epsilon {figures['epsilon']}, {figures['norm']}"
    return _block(title, [summary, table + left])


def page_of_curve(figures: Mapping[str, Any]) -> str:
    """Certified accuracy by distance, as a table with bars."""
    body = [
        [str(each["epsilon"]), _percent(each["certifiedAccuracy"]), _bar(each["certifiedAccuracy"])]
        + [str(each[name]) for name in _verdict_colours]
        for each in figures["epsilons"]
    ]
    table = _table(["epsilon", "certified", "", *_verdict_colours], body, raw={2})
    return _block(f"mipnet verify, {figures['norm']}", [table])


def _block(title: str, parts: Iterable[str]) -> str:
    cells = "".join(f'<div style="margin:0 2em 1em 0">{part}</div>' for part in parts if part)
    return f'<div><p><strong>{escape(title)}</strong></p><div style="display:flex;flex-wrap:wrap">{cells}</div></div>'


def _pairs(rows: Iterable[tuple[str, str]]) -> str:
    body = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(value)}</td></tr>'
        for name, value in rows
    )
    return f"<table>{body}</table>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], raw: set[int]) -> str:
    """@param raw columns whose cells are HTML already"""
    top = "".join(f'<th scope="col" style="text-align:left">{escape(name)}</th>' for name in head)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:left">{cell if at in raw else escape(cell)}</td>' for at, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _confusion(classes: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    """A cell is the darker the more rows of its class it has."""
    if len(classes) > _most_classes:
        return ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in classes)
    body = ""
    for name, row in zip(classes, counts, strict=True):
        total = max(1, sum(row))
        cells = "".join(
            f'<td style="text-align:right;background:rgba({_blue},{0.6 * count / total:.2f})">{count}</td>'
            for count in row
        )
        body += f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>{cells}</tr>'
    caption = '<caption style="text-align:left">class of the row (left), predicted class (top)</caption>'
    return f"<table>{caption}<thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>"


def _badge(verdict: str) -> str:
    colour = _verdict_colours.get(verdict, _verdict_colours["unresolved"])
    return f'<span style="border-left:0.6em solid rgb({colour});padding-left:0.4em">{escape(verdict)}</span>'


def _bar(share: float) -> str:
    return (
        f'<div style="width:10em;border:1px solid rgba({_blue},0.5)">'
        f'<div style="width:{100 * share:.1f}%;height:0.8em;background:rgba({_blue},0.6)"></div></div>'
    )


def _percent(value: Any) -> str:
    return "" if value is None else f"{100 * float(value):.2f}%"


def _number(value: Any) -> str:
    return "" if value is None else f"{float(value):.5g}"
