"""A model that obeys whatever a stranger's mail orders, and what it then brings about: nothing outside the policy.

`strings.jsonl` holds the attacks of AgentDojo 0.1.35 (MIT, © 2024 Edoardo Debenedetti and others) and of spikee 0.9.2
(Apache-2.0, Reversec), taken from their packages, each template filled in; their licences stand in `LICENCES/`. The
rest, in `mails.py`, are our own. `make hostile` plays all of them, the suite every fortieth and all of our own.
"""
