"""Compiled checks accept and refuse what DRF's fields do."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError as Rejected

from jsonapi import registry
from jsonapi.checking import checks_of

EDGES = ["", " ", "\0", "a\0", "\ud800", " a ", "ab", "a@b.c", "a@example.com ", "x" * 300, "é" * 9]
VALUES = st.text() | st.sampled_from([*EDGES, None, True, 1, 1.5, [], {"a": []}])


def outcome(check, value):
    try:
        return check(value)
    except (Rejected, ValidationError):
        return ValidationError


@pytest.mark.parametrize("resource_type", registry.types())
def test_a_check_says_what_its_field_says(resource_type):
    schema = registry.schema_of(resource_type)
    fields = schema.serializer.writable()
    compiled = {
        name: check
        for name, check in checks_of(schema).items()
        if check != fields[name].run_validation
    }

    @settings(max_examples=60, deadline=None, database=None, derandomize=True)
    @given(value=VALUES)
    def compare(value):
        for name, check in compiled.items():
            assert outcome(check, value) == outcome(fields[name].run_validation, value), name

    compare()


def test_it_finds_texts_to_compile():
    fields = registry.schema_of("customers").serializer.writable()
    checks = checks_of(registry.schema_of("customers"))
    quick = {name for name, check in checks.items() if check != fields[name].run_validation}
    assert quick >= {"email", "reference", "shopper_reference"}
    assert "password" not in quick
