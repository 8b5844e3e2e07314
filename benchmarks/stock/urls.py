"""Routes, as DJA's documentation writes them."""

from django.urls import include, path
from rest_framework.routers import DefaultRouter

from benchmarks.stock import views

router = DefaultRouter(trailing_slash=False)
router.register("customers", views.CustomerViewSet)
router.register("customer_addresses", views.CustomerAddressViewSet)
router.register("orders", views.OrderViewSet)

routes = [*router.urls]
for name, viewset in views.VIEWSETS.items():
    routes += [
        path(
            f"{name}/<uid>/relationships/<related_field>",
            views.RELATIONSHIPS[name].as_view(),
            name=f"{name}-relationships",
        ),
        path(
            f"{name}/<uid>/<related_field>",
            viewset.as_view({"get": "retrieve_related"}),
            name=f"{name}-related",
        ),
    ]

urlpatterns = [path("api/", include(routes))]
