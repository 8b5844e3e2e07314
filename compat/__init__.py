"""Doors that speak plain JSON to the same customers. Deleting this package closes them."""
