"""The addresses of what a team reads."""

from django.urls import path

from vigie.console.lessons import views

urlpatterns = [
    path("cabinets/<slug:pseudonym>/lecons/", views.lessons, name="lessons"),
    path("cabinets/<slug:pseudonym>/contacts/", views.contacts, name="contacts"),
]
