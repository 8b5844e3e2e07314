"""What the demo's shop sells, and to whom."""

from __future__ import annotations

import random
import secrets

from activity.models import Webhook
from catalog.models import (
    Bundle,
    Coupon,
    Market,
    PaymentMethod,
    Plan,
    Price,
    PriceList,
    Segment,
    SegmentRule,
    ShippingMethod,
    Sku,
    SkuList,
    SkuListItem,
    StockLocation,
    Store,
)
from customers.models import Address, Customer, CustomerAddress, CustomerGroup
from orders import services
from organizations.models import Environment

CUSTOMER_EMAIL = "jane@example.com"
PEOPLE = [
    ("Jane", "Doe", "IT", "Milano", "20121"),
    ("Luca", "Bianchi", "IT", "Roma", "00184"),
    ("Marie", "Dupont", "FR", "Paris", "75001"),
    ("Jonas", "Weber", "DE", "Berlin", "10115"),
    ("Nora", "Hansen", "NO", "Oslo", "0150"),
    ("Pablo", "Garcia", "ES", "Madrid", "28013"),
    ("Emma", "Novak", "AT", "Wien", "1010"),
    ("Liam", "Byrne", "IE", "Dublin", "D02 X285"),
    ("Sofia", "Silva", "PT", "Lisboa", "1100-148"),
    ("Hugo", "Larsen", "DK", "Aarhus", "8000"),
    ("Ines", "Moreau", "FR", "Lyon", "69002"),
    ("Otto", "Fischer", "DE", "Hamburg", "20095"),
]
GOODS = [
    ("TSHIRT-WHITE-M", "White T-shirt, M", 2900),
    ("TSHIRT-BLACK-L", "Black T-shirt, L", 2900),
    ("MUG-BLUE", "Blue mug", 1250),
    ("TOTE-NATURAL", "Natural tote bag", 1800),
    ("HOODIE-GREY-M", "Grey hoodie, M", 6400),
]
PAYMENTS = [
    ("external_payments", "Card", 0),
    ("wire_transfers", "Bank transfer", 0),
    ("paypal_payments", "PayPal", 150),
]
# Name, price, and from where on it is free.
SHIPPING = [("Standard", 590, 7500), ("Express", 1290, None)]


def stock(environment: Environment) -> Market:
    """Create the markets and everything sold there; return the market open to all."""
    vip = CustomerGroup.objects.create(environment=environment, name="VIP", code="vip")
    europe = Market.objects.create(
        environment=environment, name="Europe", code="europe", currency_code="EUR"
    )
    less = PriceList.objects.create(
        environment=environment, name="VIP prices", code="vip", currency_code="EUR"
    )
    Market.objects.create(
        environment=environment,
        name="VIP sales",
        code="vip",
        currency_code="EUR",
        customer_group=vip,
        price_list=less,
    )
    # Disabled, because nobody listens there.
    webhook = Webhook(
        environment=environment,
        name="Orders to the warehouse",
        topic="orders.place",
        callback_url="https://warehouse.example.com/orders",
        include_resources=["line_items", "shipping_address"],
    )
    webhook.disable()
    webhook.save()
    Store.objects.create(environment=environment, name="Milano", code="milano", market=europe)
    dock = Address.objects.create(
        environment=environment,
        of_place=True,
        business=True,
        company="Tea and Textiles",
        line_1="Via Savona 12",
        city="Milano",
        zip_code="20144",
        country_code="IT",
        phone="+39 02 7654321",
    )
    StockLocation.objects.create(
        environment=environment, name="Warehouse", code="main", address=dock
    )
    for code, name, cents in GOODS:
        sku = Sku.objects.create(environment=environment, code=code, name=name)
        for price_list, amount in ((None, cents), (less, cents * 8 // 10)):
            Price.objects.create(
                environment=environment,
                sku=sku,
                price_list=price_list,
                currency_code="EUR",
                amount_cents=amount,
                compare_at_amount_cents=cents if price_list else None,
            )
    _bundle(environment)
    for kind, name, cents in PAYMENTS:
        PaymentMethod.objects.create(
            environment=environment,
            name=name,
            payment_source_type=kind,
            currency_code="EUR",
            price_amount_cents=cents,
        )
    for name, cents, free_over in SHIPPING:
        ShippingMethod.objects.create(
            environment=environment,
            name=name,
            currency_code="EUR",
            price_amount_cents=cents,
            free_over_amount_cents=free_over,
        )
    return europe


def _bundle(environment: Environment) -> None:
    """Sell a T-shirt with a mug for less than both."""
    gift = SkuList.objects.create(environment=environment, name="Welcome gift")
    codes = ("TSHIRT-WHITE-M", "MUG-BLUE")
    for sku in Sku.objects.filter(environment=environment, code__in=codes).order_by("pk"):
        SkuListItem.objects.create(environment=environment, sku_list=gift, sku=sku)
    bundle = Bundle(
        environment=environment,
        code="WELCOME",
        name="T-shirt and mug",
        currency_code="EUR",
        price_amount_cents=3500,
        sku_list=gift,
    )
    bundle.compare_at_amount_cents = bundle.sum_of_prices()
    bundle.save()


SEGMENTS = [
    ("Regulars", "total_orders_count", "at_least", "2"),
    ("Lapsed", "last_order", "older", "90"),
    ("Everybody reachable", "email", "contains", "@"),
    ("VIP", "group", "any", "vip"),
]


def offers(environment: Environment) -> None:
    """Create segments, and what is offered to whom is in them."""
    segments = {}
    for name, criterion, operator, value in SEGMENTS:
        segment = Segment.objects.create(environment=environment, name=name)
        SegmentRule.objects.create(
            environment=environment,
            segment=segment,
            criterion=criterion,
            operator=operator,
            value=value,
        )
        segments[name] = segment
    club = Plan.objects.create(
        environment=environment,
        name="Tea club",
        code="tea-club",
        currency_code="EUR",
        amount_cents=1200,
        entitlements=["tea"],
    )
    club.segments.set([segments["Everybody reachable"], segments["Regulars"]])
    coupon = Coupon.objects.create(environment=environment, code="COMEBACK20", percent_off=20)
    coupon.segments.set([segments["Lapsed"], segments["VIP"]])
    Sku.objects.get(environment=environment, code="HOODIE-GREY-M").segments.set([segments["VIP"]])


def people(environment: Environment, market: Market) -> str:
    """Create the customers, each with an address and some orders; return Jane's password."""
    # The same shop in every data folder; only secrets differ.
    dice = random.Random(7)  # noqa: S311
    password = secrets.token_urlsafe(9)
    group = CustomerGroup.objects.get(environment=environment, code="vip")
    for first, last, country, city, zip_code in PEOPLE:
        customer = Customer(
            environment=environment,
            email=f"{first.lower()}@example.com",
            first_name=first,
            last_name=last,
            username=first.lower(),
        )
        if customer.email == CUSTOMER_EMAIL:
            customer.set_password(password)
            customer.customer_group = group
        customer.save()
        address = Address.objects.create(
            environment=environment,
            customer=customer,
            first_name=first,
            last_name=last,
            line_1=f"{dice.randint(1, 90)} Main Street",
            city=city,
            zip_code=zip_code,
            country_code=country,
            phone="+39 02 1234567",
        )
        CustomerAddress.objects.create(environment=environment, customer=customer, address=address)
        for _ in range(dice.randint(0, 3)):
            _order(customer, address, market, dice)
        _subscribe(customer)
    return password


def _subscribe(customer: Customer) -> None:
    """Have a customer's first order come again every month."""
    order = customer.orders.counted().order_by("pk").first()
    if order is not None:
        values = {"source_order": order, "frequency": "monthly"}
        values["environment_id"] = customer.environment_id
        services.create_subscription(values=values)


def _order(customer: Customer, address: Address, market: Market, dice: random.Random) -> None:
    methods = PaymentMethod.objects.filter(environment=customer.environment)
    order = services.create_order(
        trusted=True,
        values={
            "environment_id": customer.environment_id,
            "market": market,
            "customer": customer,
            "shipping_address": address,
            "billing_address": address,
            "payment_method": methods.get(name="Card"),
        },
    )
    for code, _, _ in dice.sample(GOODS, dice.randint(1, 3)):
        values = {
            "environment_id": customer.environment_id,
            "sku_code": code,
            "quantity": dice.randint(1, 3),
        }
        services.add_line(order=order, values=values)
    for shipment in order.shipments.all():
        method = shipment.available_shipping_methods.order_by("pk").first()
        services.change_shipment(shipment=shipment, values={"shipping_method": method})
    if dice.random() < 0.8:
        services.place(order=order)
