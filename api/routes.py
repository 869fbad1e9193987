"""The addresses under /api."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from api.access import KEY_HEADER, check_key
from api.arrivals import Arrivals
from api.body import read_picture
from api.docs import CONTENT_SECURITY_POLICY, render
from api.errors import ApiError, answer_error, answer_failure
from api.openapi import describe
from api.parameters import DISTRIBUTION, read_switch
from api.predictions import Predictions
from api.settings import Settings
from model.version import VERSION

ROOT = "/api"


def create_routes(predictions: Predictions, settings: Settings) -> list[BaseRoute]:
    """The API as routes, to go before those of another app."""
    return [
        Mount(ROOT, app=_create_api(predictions, settings)),
        Route(ROOT, lambda _: RedirectResponse(f"{ROOT}/docs")),
    ]


def _create_api(predictions: Predictions, settings: Settings) -> Starlette:
    document = describe(settings)
    arrivals = Arrivals(settings.bodies_per_address, settings.max_arriving_bytes)

    async def predict(request: Request) -> Response:
        check_key(request, settings.api_key)
        distribution = read_switch(request, DISTRIBUTION)
        picture = await read_picture(request, settings, arrivals)
        with predictions.place():
            answer = await _while_connected(request, predictions.predict(picture, distribution))
        return JSONResponse(answer)

    async def health(_: Request) -> Response:
        model = predictions.check()
        return JSONResponse({"status": "ok", "version": VERSION, "model": model})

    async def openapi(_: Request) -> Response:
        return JSONResponse(document)

    async def docs(request: Request) -> Response:
        server = f"{request.url.scheme}://{request.url.netloc}"
        return HTMLResponse(render(document, server), headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY})

    api = Starlette(
        routes=[
            Route("/predict", predict, methods=["POST"]),
            Route("/health", health),
            Route("/openapi.json", openapi),
            Route("/docs", docs),
        ],
        middleware=_cross_origin(settings),
        exception_handlers={HTTPException: answer_error, Exception: answer_failure},
    )
    api.router.redirect_slashes = False  # an unknown address gets a 404 in the API's own format
    return api


async def _while_connected(request: Request, work: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """The result of the work, which is cancelled if the client goes, so that others take its place in the queue."""
    answer, gone = asyncio.ensure_future(work), asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        raise ApiError("unreadable", "The connection was closed before the answer was there.")
    finally:
        answer.cancel()
        gone.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _cross_origin(settings: Settings) -> list[Middleware]:
    """CORS for the allowed origins; without any, browsers hide the answers from scripts of other sites."""
    if not settings.allowed_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", KEY_HEADER],
            expose_headers=["Retry-After"],
        )
    ]
