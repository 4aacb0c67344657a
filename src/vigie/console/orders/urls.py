"""The addresses of the orders of a practice."""

from django.urls import path

from vigie.console.orders import views

_ORDERS = "cabinets/<slug:pseudonym>/ordres/"

urlpatterns = [
    path(_ORDERS, views.orders, name="orders"),
    path(f"{_ORDERS}etat/", views.standing, name="orders_standing"),
    path(f"{_ORDERS}nouveau/", views.prepare, name="order_prepare"),
    path(f"{_ORDERS}signer/", views.sign, name="order_sign"),
]
