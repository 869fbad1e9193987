"""The app and its REST API in one process, on one port, with one loaded model.

python server.py
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow loads, or its notices fill the console

import argparse
import contextlib
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import streamlit as st
import streamlit.config
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp

from api.connections import BACKLOG, MAX_CONNECTIONS, GuardedProtocol, throttle_logs
from api.guards import BoundedPages, SafeHeaders
from api.predictions import Predictions
from api.routes import create_routes
from api.settings import Settings
from components.memory import limit_pools
from components.sessions import end_closed_sessions
from model.admission import shared_queue
from model.predictor import shared_predictor

SCRIPT = Path(__file__).resolve().with_name("streamlit_app.py")

THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")
ALL_ADDRESSES = ("0.0.0.0", "::")  # noqa: S104
STOP_SECONDS = 5
"""Answers and pages that are open when the server is stopped have this long."""


def main(arguments: list[str] | None = None) -> None:
    """Serves until the process is stopped."""
    options = _parser().parse_args(arguments)
    settings = Settings.from_environment(os.environ)
    listener = _listen(options.host, options.port)
    limit_pools()
    throttle_logs()
    config = uvicorn.Config(
        create_app(settings, allowed_hosts(options.host, settings.allowed_hosts), api_only=options.api_only),
        http=GuardedProtocol,
        ws="websockets-sansio",
        ws_max_size=st.get_option("server.maxMessageSize") * 2**20,
        backlog=BACKLOG,
        limit_concurrency=MAX_CONNECTIONS + 1,  # counting the one that asks
        timeout_graceful_shutdown=STOP_SECONDS,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
    print(f"Serving at http://{_name(options.host)}:{listener.getsockname()[1]}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run([listener])
    os._exit(0)  # not waiting for the photo that is being analysed


def create_app(settings: Settings, hosts: list[str], api_only: bool = False) -> ASGIApp:
    """The pages and the API, or the API alone, for clients that call the server by one of the names `hosts`."""
    predictions = Predictions(shared_predictor, settings, shared_queue)

    @contextlib.asynccontextmanager
    async def lifespan(_: ASGIApp) -> AsyncIterator[None]:
        """Loads the model while the first pages are already being served."""
        streamlit.config.set_option("server.fileWatcherType", "none")  # a server in use is not edited
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(predictions.warm_up)
            if not api_only:
                tasks.start_soon(end_closed_sessions)
            yield
            tasks.cancel_scope.cancel()

    routes = create_routes(predictions, settings)
    middleware = [
        Middleware(SafeHeaders),
        Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        Middleware(BoundedPages),
    ]
    if api_only:
        return Starlette(routes=routes, middleware=middleware, lifespan=lifespan)
    return st.App(SCRIPT, routes=routes, middleware=middleware, lifespan=lifespan)


def allowed_hosts(host: str, named: tuple[str, ...]) -> list[str]:
    """The names by which clients may call the server; "*" if any.

    Otherwise a website could give its own name this server's address, and read pages and answers as if they were its
    own (DNS rebinding).

    Args:
        host: that the server listens on.
        named: by the operator; if there are any, they count, and this machine's.
    """
    if not named and host in ALL_ADDRESSES:
        return ["*"]
    return [*THIS_MACHINE, *(named or [_name(host)])]


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; ends the program with one sentence if there can be none."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        both = host == "::" and socket.has_dualstack_ipv6()
        return socket.create_server((str(address[0]), port), family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except (socket.gaierror, UnicodeError):
        sys.exit(f"The host {host} is unknown. Choose an address of this machine with --host.")
    except OSError as error:
        sys.exit(f"Port {port} is not available at {host}: {os.strerror(error.errno or 0)}. Choose another --port.")


def _name(host: str) -> str:
    """The host as it is in addresses of pages."""
    return f"[{host}]" if ":" in host else host


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"it must be a number from 0 to 65535. Received: {text!r}")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python server.py",
        description="Serves the app at / and its REST API at /api, described at /api/docs.",
        epilog="Environment variables: API_KEY sets a key that clients of the API must send (the pages stay open to "
        "everybody); API_ALLOWED_ORIGINS lists the websites whose scripts may use the API, and ALLOWED_HOSTS the names "
        "by which the server may be called, both separated by commas.",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 for all (default: %(default)s)"
    )
    parser.add_argument("--port", type=_port, default=8501, help="default: %(default)s; 0 for any that is free")
    parser.add_argument("--api-only", action="store_true", help="serves no pages")
    return parser


if __name__ == "__main__":
    main()
