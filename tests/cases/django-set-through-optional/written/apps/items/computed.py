"""What the database works out of items."""

from django.db.models import Subquery, Value
from django.db.models.expressions import Combinable

from apps.items import models
from apps.places import computed as places_computed
from apps.places import models as places


def made_here(item: models.Item) -> Combinable:
    """place.used"""
    return Subquery(places.Place.objects.filter(pk=Value(item.place_id)).values("used"))


def made_worked(item: models.Item) -> Combinable:
    """place.twice"""
    return Subquery(places.Place.objects.filter(pk=Value(item.place_id)).values(worked__out=places_computed.twice()))


def made_there(item: models.Item) -> Combinable:
    """home.used"""
    return Subquery(places.Place.objects.filter(pk=item.home_id).values("used"))
