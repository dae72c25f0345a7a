"""What happens when posts are made and changed: the place for hand-written rules."""

from app.core.changes import Change
from app.core.forms import Form, Linked
from app.models.post import post_tags
from app.schemas.post import PostCreate, PostReplace, PostUpdate
from app.views.post import posts
from app.views.tag import tags

FORM = Form(posts, links={"tags": Linked(tags, post_tags.c.post_id, post_tags.c.tag_id)})


async def create(change: Change, body: PostCreate) -> None:
    """Make a post."""
    await change.insert(FORM, body)


async def update(change: Change, body: PostUpdate | PostReplace) -> None:
    """Change a post."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Delete a post."""
    await change.delete()
