"""Where pictures are."""

from django.urls import re_path

from customers.views import picture

urlpatterns = [
    re_path(r"^pictures/(?P<key>[0-9a-f]{32})/(?P<file>[a-z0-9]+\.[a-z]+)$", picture),
]
