"""The addresses of the pages of telling."""

from django.urls import path

from vigie.console.notices import views

urlpatterns = [
    path("", views.notices, name="notices"),
    path("adresses/", views.addresses, name="addresses"),
    path("adresses/nouvelle/", views.new_address, name="new_address"),
    path("adresses/<int:number>/essayer/", views.test_address, name="test_address"),
    path("adresses/<int:number>/retirer/", views.remove_address, name="remove_address"),
    path("silence/", views.mute, name="mute"),
    path("pannes/<int:number>/prendre/", views.answer, name="answer"),
]
