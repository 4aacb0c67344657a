"""The addresses of incidents."""

from django.urls import path

from vigie.console.incidents import views

_PRACTICE = "cabinets/<slug:pseudonym>/incidents/"
_ONE = f"{_PRACTICE}<int:incident>/"

urlpatterns = [
    path("incidents/", views.everywhere, name="all_incidents"),
    path(_PRACTICE, views.of_practice, name="incidents"),
    path(f"{_PRACTICE}ouvrir/<int:number>/", views.open_one, name="open_incident"),
    path(_ONE, views.one, name="incident"),
    path(f"{_ONE}etapes/<slug:step>/", views.tick, name="incident_step"),
    path(f"{_ONE}connu/", views.known, name="incident_known"),
    path(f"{_ONE}registre/", views.edit_register, name="incident_register"),
    path(f"{_ONE}papiers/<slug:kind>/", views.paper, name="incident_paper"),
    path(f"{_ONE}papiers/<slug:kind>/<slug:form>/", views.printed, name="incident_printed"),
    path(f"{_ONE}preuves/", views.make_pack, name="incident_pack"),
    path(f"{_ONE}preuves/<int:pack>/", views.pack, name="incident_pack_file"),
    path(f"{_ONE}clore/", views.close, name="close_incident"),
]
