"""A copy of everything that cannot be typed again, and the way back from it.

`making` writes a backup, `restoring` checks one and puts it into an empty place, `databases` knows the two engines,
`manifest` says what belongs to a backup. Called by the commands `backup`, `check_backup` and `restore` only.

What must stay true: a backup has its name only when it is whole; it is the database as it was at one moment and exactly
the files that this database speaks of (database first, then files: bytes are never replaced or deleted); nothing is
ever restored over data that are there. No key of the installation and no session is in it.
"""
