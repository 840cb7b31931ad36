"""The command line: one file for each command; flags in, text out.

A file has the name of its command, `_` for `-`; those of a command of commands lie in a folder of its name, beside the
`table` of them. Of what is only part of a command the name says so: `run_flags`, `audit/text`. What all commands share
begins with `command_`.
"""
