"""How a revocation names the tokens it is about."""

from oauth.models import Revocation

Subject = tuple[str, str]  # Revocation.Subject, Revocation.value


def token(jti: str) -> Subject:
    """One access or refresh token."""
    return (Revocation.Subject.TOKEN.value, jti)


def family(family_id: str) -> Subject:
    """One sign-in: its access tokens and everything that was refreshed from it."""
    return (Revocation.Subject.FAMILY.value, family_id)


def owner(environment_id: int, owner_type: str, owner_id: str) -> Subject:
    """Every token of a Customer or a User in one environment."""
    return (Revocation.Subject.OWNER.value, f"{environment_id}:{owner_type}:{owner_id}")


def application(environment_id: int, application_id: str) -> Subject:
    """Every token of an application."""
    return (Revocation.Subject.APPLICATION.value, f"{environment_id}:{application_id}")
