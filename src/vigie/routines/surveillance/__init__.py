"""The machine itself, looked at once a day; what is not as it should be is a fact of some danger.

`judging` has the opinion (pure), `duty` looks, remembers what was said, and says what is new. The
one note a day, `machine_checked`, is what a checklist of good practices can be filled from.
"""
