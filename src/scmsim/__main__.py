"""``python -m scmsim``: the command line without its script."""

from scmsim.cli.main import main

if __name__ == "__main__":
    main()
