"""What people's accounts leave in the ledger."""

from audit.registry import register

register("person.added", "A person was added", {"role"})
register("person.erased", "The name and the address of a former colleague were erased", {"counts"})
register("person.changed", "A person's account was changed", {"fields"})
register("person.role_changed", "A person's role was changed", {"role", "former"})
register("person.second_factor_on", "A person switched on a second factor")
register("person.second_factor_off", "A person's second factor was switched off")
register("person.recovery_codes_renewed", "A person made new recovery codes")
register("person.signed_in", "A person signed in", {"second_factor"})
register("person.recovery_code_used", "A person signed in with a recovery code")
register("person.password_link_made", "A person was given a link to a new password")
register("invitation.sent", "Somebody was invited", {"role"})
register("invitation.resent", "An invitation was sent again, with another link")
register("invitation.withdrawn", "An invitation was withdrawn")
register("invitation.accepted", "An invitation was taken up", {"role"})
