"""`/problems`: what the `type` of a problem document stands for."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.exceptions import HTTPException

from service.problems.types import PROBLEM_TYPES


class KindReply(BaseModel):
    """A type of problem."""

    type: str
    title: str
    status: int
    description: str


async def get_problem(slug: str) -> KindReply:
    """Describe what the `type` of a problem document stands for."""
    problem_type = PROBLEM_TYPES.get(slug)
    if problem_type is None:
        raise HTTPException(404, f"no type of problem is called {slug!r}; there are {', '.join(PROBLEM_TYPES)}")
    return KindReply(
        type=f"/problems/{slug}",
        title=problem_type.title,
        status=problem_type.status,
        description=problem_type.description,
    )
