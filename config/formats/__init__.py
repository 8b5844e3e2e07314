"""How dates read in the admin."""
