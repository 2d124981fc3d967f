"""Numbers as people read them: no powers of ten, no digits that mean nothing."""

from math import floor, isfinite, isnan, log10


def number(value: float) -> str:
    """Write a number with three digits that count, or all before the point.

    Examples
    --------
    >>> number(12345.6), number(12.345), number(0.0123), number(0.0)
    ('12,346', '12.3', '0.0123', '0')
    """
    if not isfinite(value):
        return "?"
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:.6f}".rstrip("0").rstrip(".") if "e" in text else text.replace("-0", "0") if text == "-0" else text


def with_trust(mean: float, width: float) -> str:
    """Write a mean with its half width, to two digits of the latter.

    Examples
    --------
    >>> with_trust(0.97123, 0.0048), with_trust(12345.6, 131.0), with_trust(204.0, 0.0)
    ('0.9712 ± 0.0048', '12,346 ± 131', '204 ± 0')
    """
    if not width > 0:
        return f"{number(mean)} ± {'?' if isnan(width) else 0}"
    digits = min(12, max(0, 1 - floor(log10(width))))
    return f"{mean:,.{digits}f} ± {width:,.{digits}f}"
