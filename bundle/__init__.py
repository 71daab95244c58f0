"""The offline package: wheels for Linux and Windows with what installs them, in one zip."""
