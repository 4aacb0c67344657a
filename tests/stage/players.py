"""Who is on the stage: two practices, two caretakers, Charlie without rights, and machines."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from speaking import Speaker, now

from vigie.console.accounts.models import Person
from vigie.console.enrolment import joining
from vigie.console.practices.models import Machine, Practice
from vigie.wire.enrolment import Application

Post = Callable[..., HttpResponse]


@dataclass
class Stage:
    """Who is there."""

    karim: Person
    anna: Person
    charlie: Person
    martin: Practice
    favre: Practice


def let_in(practice: Practice, name: str = "Accueil", *, approved: bool = True) -> Speaker:
    speaker = Speaker()
    code = joining.make_code(practice, now())
    machine = joining.apply(Application(code=code, key=speaker.public, system="linux"), now())
    if approved:
        joining.approve(machine, now(), name=name)
    speaker.pseudonym = machine.pseudonym
    return speaker


def machine_of(speaker: Speaker) -> Machine:
    machine: Machine = Machine.objects.select_related("practice").get(pseudonym=speaker.pseudonym)
    return machine
