"""How each transaction of a run begins."""

from audit.services import Actor
from dispatch.leases import Lease
from workflows.errors import RunMoved
from workflows.models import Run, RunStatus


def hold(run: Run, lease: Lease, *, progress: bool = True) -> None:
    """The lease is ours, and nobody has cancelled the run meanwhile; both are locked until the commit.

    A commit that is made again at each attempt is no `progress`. Raises LeaseLost, RunMoved.
    """
    lease.hold(progress=progress)
    status = Run.objects.select_for_update().values_list("status", flat=True).get(pk=run.pk)
    if status != RunStatus.RUNNING:
        raise RunMoved(status)


def actor_of(run: Run) -> Actor:
    """A run, as the one who acts."""
    return Actor("run", str(run.pk))
