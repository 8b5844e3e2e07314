"""The plain-JSON doors, for the OpenAPI document."""

from __future__ import annotations

from compat.customers.described import COMPONENTS as CUSTOMERS
from compat.customers.described import PATHS as CUSTOMERS_PATHS
from compat.storefront.described import COMPONENTS as STOREFRONT
from compat.storefront.described import PATHS as STOREFRONT_PATHS

PATHS = {**CUSTOMERS_PATHS, **STOREFRONT_PATHS}
COMPONENTS = {
    "schemas": {**CUSTOMERS["schemas"], **STOREFRONT["schemas"]},
    "securitySchemes": {
        "secretKey": {
            "type": "http",
            "scheme": "bearer",
            "description": "The secret of an integration, or its access token.",
        }
    },
}
