"""Fill an empty database with a demo shop, and a rival to try its walls with."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from config import env
from config.demo import shop, tenants
from config.supervisor.credentials import write_private
from organizations.models import Organization


class Command(BaseCommand):
    help = (
        "Create the demo organization `acme`, a second tenant `globex`, customers, orders and"
        " an admin user. What it takes to sign in is written to DATA_DIR/credentials.json,"
        " readable by its owner only. Refuses a database that has an organization already."
    )

    def handle(self, **_options: Any) -> None:
        if Organization.objects.exists():
            raise CommandError("There is an organization already: nothing was seeded.")
        with transaction.atomic():
            credentials = _seed()
            settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
            # Before the commit: secrets that only a lost file knew would lock everybody out.
            write_private(
                settings.DATA_DIR / "credentials.json", json.dumps(credentials, indent=2) + "\n"
            )
        self.stdout.write("Seeded the organizations acme and globex.")


def _seed() -> dict[str, Any]:
    acme = tenants.make_tenant("acme", "Acme")
    globex = tenants.make_tenant("globex", "Globex")
    password = tenants.make_admin(acme, globex)
    return {
        **_describe(acme),
        "other_organization": _describe(globex),
        "admin": {"email": tenants.ADMIN_EMAIL, "password": password},
    }


def _describe(tenant: tenants.Tenant) -> dict[str, Any]:
    market = shop.stock(tenant.environment)
    shop.offers(tenant.environment)
    password = shop.people(tenant.environment, market)
    return {
        **tenants.describe(
            tenant, base_url=_base_url(), domain=settings.DOMAIN, scope=f"market:code:{market.code}"
        ),
        "customer": {"email": shop.CUSTOMER_EMAIL, "password": password},
    }


def _base_url() -> str:
    return f"http://{env.text('HOST', '127.0.0.1')}:{env.text('PORT', '8000')}"
