"""`/customers`: for back ends with a secret key."""
