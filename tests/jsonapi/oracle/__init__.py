"""The oracle: the same resources served by django-rest-framework-json-api itself.

Out of each declaration a stock serializer and viewset are made, as the library's documentation
writes them: model instances, DRF fields, prefetching, `reverse()`, the library's renderer and
paginator. Tests send the same request to both doors and demand equal JSON. Nothing of the
engine takes part in an answer of the oracle except what was declared: which types there are,
their fields, and which rows a caller may see.
"""
