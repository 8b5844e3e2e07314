"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id at OWASP's minimum: 19 MiB and two passes, about 40 ms a login.

    Django's default takes 100 MiB for each login under way.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
