"""What happens when posts are made and changed: the place for hand-written rules."""

from apps.core.changes import Change
from apps.core.forms import Form, Linked
from apps.posts.models import PostTags
from apps.posts.serializers import PostCreate, PostRead, PostReplace, PostUpdate
from apps.tags.serializers import TagRead

FORM = Form(PostRead.rows, links={"tags": Linked(TagRead.rows, PostTags, "post_id", "tag_id")})


def create(change: Change, body: PostCreate) -> None:
    """Make a post."""
    change.insert(FORM, body)


def update(change: Change, body: PostUpdate | PostReplace) -> None:
    """Change a post."""
    change.update(FORM, body)


def delete(change: Change) -> None:
    """Delete a post."""
    change.delete()
