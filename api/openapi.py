"""The OpenAPI 3.1 document of the API, with the limits of this server."""

from collections.abc import Iterable
from typing import Any

from api.access import KEY_HEADER
from api.errors import ERRORS
from api.parameters import DISTRIBUTION, SWITCHES
from api.settings import FIELD, Settings
from model.admission import WAITING
from model.face import CERTAIN_GENDER, UNCERTAIN
from model.image import FORMATS
from model.inspection.quality import WARNINGS
from model.labels import GENDERS, MAX_AGE
from model.version import VERSION

ANY_BYTES: dict[str, Any] = {}  # OpenAPI 3.1 describes raw binary content by an empty schema


def describe(settings: Settings) -> dict[str, Any]:
    """The document, as plain JSON values."""
    security_schemes = {
        "header": {"type": "apiKey", "in": "header", "name": KEY_HEADER},
        "bearer": {"type": "http", "scheme": "bearer"},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Age and gender from face photos",
            "version": VERSION,
            "summary": "A photo in, its faces with ages and genders out.",
            "description": (
                "Photos are analysed in memory; they are neither stored nor logged. The age is how old a face looks to "
                "people who label photos, the gender the label they would most likely give. Not for decisions about "
                "people, not for age checks, not for surveillance."
            ),
        },
        "paths": {
            "/api/predict": {"post": _predict(settings)},
            "/api/health": {"get": _health()},
        },
        "components": {"schemas": _schemas()} | ({"securitySchemes": security_schemes} if settings.api_key else {}),
    }


def _predict(settings: Settings) -> dict[str, Any]:
    errors = ["unreadable", "timeout", "too_large", "not_an_image", "wrong_form", "wrong_parameter", "internal", "busy"]
    errors.append("unavailable")
    operation = {
        "operationId": "predict",
        "summary": "Analyse a photo",
        "description": (
            f"The photo is the file in the form field `{FIELD}`, the whole request body, or text in the JSON field "
            f"`{FIELD}`, in base64 or as a data URL; its format is recognised from its bytes: {', '.join(FORMATS)}. "
            f"At most {settings.max_bytes / 2**20:g} MB and {settings.max_pixels / 1e6:g} megapixels. Photos are "
            f"analysed one at a time and at most {WAITING} may wait; the body must arrive within "
            f"{settings.body_seconds:g} seconds."
        ),
        "parameters": [
            {
                "name": DISTRIBUTION,
                "in": "query",
                "description": "The probability of each year of age, with each face.",
                "schema": {"type": "string", "enum": list(SWITCHES), "default": "0"},
            }
        ],
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": [FIELD],
                        "properties": {FIELD: {"type": "string", "format": "binary"}},
                    },
                    "encoding": {FIELD: {"contentType": "image/*, application/octet-stream"}},
                },
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": [FIELD],
                        "properties": {FIELD: {"type": "string", "format": "byte", "contentEncoding": "base64"}},
                    }
                },
                "image/*": {"schema": ANY_BYTES},
                "application/octet-stream": {"schema": ANY_BYTES},
            },
        },
        "responses": {
            "200": {
                "description": "The faces found, largest first; an empty list if there are none.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Prediction"}}},
            },
            **_errors([*errors, "unauthorized"] if settings.api_key else errors),
        },
    }
    return operation | ({"security": [{"header": []}, {"bearer": []}]} if settings.api_key else {})


def _health() -> dict[str, Any]:
    return {
        "operationId": "health",
        "parameters": [],
        "summary": "Check whether the model answers",
        "description": "Answers at once, even while photos are analysed.",
        "responses": {
            "200": {
                "description": "The model is loaded and has answered.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Health"}}},
            },
            **_errors(["loading", "unavailable"]),
        },
    }


def _errors(codes: Iterable[str]) -> dict[str, Any]:
    """A response for each HTTP status that the codes have between them."""
    meanings: dict[int, list[str]] = {}
    for code in codes:
        status, meaning = ERRORS[code]
        meanings.setdefault(status, []).append(f"`{code}`: {meaning}")
    return {str(status): _error(status, " ".join(lines)) for status, lines in sorted(meanings.items())}


def _error(status: int, description: str) -> dict[str, Any]:
    headers = {
        401: {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}},
        503: {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}},
    }
    return {
        "description": description,
        "headers": headers.get(status, {}),
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }


def _schemas() -> dict[str, Any]:
    years = {"type": "number", "minimum": 0, "maximum": MAX_AGE}
    coordinate, probability = {"type": "number"}, {"type": "number", "minimum": 0, "maximum": 1}
    point = {"type": "array", "items": coordinate, "minItems": 2, "maxItems": 2}
    return {
        "Prediction": _record(
            width=({"type": "integer", "minimum": 1}, "Of the upright photo, pixels."),
            height=({"type": "integer", "minimum": 1}, "Of the upright photo, pixels."),
            faces=({"type": "array", "items": {"$ref": "#/components/schemas/Face"}}, "Largest first."),
            model=({"$ref": "#/components/schemas/Model"}, "Which model answered."),
            milliseconds=({"type": "number", "minimum": 0}, "Time to decode and analyse the photo, without waiting."),
        ),
        "Face": _record(
            box=(
                {"type": "array", "items": {"type": "integer"}, "minItems": 4, "maxItems": 4},
                "x, y, width and height, pixels of the upright photo.",
            ),
            landmarks=(
                {"type": "array", "items": point, "minItems": 5, "maxItems": 5},
                "x, y of left eye, right eye, nose, left and right mouth corner, as the viewer sees them, pixels.",
            ),
            confidence=({"type": "number", "minimum": 0, "maximum": 1}, "Of the detector that this is a face."),
            age=(years, "Years."),
            age_low=(years, "Years; the interval up to `age_high` contains the labelled age of 80% of such faces."),
            age_high=(years, "Years."),
            gender=({"type": "string", "enum": list(GENDERS)}, "The label that people would most likely give."),
            gender_probability=({"type": "number", "minimum": 0.5, "maximum": 1}, "Calibrated, of that gender."),
            warnings=(
                {"type": "array", "items": {"type": "string", "enum": list(WARNINGS)}},
                "Reasons to trust the estimates less. "
                + " ".join(f"`{code}`: {text}" for code, text in WARNINGS.items()),
            ),
            age_distribution=(
                {"type": ["array", "null"], "items": probability, "minItems": MAX_AGE + 1, "maxItems": MAX_AGE + 1},
                f"On request (`{DISTRIBUTION}=1`): the network's probability of each year from 0 to {MAX_AGE}, whose "
                "mean is `age`; before calibration, so the interval does not follow from it. `null` if the model has "
                "none.",
            ),
            stated_gender=(
                {"type": "string", "enum": [*GENDERS, UNCERTAIN]},
                f"What may be stated: `{UNCERTAIN}` if `gender_probability` is below {CERTAIN_GENDER:g}.",
            ),
            optional=("age_distribution",),
        ),
        "Model": _record(
            version=({"type": "string"}, "Of the project."),
            sha256=({"type": "string", "pattern": "^[0-9a-f]{64}$"}, "Of the file of the model."),
        ),
        "Health": _record(
            status=({"type": "string", "const": "ok"}, "The model answers."),
            version=({"type": "string"}, "Of the server."),
            model=({"$ref": "#/components/schemas/Model"}, "Which model answers."),
        ),
        "Error": _record(
            error=(
                _record(
                    code=({"type": "string", "enum": list(ERRORS)}, "For programs."),
                    message=({"type": "string", "minLength": 1}, "One sentence for people."),
                ),
                "What went wrong.",
            )
        ),
    }


def _record(optional: tuple[str, ...] = (), **fields: tuple[dict[str, Any], str]) -> dict[str, Any]:
    """An object that has exactly these fields, each with its schema and what it means."""
    return {
        "type": "object",
        "required": [name for name in fields if name not in optional],
        "additionalProperties": False,
        "properties": {name: schema | {"description": text} for name, (schema, text) in fields.items()},
    }
