"""What an operator can configure, and the limits that keep one client from starving the others."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """How the API guards itself.

    api_key: what a client must send to have photos analysed; None lets everybody in.
    allowed_origins: websites whose scripts may read answers (CORS); "*" for all.
    max_bytes: of one request body, form included.
    max_pixels: of one picture.
    body_seconds: time in which a request body must arrive, since it holds a place in the queue meanwhile.
    retry_seconds: how long a refused client is told to wait.
    """

    api_key: str | None = None
    allowed_origins: tuple[str, ...] = ()
    max_bytes: int = 20 * 1024 * 1024
    max_pixels: int = 50_000_000
    body_seconds: float = 30.0
    retry_seconds: int = 2

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Reads `API_KEY` and `API_ALLOWED_ORIGINS` (separated by commas); an empty value counts as not set."""
        origins = (origin.strip() for origin in environment.get("API_ALLOWED_ORIGINS", "").split(","))
        return cls(api_key=environment.get("API_KEY") or None, allowed_origins=tuple(filter(None, origins)))
