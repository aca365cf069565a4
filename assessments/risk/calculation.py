"""How a risk follows from asset value, threat frequency and vulnerability, each graded 1 to 5 (GB/T 20984).

The standard of 2022 leaves the calculation to the assessor; the matrices of 2007 appendix A are the customary ones and
are data (``data/matrices.json``), so that an organization can keep an edition of its own. Nothing here reads the
database.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCALE = range(1, 6)
Grid = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class RiskResult:
    """A risk by one method. The levels of likelihood and loss are None where the method has none (product)."""

    likelihood: float
    likelihood_level: int | None
    loss: float
    loss_level: int | None
    value: int
    level: int


@dataclass(frozen=True)
class Matrices:
    """One edition of the tables: grids by row and column 1 to 5, bands as the upper ends of levels 1 to 5.

    ``likelihood[threat][vulnerability]``, ``loss[asset][vulnerability]``, ``risk[loss level][likelihood level]``.
    """

    edition: str
    basis: str
    likelihood: Grid
    loss: Grid
    risk: Grid
    likelihood_bands: tuple[int, ...]
    loss_bands: tuple[int, ...]
    risk_bands: tuple[int, ...]
    product_bands: tuple[int, ...]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Matrices:
        """The tables of ``data``, checked. Raises ValueError naming the table that cannot be used, and why."""
        grids = {name: _grid(name, data.get(name)) for name in ("likelihood", "loss", "risk")}
        bands = {name: _bands(name, data.get(name)) for name in (*(f"{g}_bands" for g in grids), "product_bands")}
        for name, grid in grids.items():
            if grid[-1][-1] > bands[f"{name}_bands"][-1]:
                raise ValueError(f"{name}: 最大值 {grid[-1][-1]} 超出分级上限 {bands[f'{name}_bands'][-1]}")
        if bands["product_bands"][-1] < 25:
            raise ValueError("product_bands: 上限不能小于 25")
        values: dict[str, Any] = {**grids, **bands}
        return cls(edition=str(data["edition"]), basis=str(data.get("basis", "")), **values)


def _grid(name: str, rows: Any) -> Grid:
    """Five rows of five whole numbers that grow along both ways, so that a worse input is never a smaller risk."""
    if not _is_list(rows, 5) or not all(_is_list(row, 5) for row in rows):
        raise ValueError(f"{name}: 应为 5 行 5 列")
    if any(type(cell) is not int or cell < 1 for row in rows for cell in row):
        raise ValueError(f"{name}: 应为正整数")
    across = all(row[i] <= row[i + 1] for row in rows for i in range(4))
    if not across or any(rows[i][j] > rows[i + 1][j] for i in range(4) for j in range(5)):
        raise ValueError(f"{name}: 每行从左到右、每列从上到下不能变小")
    return tuple(tuple(row) for row in rows)


def _bands(name: str, ends: Any) -> tuple[int, ...]:
    if not _is_list(ends, 5) or any(type(end) is not int for end in ends):
        raise ValueError(f"{name}: 应为 5 个整数")
    if any(ends[i] >= ends[i + 1] for i in range(4)) or ends[0] < 1:
        raise ValueError(f"{name}: 各级上限应逐级增大")
    return tuple(ends)


def _is_list(value: Any, size: int) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and len(value) == size


SHIPPED = Matrices.of(json.loads((Path(__file__).parent / "data" / "matrices.json").read_text(encoding="utf-8")))


def matrix_method(*, asset: int, threat: int, vulnerability: int, matrices: Matrices = SHIPPED) -> RiskResult:
    """The risk by tables: likelihood from threat and vulnerability, loss from asset and vulnerability, then both.

    Each argument 1 to 5, else ValueError. Source: GB/T 20984-2007 appendix A, or the edition of ``matrices``.
    """
    a, t, v = _graded(asset=asset, threat=threat, vulnerability=vulnerability)
    likelihood, loss = matrices.likelihood[t - 1][v - 1], matrices.loss[a - 1][v - 1]
    likelihood_level = _level(likelihood, matrices.likelihood_bands)
    loss_level = _level(loss, matrices.loss_bands)
    value = matrices.risk[loss_level - 1][likelihood_level - 1]
    return RiskResult(likelihood, likelihood_level, loss, loss_level, value, _level(value, matrices.risk_bands))


def product_method(*, asset: int, threat: int, vulnerability: int, matrices: Matrices = SHIPPED) -> RiskResult:
    """The risk as √(threat × vulnerability) × √(asset × vulnerability), rounded half up to 1 … 25.

    Each argument 1 to 5, else ValueError. Source: GB/T 20984-2007 appendix A.
    """
    a, t, v = _graded(asset=asset, threat=threat, vulnerability=vulnerability)
    value = (math.isqrt(4 * v * v * t * a) + 1) // 2  # exact, where a product of two floats might fall below a half
    return RiskResult(math.sqrt(t * v), None, math.sqrt(a * v), None, value, _level(value, matrices.product_bands))


METHODS = {"matrix": matrix_method, "product": product_method}


def asset_value(*, confidentiality: int, integrity: int, availability: int, rule: str = "log") -> int:
    """The value of an asset, 1 to 5, from its three grades: ``log`` (log₂ of the mean of 2ⁿ), ``max`` or ``mean``.

    Rounded half up. ValueError for a grade outside 1 to 5 or an unknown rule. The standard fixes no rule.
    """
    grades = _graded(confidentiality=confidentiality, integrity=integrity, availability=availability)
    if rule == "max":
        return max(grades)
    if rule == "mean":
        return (2 * sum(grades) + 3) // 6
    if rule == "log":
        return math.floor(math.log2(sum(2**grade for grade in grades) / 3) + 0.5)
    raise ValueError(f"unknown rule {rule!r}; there are log, max, mean")


def _graded(**grades: int) -> tuple[int, ...]:
    for name, grade in grades.items():
        if type(grade) is not int or grade not in SCALE:
            raise ValueError(f"{name} must be a whole number from 1 to 5, not {grade!r}")
    return tuple(grades.values())


def _level(value: int, bands: tuple[int, ...]) -> int:
    """The first level whose upper end is not exceeded."""
    return next(level for level, end in enumerate(bands, 1) if value <= end)
