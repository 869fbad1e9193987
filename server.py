"""The app and its REST API in one process, on one port, with one loaded model.

python server.py
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow loads, or its notices fill the console

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import streamlit as st

from api.predictions import Predictions
from api.routes import create_routes
from api.settings import Settings
from components.memory import limit_pools
from model.admission import shared_queue
from model.predictor import shared_predictor

SCRIPT = Path(__file__).resolve().with_name("streamlit_app.py")

limit_pools()
settings = Settings.from_environment(os.environ)
predictions = Predictions(shared_predictor, settings, shared_queue)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Loads the model while the first pages are already being served."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(predictions.warm_up)
        yield


app = st.App(SCRIPT, routes=create_routes(predictions, settings), lifespan=lifespan)


def main(arguments: list[str] | None = None) -> None:
    """Serves until the process is stopped."""
    options = _parser().parse_args(arguments)
    app.run(config={"server.address": options.host, "server.port": options.port, "server.headless": True})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python server.py",
        description="Serves the app at / and its REST API at /api, described at /api/docs.",
        epilog="The environment variable API_KEY sets a key that clients of the API must send; API_ALLOWED_ORIGINS "
        "lists the websites, separated by commas, whose scripts may use the API.",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 for all (default: %(default)s)"
    )
    parser.add_argument("--port", type=int, default=8501, help="default: %(default)s")
    return parser


if __name__ == "__main__":
    main()
