"""What HTTP shows of boxes."""

from app.computed import box as computed
from app.core.views import View
from app.models.box import Box
from app.policies import box as policy

boxes = View(
    Box,
    name="box",
    fields={
        "id": Box.id,
        "width": Box.width,
        "height": Box.height,
        "price": Box.price,
        "pieces": Box.pieces,
        "area": computed.area,
        "total": computed.total,
        "number": computed.number,
        "weight": computed.weight,
        "is_old": computed.is_old,
        "is_large": computed.is_large,
        "created_at": Box.created_at,
        "updated_at": Box.updated_at,
    },
    read=policy.read,
)
