"""How the admin looks, and what its sidebar lists."""

from __future__ import annotations

from typing import Any

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Clientele.",
    "SITE_HEADER": "Clientele.",
    "SITE_SUBHEADER": "Customers and orders",
    "SITE_SYMBOL": "storefront",
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "primary": {
            "50": "oklch(97.7% .014 180)",
            "100": "oklch(95.3% .051 180.801)",
            "200": "oklch(91% .096 180.426)",
            "300": "oklch(85.5% .138 181.071)",
            "400": "oklch(77.7% .152 181.912)",
            "500": "oklch(60.5% .118 184.704)",
            "600": "oklch(53% .1 186)",
            "700": "oklch(47% .088 186.391)",
            "800": "oklch(40% .07 188.216)",
            "900": "oklch(36% .058 188.416)",
            "950": "oklch(27.7% .046 192.524)",
        }
    },
    "SIDEBAR": {"navigation": "organizations.staff.navigation.sidebar"},
    "DASHBOARD_CALLBACK": "organizations.staff.navigation.dashboard",
}

# Group, then symbol, title and model of each entry.
NAVIGATION: list[tuple[str, list[tuple[str, str, str]]]] = [
    (
        "Customers",
        [
            ("group", "Customers", "customers.Customer"),
            ("groups", "Groups", "customers.CustomerGroup"),
            ("filter_alt", "Segments", "catalog.Segment"),
            ("card_membership", "Memberships", "catalog.PlanMembership"),
            ("home_pin", "Addresses", "customers.Address"),
            ("mail", "Letters", "customers.Letter"),
            ("sell", "Tags", "annotations.Tag"),
            ("attach_file", "Attachments", "annotations.Attachment"),
            ("notifications", "Notifications", "annotations.Notification"),
            ("link", "Links", "annotations.Link"),
        ],
    ),
    (
        "Orders",
        [
            ("shopping_cart", "Orders", "orders.Order"),
            ("receipt_long", "Line items", "orders.LineItem"),
            ("autorenew", "Subscriptions", "orders.OrderSubscription"),
            ("local_shipping", "Shipments", "orders.Shipment"),
            ("assignment_return", "Returns", "orders.Return"),
        ],
    ),
    (
        "Catalog",
        [
            ("public", "Markets", "catalog.Market"),
            ("calendar_clock", "Subscription models", "catalog.SubscriptionModel"),
            ("store", "Stores", "catalog.Store"),
            ("warehouse", "Stock locations", "catalog.StockLocation"),
            ("inventory_2", "SKUs", "catalog.Sku"),
            ("payments", "Prices", "catalog.Price"),
            ("credit_card", "Payment methods", "catalog.PaymentMethod"),
            ("request_quote", "Price lists", "catalog.PriceList"),
            ("route", "Shipping methods", "catalog.ShippingMethod"),
            ("list_alt", "SKU lists", "catalog.SkuList"),
            ("package_2", "Bundles", "catalog.Bundle"),
            ("event_repeat", "Plans", "catalog.Plan"),
            ("local_offer", "Coupons", "catalog.Coupon"),
        ],
    ),
    (
        "Privacy",
        [
            ("person_remove", "Requests to be forgotten", "anonymization.AnonymizationRequest"),
            ("history", "Audit trail", "activity.EventStore"),
        ],
    ),
    (
        "Developers",
        [
            ("key", "Applications", "oauth.Application"),
            ("upload", "Imports", "transfers.Import"),
            ("download", "Exports", "transfers.Export"),
            ("delete_sweep", "Cleanups", "transfers.Cleanup"),
            ("bolt", "Events", "activity.Event"),
            ("webhook", "Webhooks", "activity.Webhook"),
            ("send", "Callbacks", "activity.EventCallback"),
        ],
    ),
    (
        "Organization",
        [
            ("domain", "Organization", "organizations.Organization"),
            ("layers", "Environments", "organizations.Environment"),
            ("badge", "Users", "organizations.User"),
            ("shield_person", "Roles", "organizations.Role"),
            ("handshake", "Members", "organizations.Membership"),
        ],
    ),
]

# Title, model, what is counted, and the query of the list that shows it.
CARDS: list[tuple[str, str, dict[str, Any], str]] = [
    ("Customers", "customers.Customer", {}, ""),
    ("Orders to approve", "orders.Order", {"status": "placed"}, "status__exact=placed"),
    (
        "Open requests to be forgotten",
        "anonymization.AnonymizationRequest",
        {"status__in": ["requested", "started"]},
        "status__in=requested,started",
    ),
]
