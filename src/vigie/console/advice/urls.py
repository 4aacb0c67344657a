"""The addresses of advice."""

from django.urls import path

from vigie.console.advice import views

urlpatterns = [
    path("conseils/", views.questions, name="questions"),
    path("conseils/<int:number>/", views.question, name="question"),
]
