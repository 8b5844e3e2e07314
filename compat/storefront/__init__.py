"""`/api/v1/sdk`: for storefronts, where customers look after themselves."""
