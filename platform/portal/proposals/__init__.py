"""From the stored document of a proposal to what a page draws: the same for portal and admin."""
