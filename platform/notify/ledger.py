"""What telling people leaves in the ledger: which email, never to whom or what it says."""

from audit.registry import register

register("email.queued", "An email to a colleague was written", {"purpose"})
register("email.sent", "The mail server took over an email to a colleague", {"purpose"})
register("email.kept", "An email to a colleague was kept, since no mail server is set", {"purpose"})
register("email.failed", "An email to a colleague could not be sent", {"purpose"})
