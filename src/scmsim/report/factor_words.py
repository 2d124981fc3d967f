"""What the factors of an experiment are called: their paths without the words that every path has."""

from collections import Counter
from collections.abc import Sequence

STRUCTURE = frozenset({"nodes", "stock", "policy", "lanes", "products"})


def called(paths: Sequence[str]) -> dict[str, str]:
    """Give every path the short name that it has in figures and tables; paths that would share one keep their own.

    Examples
    --------
    >>> called(["nodes.shop.stock.tea.policy.target", "run.seed"])
    {'nodes.shop.stock.tea.policy.target': 'shop · tea · target', 'run.seed': 'run · seed'}
    >>> called(["nodes.stock", "nodes.policy"])
    {'nodes.stock': 'nodes.stock', 'nodes.policy': 'nodes.policy'}
    """
    short = {path: " · ".join(part for part in path.split(".") if part not in STRUCTURE) or path for path in paths}
    uses = Counter(short.values())
    return {path: name if uses[name] == 1 else path for path, name in short.items()}
