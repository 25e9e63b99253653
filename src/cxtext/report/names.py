"""File names of the market pages: safe on every system, and different for different markets."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

LONGEST = 40
# Windows takes these for devices, whatever their ending.
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def page_names(markets: Sequence[str]) -> dict[str, str]:
    """Return market -> `report-<market>.html`; a name that had to be changed ends in a hash of what it was.

    "DK" gives report-DK.html, "Côte d'Ivoire" report-Cote-d-Ivoire-<hash>.html, "../x" report-x-<hash>.html.
    "dk" beside "DK" gets a hash too: on many systems both names are one file.
    """
    alike = Counter(market.casefold() for market in markets)
    return {market: _page_name(market, alone=alike[market.casefold()] == 1) for market in markets}


def _page_name(market: str, *, alone: bool) -> str:
    plain = unicodedata.normalize("NFKD", market).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")
    if slug and slug == market and alone and not DEVICES.fullmatch(slug):
        return f"report-{slug}.html"
    digest = hashlib.sha256(market.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"report-{slug}-{digest}.html" if slug else f"report-{digest}.html"
