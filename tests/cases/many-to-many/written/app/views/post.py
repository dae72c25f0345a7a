"""What HTTP shows of posts."""

from app.core.views import ManyToMany, View
from app.models.post import Post, post_tags
from app.policies import post as policy
from app.views import tag

posts: View = View(
    Post,
    name="post",
    fields={"id": Post.id, "title": Post.title, "created_at": Post.created_at, "updated_at": Post.updated_at},
    read=policy.read,
    links={"tags": ManyToMany(lambda: tag.tags, post_tags.c.post_id, post_tags.c.tag_id)},
)
