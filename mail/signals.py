"""What other floors hear of."""

from django.dispatch import Signal

# A message was read and stored. Sent inside the transaction that stores it: a receiver that fails undoes it, and the
# message is read again later. Arguments: message_id and thread_id (UUID); automatic: no person waits for an answer;
# own: it comes from an address of this tenant; unreadable: only a person can tell what it says.
message_received = Signal()

# A person answers a conversation, or takes it over: what the AI has open in it ends, in the same transaction.
# Arguments: thread_id (UUID); actor: who does; reason: "by_hand", "taken_over", or "answered" when what they wrote has
# left: what the AI has drafted meanwhile did not know of it.
person_stepped_in = Signal()
