"""GET /api/organization: the caller's tenant."""


def test_front_ends_find_what_they_are_dressed_with(shop):
    shop.organization.gtm_id, shop.organization.gtm_id_test = "GTM-5FJXX6", "GTM-5FJXX7"
    shop.organization.save()

    attributes = shop.guest.get("organization").json()["data"]["attributes"]

    assert (attributes["gtm_id"], attributes["gtm_id_test"]) == ("GTM-5FJXX6", "GTM-5FJXX7")
    assert attributes["slug"] == "acme"


def test_numbers_of_orders_can_be_chosen_as_it_says(shop):
    from_it = shop.integration.get("organization").json()["data"]["attributes"]
    assert from_it["orders_number_editable_test"]
    assert from_it["orders_number_editable_live"]

    market = shop.integration.post("markets", attributes={"name": "EU", "currency_code": "EUR"})
    order = shop.integration.post(
        "orders",
        attributes={"number": "A-1"},
        relationships={"market": {"type": "markets", "id": market.json()["data"]["id"]}},
    )
    assert order.json()["data"]["attributes"]["number"] == "A-1"
