"""The embedded services, and the one supervisor that starts, watches and stops every process.

Imports no other package of Countersign, so that it works before there is a database to ask.
"""
