"""Pure guards for files that come from outside: names, types, archives, secrecy marks, workbooks.

Nothing here touches a model, a setting or the network. Every guard is one small named function, called
through its module, and refuses with ``FileRefused``.
"""
