"""What HTTP shows of folders."""

from app.core.views import Many, One, View
from app.models.folder import Folder
from app.policies import folder as policy

folders: View = View(
    Folder,
    name="folder",
    fields={
        "id": Folder.id,
        "name": Folder.name,
        "parent": Folder.parent_id,
        "created_at": Folder.created_at,
        "updated_at": Folder.updated_at,
    },
    read=policy.read,
    sort=("parent",),
    links={"parent": One(lambda: folders), "folders": Many(lambda: folders, Folder.parent_id)},
)
