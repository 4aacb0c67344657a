"""The addresses of the console. Nothing is open but signing in and the agents' API."""

from allauth.account import views as account
from django.urls import include, path
from django.views.i18n import set_language

from vigie.console.accounts.views import FirstPassword
from vigie.console.api.described import api as for_programs
from vigie.console.intake.api import api

urlpatterns = [
    path("api/agent/v1/", api.urls),
    path("langue/", set_language, name="set_language"),
    path("compte/entrer/", account.login, name="account_login"),
    path("compte/ferme/", account.account_inactive, name="account_inactive"),
    path("compte/sortir/", account.logout, name="account_logout"),
    path("compte/mot-de-passe/", account.password_change, name="account_change_password"),
    path("compte/mot-de-passe/premier/", account.password_set, name="account_set_password"),
    path("compte/confirmer/", account.reauthenticate, name="account_reauthenticate"),
    path("compte/facteurs/", include("allauth.mfa.urls")),
    path("premier-acces/<uidb64>/<token>/", FirstPassword.as_view(), name="first_password"),
    path("", include("vigie.console.incidents.urls")),
    path("", include("vigie.console.orders.urls")),
    path("", include("vigie.console.people.urls")),
    path("api/v1/", for_programs.urls),
    path("", include("vigie.console.api.urls")),
    path("prevenir/", include("vigie.console.notices.urls")),
    path("", include("vigie.console.desk.urls")),
    path("", include("vigie.console.letters.urls")),
    path("", include("vigie.console.lessons.urls")),
]
