"""Where tests of orders shop."""

import pytest

from tests.orders.goods import make_market, make_shipping_method


@pytest.fixture
def market(shop):
    return make_market(shop.environment)


@pytest.fixture
def post(shop):
    return make_shipping_method(shop.environment, price=700)
