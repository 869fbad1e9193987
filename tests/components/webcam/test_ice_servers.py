from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.secrets import Secrets

from components.webcam.ice_servers import IceServerError, check_ice_servers, has_turn, read_ice_servers

TURN = {"urls": "turn:turn.example.org:3478", "username": "name", "credential": "password"}


def test_servers_come_in_the_form_browsers_take() -> None:
    servers = check_ice_servers([{"urls": "stun:stun.example.org"}, TURN])
    assert servers == [{"urls": ["stun:stun.example.org"]}, {**TURN, "urls": ["turn:turn.example.org:3478"]}]
    assert has_turn(servers)
    assert not has_turn(servers[:1])


def test_no_server_is_asked_unless_named() -> None:
    assert check_ice_servers([]) == []


@pytest.mark.parametrize(
    ("entries", "advice"),
    [
        ("turn:turn.example.org", "with the line"),
        (TURN, "with the line"),
        (["turn:turn.example.org"], "with the line"),
        ([{}], "such as turn:"),
        ([{"urls": []}], "such as turn:"),
        ([{"urls": 3478}], "such as turn:"),
        ([{"urls": "turn:"}], "such as turn:"),
        ([{"urls": "turn://turn.example.org"}], "such as turn:"),
        ([{"urls": "https://example.org"}], "such as turn:"),
        ([{"urls": ["stun:stun.example.org", 5]}], "such as turn:"),
        ([{"urls": "turn:turn.example.org"}], "`username` and a `credential`"),
        ([{**TURN, "credential": ""}], "`username` and a `credential`"),
    ],
)
def test_unusable_entry_is_refused_with_advice(entries: object, advice: str) -> None:
    with pytest.raises(IceServerError, match=advice):
        check_ice_servers(entries)


def test_error_does_not_reveal_the_credential() -> None:
    with pytest.raises(IceServerError) as error:
        check_ice_servers([{**TURN, "username": ""}])
    assert "password" not in str(error.value)


def test_secrets_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secrets.toml"
    monkeypatch.setattr(st, "secrets", Secrets())
    others = st.config.get_option
    monkeypatch.setattr(st.config, "get_option", lambda name: [str(file)] if name == "secrets.files" else others(name))
    assert read_ice_servers() == []
    file.write_text(
        '[[ice_servers]]\nurls = "turn:turn.example.org:3478"\nusername = "name"\ncredential = "password"\n'
    )
    assert read_ice_servers() == [{**TURN, "urls": ["turn:turn.example.org:3478"]}]
