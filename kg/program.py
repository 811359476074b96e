"""The program itself."""


def release() -> str:
    """The version of the program."""
    from importlib.metadata import version  # as slow to import as a short command is altogether

    return version("stemkg")
