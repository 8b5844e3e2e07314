"""What every path below /api has in common, whatever it serves."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response
from rest_framework.views import APIView


class Endpoint(APIView):
    """A view whose replies depend on `Accept`, and that tells its methods when asked."""

    @property
    def default_response_headers(self) -> dict[str, str]:
        """The headers of every reply. `Allow` is left to those that are about methods."""
        return {"Vary": "Accept"}

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """OPTIONS: which methods the path has; no document."""
        return Response(status=204, headers={"Allow": ", ".join(self.allowed_methods)})
