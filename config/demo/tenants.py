"""The demo's organizations, who works there, and the applications that call their API."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from oauth.models import Application, Kind
from organizations.models import Environment, Membership, Mode, Organization, Role, User

GRACE = timedelta(seconds=5)
ADMIN_EMAIL = "admin@clientele.example"
STOREFRONT = "http://localhost:3000/"
REDIRECT_URI = "http://localhost:3000/callback"


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """An organization with what it takes to call its API; secrets exist here only."""

    organization: Organization
    environment: Environment
    user: User
    sales_channel: Application
    integration: Application
    integration_secret: str
    webapp: Application
    webapp_secret: str


def make_tenant(slug: str, name: str) -> Tenant:
    """Create an organization with both environments, and applications in the test one."""
    organization = Organization.objects.create(
        slug=slug, name=name, anonymization_grace=GRACE, storefront_url=STOREFRONT
    )
    for mode in Mode:
        Environment.objects.create(organization=organization, mode=mode)
    role = Role.objects.create(organization=organization, name="Admin", kind=Role.Kind.ADMIN)
    user = User.objects.create_user(f"api@{slug}.example", first_name="Ada", last_name="Operator")
    Membership.objects.create(user=user, organization=organization, role=role)
    environment = organization.environments.get(mode=Mode.TEST)
    integration = Application(
        environment=environment, name="Back office", kind=Kind.INTEGRATION, role=role
    )
    secret = integration.set_secret()
    integration.save()
    sales_channel = Application.objects.create(
        environment=environment, name="Storefront", kind=Kind.SALES_CHANNEL
    )
    webapp = Application(
        environment=environment, name="Portal", kind=Kind.WEBAPP, redirect_uris=[REDIRECT_URI]
    )
    webapp_secret = webapp.set_secret()
    webapp.save()
    return Tenant(
        organization=organization,
        environment=environment,
        user=user,
        sales_channel=sales_channel,
        integration=integration,
        integration_secret=secret,
        webapp=webapp,
        webapp_secret=webapp_secret,
    )


def make_admin(*tenants: Tenant) -> str:
    """Create who may sign in to the admin, for all tenants; return the password."""
    password = secrets.token_urlsafe(12)
    admin = User.objects.create_superuser(ADMIN_EMAIL, password, first_name="Demo")
    for tenant in tenants:
        role = tenant.organization.roles.get(name="Admin")
        Membership.objects.create(user=admin, organization=tenant.organization, role=role)
    return password


def describe(tenant: Tenant, *, base_url: str, domain: str, scope: str) -> dict[str, Any]:
    """Return what a client has to know, as credentials.json says it."""
    return {
        "organization": tenant.organization.slug,
        "base_url": base_url,
        "domain": domain,
        "sales_channel": {"client_id": tenant.sales_channel.client_id, "scope": scope},
        "integration": {
            "client_id": tenant.integration.client_id,
            "client_secret": tenant.integration_secret,
        },
        "webapp": {
            "client_id": tenant.webapp.client_id,
            "client_secret": tenant.webapp_secret,
            "redirect_uri": REDIRECT_URI,
        },
        "integration_user_id": tenant.user.uid,
        # What the /customers door takes as its secret key, and what names the storefront's site.
        "digital_river_key": tenant.integration_secret,
        "site_id": tenant.environment.pk,
    }
