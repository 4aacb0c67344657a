"""The application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from vigie.console.serving import begin_duties, end_with_the_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vigie.console.settings")
end_with_the_server()
application = get_wsgi_application()
begin_duties()
