"""Money is a whole number of đồng. No decimals, no other currency."""

MOST = 10**12
"""The largest amount of one payment, in đồng (C-25)."""


def dong(amount: int) -> str:
    """As people read it: 8.000 đồng."""
    return f"{amount:,}".replace(",", ".") + " đồng"
