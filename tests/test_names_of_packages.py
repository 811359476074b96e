"""The package under its own name is the package."""

import kg
import stemkg


def test_the_name_in_package_indexes_gives_the_same_functions() -> None:
    assert set(stemkg.__all__) == set(kg.__all__)
    assert all(getattr(stemkg, name) is getattr(kg, name) for name in kg.__all__)
