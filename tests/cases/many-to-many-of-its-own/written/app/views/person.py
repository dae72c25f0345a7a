"""What HTTP shows of people."""

from app.core.views import ManyToMany, View
from app.models.person import Person, person_friends
from app.policies import person as policy

people: View = View(
    Person,
    name="person",
    fields={"id": Person.id, "name": Person.name, "created_at": Person.created_at, "updated_at": Person.updated_at},
    read=policy.read,
    links={"friends": ManyToMany(lambda: people, person_friends.c.person_id, person_friends.c.other_person_id)},
)
