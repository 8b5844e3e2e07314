"""Routes below /api; they come before those of the resources."""

from django.urls import path

from openapi import views

urlpatterns = [
    path("openapi.json", views.openapi, name="openapi"),
    path("docs", views.explorer, name="explorer"),
]
