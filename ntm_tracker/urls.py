"""The address map. Paths are Vietnamese without diacritics and a contract (product.md section 4)."""

from django.conf import settings
from django.urls import include, path

from ntm_tracker import errors, health
from ntm_tracker.gallery import gallery
from ntm_tracker.places import places_of

urlpatterns = [
    path("", include("reports.urls")),
    path("", include("plans.urls")),
    path("", include("communes.urls")),
    path("", include("criteria.urls"), {"places_of": places_of}),
    path("", include("accounts.urls")),
    path("song/", health.alive, name="alive"),
    path("san-sang/", health.ready, name="ready"),
]
if settings.DEBUG:
    urlpatterns.append(path("bo-suu-tap/", gallery, name="gallery"))

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
