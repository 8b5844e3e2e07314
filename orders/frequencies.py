"""How often an order comes again, where migrations expect it."""

from catalog.frequencies import following, validate_frequency

__all__ = ["following", "validate_frequency"]
