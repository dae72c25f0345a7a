"""What HTTP shows of files."""

from app.core.views import View
from app.models.file import File
from app.policies import file as policy

files = View(
    File,
    name="file",
    fields={
        "id": File.id,
        "name": File.name,
        "created_at": File.created_at,
        "updated_at": File.updated_at,
        "deleted_at": File.deleted_at,
    },
    read=policy.read,
    live=policy.live,
    sort=("name",),
)
