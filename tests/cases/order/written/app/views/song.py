"""What HTTP shows of songs."""

from app.core.views import View
from app.models.song import Song
from app.policies import song as policy

songs = View(
    Song,
    name="song",
    fields={
        "id": Song.id,
        "title": Song.title,
        "length": Song.length,
        "year": Song.year,
        "created_at": Song.created_at,
        "updated_at": Song.updated_at,
    },
    read=policy.read,
    sort=("title", "length", "year"),
    order=("-year", "title", "id"),
)
