"""What telling people leaves in the ledger: which email, never to whom or what it says."""

from audit.registry import register

register("email.queued", "An email to a colleague was written", {"purpose"})
register("email.sent", "The mail server took over an email to a colleague", {"purpose"})
register("email.kept", "An email to a colleague was kept, since no mail server is set", {"purpose"})
register("email.failed", "An email to a colleague could not be sent", {"purpose"})
register("webhook.added", "A webhook was added", {"types", "kind"})
register("webhook.deleted", "A webhook was deleted", set())
register("webhook.switched_on", "A webhook was switched on", set())
register("webhook.switched_off", "A webhook was switched off", set())
register("webhook.tested", "A test was sent to a webhook", set())
register("webhook.delivered", "A webhook was delivered", set())
register("webhook.given_up", "A webhook could not be delivered", set())
register("webhook.resent", "A webhook is sent once more", set())
register("notices.chosen", "A person chose how often they are emailed about what waits", {"pace"})
