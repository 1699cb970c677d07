"""The commands of ``kb``, by what one does with them: reading, writing, indexing, measuring.

A command imports what it starts inside itself, so that ``kb --help`` and ``kb lint`` need no index,
no encoder and no server.
"""
