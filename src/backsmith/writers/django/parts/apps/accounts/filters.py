"""What lists of accounts can be asked."""

from apps.accounts.models import User
from apps.core.filters import EQUAL, HAS, ORDERED, TEXT, FilterSet


class UserFilter(FilterSet):
    class Meta:
        model = User
        fields = {
            "id": ORDERED,
            "email": TEXT,
            "name": TEXT,
            "roles": HAS,
            "active": EQUAL,
            "created_at": ORDERED,
            "updated_at": ORDERED,
        }
