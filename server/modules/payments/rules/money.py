"""Money is a whole number of đồng. No decimals, no other currency."""

MOST = 10**12
"""The largest amount of one payment, in đồng (C-25)."""


def is_amount(given: object) -> bool:
    """Whether it is money somebody can pay: a whole number, 1 to 10^12. `True` is no number here."""
    return type(given) is int and 1 <= given <= MOST


def dong(amount: int) -> str:
    """As people read it: 8.000 đồng."""
    return f"{amount:,}".replace(",", ".") + " đồng"
