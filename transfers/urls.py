"""The addresses of files."""

from django.urls import path

from transfers.views import UploadView, download

urlpatterns = [
    path("imports", UploadView.as_view()),
    path("exports/<str:secret>", download),
]
