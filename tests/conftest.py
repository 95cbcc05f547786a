"""What several folders of tests share: the forges of the contract suite, for whoever asks for one by name."""

from tests.contract.conftest import forge, lacking, needs

__all__ = ["forge", "lacking", "needs"]
