"""Whether a caller may do what a request asks for."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from jsonapi.access import Caller


class MayAct(BasePermission):
    """Refuses what the permission table does not grant; rows are left to `visible_to`."""

    def has_permission(self, request: Request, view: object) -> bool:
        caller = request.auth
        action, resource_type = view.required_permission()  # type: ignore[attr-defined]
        return isinstance(caller, Caller) and caller.may(action, resource_type)
