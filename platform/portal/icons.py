"""Which icon stands for what, where a template does not name it itself (lucide's names)."""

FOR_SOURCE = {
    "message": "mail",
    "listing": "house",
    "contact": "contact",
    "calendar": "calendar",
    "knowledge": "book-open",
    "action": "list-checks",
    "person": "user",
}
FOR_ACTION = {
    "mail.send_reply": "reply",
    "crm.upsert_contact": "users",
    "crm.upsert_enquiry": "message-circle-question-mark",
    "crm.create_task": "list-checks",
    "crm.book_appointment": "calendar-check",
}
FOR_RECORD = {
    "contact": "users",
    "listing": "house",
    "enquiry": "message-circle-question-mark",
    "task": "list-checks",
    "appointment": "calendar",
    "document": "book-open",
    "run": "list-tree",
    "message": "mail",
}
FOR_STATUS = {
    # approvals
    "pending": "circle-alert",
    "asked": "message-circle-question-mark",
    "approved": "check",
    "executing": "hourglass",
    "executed": "check",
    "rejected": "x",
    "expired": "clock",
    "withdrawn": "circle-minus",
    "stale": "triangle-alert",
    "taken_back": "undo-2",
    "failed": "circle-x",
    # runs and their steps
    "queued": "clock",
    "running": "loader-circle",
    "waiting": "hourglass",
    "retrying": "clock",
    "succeeded": "check",
    "skipped": "circle-minus",
    "cancelled": "x",
    # effects
    "held": "hourglass",
    "intended": "send",
    "done": "check",
    "stopped": "circle-minus",
    "unknown": "message-circle-question-mark",
    "undoing": "undo-2",
    "undone": "undo-2",
    "undo_failed": "circle-x",
    "undo_incomplete": "circle-x",
}
IN_TABLES = {*FOR_SOURCE.values(), *FOR_ACTION.values(), *FOR_RECORD.values(), *FOR_STATUS.values()}
