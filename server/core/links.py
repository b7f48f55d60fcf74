"""Addresses elsewhere that others name and a resident is led to."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit


def public_link(link: str) -> bool:
    """Whether a resident may be sent there: https, a public host by name, no credentials, no port of its own."""
    try:
        url = urlsplit(link)
        host = url.hostname or ""
        if url.scheme != "https" or url.username is not None or url.port not in (None, 443) or "\\" in link:
            return False
    except ValueError:
        return False
    try:
        ip_address(host)
    except ValueError:
        return bool(re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", host)) and not host.endswith((".local", ".internal"))
    return False
