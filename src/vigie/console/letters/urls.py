"""The addresses of the letters."""

from django.urls import path

from vigie.console.letters import views

_LETTERS = "cabinets/<slug:pseudonym>/lettres/"

urlpatterns = [
    path("lettres/en-tete/", views.letterhead, name="letterhead"),
    path(_LETTERS, views.archive, name="letters"),
    path(f"{_LETTERS}apercu/", views.preview, name="letter_preview"),
    path(f"{_LETTERS}apercu/pdf/", views.preview_pdf, name="letter_preview_pdf"),
    path(f"{_LETTERS}<slug:month>/", views.letter, name="letter"),
    path(f"{_LETTERS}<slug:month>/pdf/", views.pdf, name="letter_pdf"),
    path(f"{_LETTERS}<slug:month>/envoyer/", views.approve, name="letter_approve"),
]
