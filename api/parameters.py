"""What a client may ask for in the address of a request, whichever way it sends the picture."""

from starlette.requests import Request

from api.errors import ApiError

DISTRIBUTION = "distribution"
"""Whether each face comes with the probability of each year of age."""

SWITCHES = {"1": True, "true": True, "0": False, "false": False}


def read_switch(request: Request, name: str) -> bool:
    """The value of an optional parameter that is on or off; off if it is not there.

    Raises:
        ApiError: if it is neither, or is there more than once.
    """
    values = request.query_params.getlist(name)
    if not values:
        return False
    if len(values) > 1 or values[0] not in SWITCHES:
        raise ApiError("wrong_parameter", f"The parameter `{name}` must be 1 or 0.")
    return SWITCHES[values[0]]
