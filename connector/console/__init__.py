"""The console: pages for people and an interface for programs, in a process of its own.

It shares the store with the daemon, and nothing else: it knows no secret of any system and can
call none (`App.open(apart=True)`). Whatever it does it does by the façade, in the name of whoever
is logged in, through the table of who may do what.
"""
