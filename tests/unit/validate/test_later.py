"""A module that is imported later is the module itself as soon as something in it is asked for."""

import subprocess
import sys


def run(program: str) -> str:
    """What a program prints, in a process of its own: what is imported there does not change this one."""
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.strip()


def test_a_module_comes_with_its_first_use() -> None:
    said = run(
        "import sys\n"
        "from pipelines.validate.later import Later, import_later\n"
        "import_later('colorsys')\n"
        "import colorsys\n"
        "print(isinstance(sys.modules['colorsys'], Later), colorsys.rgb_to_hsv(0, 0, 0), isinstance(sys.modules['colorsys'], Later))\n"
        "import colorsys as again\n"
        "print(again.__file__ is not None)\n"
    )
    assert said.splitlines() == ["True (0.0, 0.0, 0) False", "True"]


def test_a_module_that_is_there_already_stays() -> None:
    said = run(
        "import colorsys, sys\nfrom pipelines.validate.later import import_later\nimport_later('colorsys')\nprint(sys.modules['colorsys'] is colorsys)\n"
    )
    assert said == "True"


def test_great_expectations_comes_without_the_statistics_that_no_check_needs_and_finds_them_when_asked() -> None:
    said = run(
        "import sys\n"
        "from pipelines.validate.runner import import_library\n"
        "import_library()\n"
        "from great_expectations.expectations.core import expect_column_kl_divergence_to_be_less_than as divergence\n"
        "print('scipy.stats._stats_py' in sys.modules, round(divergence.stats.entropy([0.5, 0.5], [0.25, 0.75]), 3), 'scipy.stats._stats_py' in sys.modules)\n"
    )
    assert said == "False 0.144 True"
