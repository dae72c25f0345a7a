"""What HTTP shows of logs."""

from app.core.views import View
from app.models.log import Log
from app.policies import log as policy

logs = View(
    Log,
    name="log",
    fields={
        "id": Log.id,
        "level": Log.level,
        "source": Log.source,
        "at": Log.at,
        "created_at": Log.created_at,
        "updated_at": Log.updated_at,
    },
    read=policy.read,
    sort=("level", "source"),
)
