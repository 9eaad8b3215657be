"""What frameworks' layers start with when nobody says anything: one module of rules a framework.

A rule names a scheme of the catalogue with its parameters, so that the reply tells what the default is. Each module
says of which version of the framework its rules are; a tensor stays what it is when a later version starts otherwise.
"""
