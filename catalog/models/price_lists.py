"""What some markets charge instead of what all markets of their currency do."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models

from annotations.models import Attachment
from catalog.money import validate_currency
from jsonapi.errors import Invalid
from organizations.models import TenantResource


class PriceList(TenantResource):
    """Prices in one currency, which markets share. SKUs that are not in it keep their other price.

    The database holds that its prices and markets are in its currency: see the migration.
    """

    name = models.CharField(max_length=255)
    code = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    currency_code = models.CharField(max_length=3, validators=[validate_currency])
    tax_included = models.BooleanField(
        default=True, help_text="In its markets all prices contain the taxes."
    )
    attachments = GenericRelation(Attachment)

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "code"], name="catalog_unique_price_list_code"
            ),
            # What foreign keys of two columns lead to.
            models.UniqueConstraint(
                fields=["id", "currency_code"], name="catalog_currency_of_a_price_list"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def check_currency(self, code: str) -> None:
        """Raise Invalid unless it is that of the list; of a market, or of a price."""
        if code != self.currency_code:
            title = "is not the currency of the price list"
            raise Invalid("currency_code", "invalid", title, value=code)
