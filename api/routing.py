"""Which route answers a request, as the template it was declared with."""

from __future__ import annotations

from starlette.types import Scope


def template(scope: Scope) -> str | None:
    """The whole path template of the matched route, such as ``/api/v1/cases/{case_id}``.

    A route of an included router knows only its own part of the path, so the part before it
    is taken from the address. None if no route matched.
    """
    route = scope.get("route")
    if route is None:
        return None
    own = str(route.path)
    filled = str(route.path_format).format(**scope.get("path_params", {}))
    path = str(scope["path"])
    return path.removesuffix(filled) + own if path.endswith(filled) else own
