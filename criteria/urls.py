"""Addresses of the rulebook. Every view takes `places_of` as an extra argument of the URL map: the door through which
the units, which live in an upper floor, reach these pages (`criteria.views.address`)."""

from django.urls import path

from criteria.views import sets, thresholds

app_name = "criteria"
urlpatterns = [
    path("tieu-chi/", sets.set_list, name="set-list"),
    path("tieu-chi/<slug:family>/", sets.set_page, name="set"),
    path("tieu-chi/<slug:family>/nguong/<str:item>/", thresholds.threshold, name="threshold"),
]
