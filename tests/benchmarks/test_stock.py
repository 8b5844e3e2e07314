"""The stock project shows what the product shows, or there is nothing to compare."""

import json
import os
import subprocess
import sys

import pytest

from jsonapi import registry

NAMES = """
import django, json
django.setup()
from benchmarks.stock.serializers import *
kinds = CustomerAddressSerializer, CustomerSerializer, OrderSerializer
print(json.dumps({kind.Meta.resource_name: list(kind().fields) for kind in kinds}))
"""
ITS_OWN = {"id", "url", "mode", "organization_id"}


@pytest.fixture(scope="module")
def stock():
    """The names of each type. It is a Django project of its own, so in a process of its own."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "benchmarks.stock.settings"}
    command = [sys.executable, "-c", NAMES]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("resource_type", ["customers", "customer_addresses", "orders"])
def test_it_has_the_names_of_the_product(stock, resource_type):
    assert set(stock[resource_type]) - ITS_OWN == set(registry.schema_of(resource_type).shown)
