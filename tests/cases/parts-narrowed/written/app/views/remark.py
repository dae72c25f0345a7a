"""What HTTP shows of remarks: whoever may read a case may read them."""

from app.core.views import View
from app.models.remark import Remark
from app.policies import remark as policy

remarks = View(
    Remark,
    name="remark",
    fields={
        "id": Remark.id,
        "text": Remark.text,
        "open": Remark.open,
        "created_at": Remark.created_at,
        "updated_at": Remark.updated_at,
    },
    read=policy.read,
    narrow=policy.narrow,
)
