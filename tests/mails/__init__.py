"""How well the offline provider understands labelled emails; `python -m tests.mails`."""
