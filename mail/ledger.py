"""What mail leaves in the ledger: ids, states and digests, never what a mail says or who wrote it."""

from audit.registry import register

READ = {"thread", "flags", "spf", "dkim", "dmarc", "attachments"}

register("mail.received", "A message was received and stored", {"size", "sha256"})
register("mail.parsed", "A message was read", READ)
register("mail.unreadable", "A message could not be read and needs a person", READ)
register("reply.held", "A reply was written and is held", {"thread", "text_sha256", "recipients_sha256", "release_at"})
register("reply.stopped", "A held reply was stopped before it left", {"thread"})
register("reply.sending", "A reply is being handed to the mail server", {"thread"})
register("reply.sent", "The mail server took over a reply", {"thread"})
register("reply.kept", "A reply was kept in the outbox, since no mail server is set", {"thread"})
register("reply.unknown", "Whether the mail server took over a reply is not known", {"thread"})
register("thread.taken_over", "A person took over a conversation: the AI is silent in it")
register("thread.given_back", "A conversation was given back to the AI")
register("thread.assigned", "A conversation was assigned", {"assignee"})
register("thread.noted", "A note was left for colleagues on a conversation", {"note"})
register("reply.failed", "The mail server refused a reply", {"thread"})
