"""The addresses of people, sessions and views."""

from django.urls import path

from vigie.console.people import views

urlpatterns = [
    path("personnes/", views.people, name="people"),
    path("personnes/inviter/", views.invite, name="invite"),
    path("personnes/invitations/<int:number>/reprendre/", views.withdraw, name="withdraw"),
    path("personnes/<int:number>/eloigner/", views.send_away, name="send_away"),
    path("invitation/<str:secret>/", views.invitation, name="invitation"),
    path("compte/sessions/", views.sessions, name="sessions"),
    path("cabinets/<slug:pseudonym>/regards/", views.seen_by, name="seen_by"),
]
