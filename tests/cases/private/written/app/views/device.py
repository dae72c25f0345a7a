"""What HTTP shows of devices."""

from app.core.views import View
from app.models.device import Device
from app.policies import device as policy

devices = View(
    Device,
    name="device",
    fields={"id": Device.id, "name": Device.name, "created_at": Device.created_at, "updated_at": Device.updated_at},
    read=policy.read,
)
