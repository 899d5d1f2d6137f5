"""Overviews of an opened session that has none: built in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..recordings.progress import Progress
from ..sources.language import tr
from .jobs import Job, Jobs

if TYPE_CHECKING:
    from ..recordings.session import Session

SHORTEST_S = 30.0


def build_in_background(jobs: Jobs, session: Session) -> Job | None:
    """Begin to build what overviews a session lacks; None where there is nothing to do. Any thread may call it.

    Nothing is built of a session behind a URL, which cannot be written and would have to be read whole, nor of one
    that is shorter than half a minute, whose samples are looked at as quickly. Streams that are open use the new ones
    at once.

    Parameters
    ----------
    jobs
        Runs it.
    session
        Open, and open for as long as the work runs.
    """
    from ..recordings.overview_building import build_overviews, without_overview

    if session.url or session.duration_s < SHORTEST_S or not without_overview(session):
        return None

    def work(progress: Progress) -> str:
        build_overviews(session, progress)
        return ""

    return jobs.start(tr("Overview of {name}").format(name=session.path.name), work)
