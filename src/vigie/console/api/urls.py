"""The addresses of keys, webhooks, metrics and health."""

from django.urls import path

from vigie.console.api import health, metrics, views

urlpatterns = [
    path("cles/", views.keys, name="keys"),
    path("cles/nouvelle/", views.new_key, name="new_key"),
    path("cles/<int:number>/retirer/", views.revoke_key, name="revoke_key"),
    path("cles/destinations/nouvelle/", views.new_hook, name="new_hook"),
    path("cles/destinations/<int:number>/retirer/", views.remove_hook, name="remove_hook"),
    path("metrics", metrics.metrics, name="metrics"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
]
