"""The addresses of the pages."""

from django.urls import path

from vigie.console.desk import checking, views

_PRACTICE = "cabinets/<slug:pseudonym>/"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("cabinets/nouveau/", views.new_practice, name="new_practice"),
    path(_PRACTICE, views.practice, name="practice"),
    path(f"{_PRACTICE}postes/", views.machines, name="machines"),
    path(f"{_PRACTICE}postes/en-attente/", views.waiting, name="waiting"),
    path(f"{_PRACTICE}postes/<slug:machine>/accueillir/", views.approve, name="approve"),
    path(f"{_PRACTICE}postes/<slug:machine>/refuser/", views.revoke, name="revoke"),
    path(f"{_PRACTICE}journal/", views.journal, name="journal"),
    path(f"{_PRACTICE}affaires/<int:number>/", views.matter, name="matter"),
    path(f"{_PRACTICE}affaires/<int:number>/regler/", views.settle, name="settle"),
    path(f"{_PRACTICE}bonnes-pratiques/", checking.checklist, name="checklist"),
    path(f"{_PRACTICE}bonnes-pratiques/<slug:slug>/", checking.answer, name="answer"),
    path(f"{_PRACTICE}dangers/<slug:slug>/", views.danger, name="danger"),
]
