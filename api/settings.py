"""What an operator can configure, and the limits that keep one client from starving the others."""

from collections.abc import Mapping
from dataclasses import dataclass

FIELD = "image"
"""The name of the picture in forms and in JSON."""


@dataclass(frozen=True)
class Settings:
    """How the API guards itself.

    api_key: what a client must send to have photos analysed; None lets everybody in.
    allowed_origins: websites whose scripts may read answers (CORS); "*" for all.
    allowed_hosts: names by which clients may call the server; empty for those that its address suggests.
    max_bytes: of one request body, form included.
    max_pixels: of one picture.
    body_seconds: time in which a request body must arrive.
    bodies_per_address: request bodies that may arrive at the same time from one client.
    max_arriving_bytes: that unfinished request bodies may have in memory, those of all clients together.
    retry_seconds: how long a refused client is told to wait.
    """

    api_key: str | None = None
    allowed_origins: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    max_bytes: int = 20 * 1024 * 1024
    max_pixels: int = 50_000_000
    body_seconds: float = 30.0
    bodies_per_address: int = 32
    max_arriving_bytes: int = 200 * 1024 * 1024
    retry_seconds: int = 2

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Reads `API_KEY`, `API_ALLOWED_ORIGINS` and `ALLOWED_HOSTS`; an empty value counts as not set.

        Origins and hosts are separated by commas.
        """

        def several(name: str) -> tuple[str, ...]:
            return tuple(filter(None, map(str.strip, environment.get(name, "").split(","))))

        return cls(environment.get("API_KEY") or None, several("API_ALLOWED_ORIGINS"), several("ALLOWED_HOSTS"))
