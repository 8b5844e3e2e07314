"""Where `/customers` and `/sources` are, with a slash at the end or without."""

from django.urls import re_path

from compat.customers import views
from compat.customers.errors import not_found

urlpatterns = [
    re_path(r"^customers/?$", views.CustomersView.as_view()),
    re_path(r"^customers/(?P<uid>[^/]+)/?$", views.CustomerView.as_view()),
    re_path(
        r"^customers/(?P<uid>[^/]+)/sources/(?P<source_uid>[^/]+)/?$",
        views.CustomerSourceView.as_view(),
    ),
    re_path(r"^sources/?$", views.SourcesView.as_view()),
    re_path(r"^sources/(?P<uid>[^/]+)/?$", views.SourceView.as_view()),
    re_path(r"^(?:customers|sources)/", not_found),
]
