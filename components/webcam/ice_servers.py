"""STUN and TURN servers for live video, read from the secrets; without any in the secrets, none are used.

In `.streamlit/secrets.toml`, or in the settings of Streamlit Community Cloud:

[[ice_servers]]
urls = "turn:turn.example.org:3478"
username = "name"
credential = "password"
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from model.errors import UserError

KEY = "ice_servers"
ADDRESS = re.compile(r"(stun|turn)s?:[^/\s]+")


class IceServerError(UserError):
    """The servers in the secrets cannot be used; the message says what to change."""


def read_ice_servers() -> list[dict[str, Any]]:
    """The servers in the secrets, in the form of a browser's `RTCIceServer`; empty without secrets.

    Raises:
        IceServerError: if an entry cannot be used.
    """
    if not st.secrets.load_if_toml_exists():
        return []
    return check_ice_servers(st.secrets.get(KEY, []))


def check_ice_servers(entries: object) -> list[dict[str, Any]]:
    """Checks the entries and returns plain dictionaries with `urls` and, for TURN, `username` and `credential`.

    Raises:
        IceServerError: if an entry cannot be used.
    """
    if not isinstance(entries, Sequence) or not all(isinstance(entry, Mapping) for entry in entries):
        raise IceServerError(f"Begin each server in the secrets with the line [[{KEY}]].")
    return [_check(entry) for entry in entries]


def has_turn(servers: list[dict[str, Any]]) -> bool:
    """Whether any server relays video, which is necessary if browser and app cannot reach each other directly."""
    return any(url.startswith("turn") for server in servers for url in server["urls"])


def _check(entry: Mapping[str, Any]) -> dict[str, Any]:
    urls = entry.get("urls")
    urls = [urls] if isinstance(urls, str) else urls
    if not (isinstance(urls, list) and urls and all(ADDRESS.fullmatch(str(url)) for url in urls)):
        raise IceServerError(f"Give each server under {KEY} in the secrets `urls` such as turn:turn.example.org:3478.")
    server: dict[str, Any] = {"urls": urls}
    if has_turn([server]):
        if not entry.get("username") or not entry.get("credential"):
            raise IceServerError(f"Give {urls[0]} a `username` and a `credential` in the secrets.")
        server |= {"username": str(entry["username"]), "credential": str(entry["credential"])}
    return server
