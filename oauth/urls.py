"""Routes of the authorization server, below the root."""

from django.urls import path

from oauth import views
from oauth.consent import authorize

app_name = "oauth"

urlpatterns = [
    path("oauth/token", views.token, name="token"),
    path("oauth/revoke", views.revoke, name="revoke"),
    path("oauth/authorize", authorize, name="authorize"),
    path("oauth/tokeninfo", views.tokeninfo, name="tokeninfo"),
    path(".well-known/jwks.json", views.jwks, name="jwks"),
]
