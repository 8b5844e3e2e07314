"""What a token's holder may know about it."""

from __future__ import annotations

import time
from typing import Any

from customers.models import Customer
from jsonapi.access import Caller
from oauth.callers import describe
from oauth.models import Application
from oauth.verification import Verified
from organizations.models import Membership, Role, User

VERBS = {"create": "create", "retrieve": "read", "list": "read", "update": "update"}
VERBS["destroy"] = "destroy"


def describe_token(verified: Verified) -> dict[str, Any]:
    """Return the reply of /oauth/tokeninfo. Raises InvalidToken if its application is gone."""
    caller = describe(verified)
    application = (
        Application.objects.select_related("role", "environment")
        .filter(environment_id=caller.environment_id)
        .get(uid=caller.application_id)
    )
    market = verified.claims.get("market", {})
    membership = _membership(application, caller)
    role = membership.role if membership and application.kind == "webapp" else application.role
    return {
        "token": {
            "test": caller.mode == "test",
            "market_ids": list(caller.market_ids or ()),
            "stock_location_ids": market.get("stock_location_ids", []),
            "lifespan": int(verified.claims["exp"] - time.time()),
        },
        "role": _role(role),
        "application": {
            "id": application.uid,
            "kind": application.kind,
            "name": application.name,
            "core": False,
        },
        "owner": _owner(caller, membership),
        "permissions": {
            name: {"actions": sorted({VERBS[action] for action in actions})}
            for name, actions in sorted(caller.permissions.items())
            if actions
        },
        "accessible_apps": [],
    }


def _membership(application: Application, caller: Caller) -> Membership | None:
    rows = Membership.objects.select_related("role", "user")
    organization_id = application.environment.organization_id
    return rows.filter(user__uid=caller.owner("User"), organization_id=organization_id).first()


def _role(role: Role | None) -> dict[str, str] | None:
    return None if role is None else {"id": role.uid, "kind": role.kind, "name": role.name}


def _owner(caller: Caller, membership: Membership | None) -> dict[str, Any] | None:
    if membership is not None:
        return _user(membership.user)
    customers = Customer.objects.filter(environment_id=caller.environment_id)
    customer = customers.filter(uid=caller.owner("Customer")).first()
    if customer is None:
        return None
    return {"id": customer.uid, "type": "Customer", "email": customer.email}


def _user(user: User) -> dict[str, Any]:
    return {
        "id": user.uid,
        "type": "User",
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "owner": False,
        "time_zone": user.time_zone,
    }
