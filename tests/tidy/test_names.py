"""A name with a dimension carries its unit, last; what a package shows is documented."""

import ast
import inspect

import pytest
from tests.tidy.repository import SOURCE, files, name_of, packages, syntax

DIMENSION_TEXT = """
position positions velocity velocities acceleration speed speeds range ranges azimuth azimuths elevation elevations
altitude altitudes height heights latitude longitude lat lon bearing heading apogee perigee downrange distance mass
thrust duration latency frequency intensity pressure temperature wavelength
"""
UNIT_TEXT = """
m km ft m2 km2 m3 mps kmps mps2 mps3 s s2 ms us ns min h hours days hz mhz rad rad2 radps radpday mrad urad deg sr kg
kg2 n pa k w j db dbsm percent
"""
# A dimension word that is not a quantity here: `range_count`, `altitude_index`, `range_rate_cov`, `is_range_known`
ATTRIBUTE_TEXT = """
count index id ids name kind kinds cov covs matrix model table text label class mask column columns weight weights
probability probabilities rng ratio factor fraction key scale share
"""
DIMENSIONS, UNITS, ATTRIBUTES = (frozenset(text.split()) for text in (DIMENSION_TEXT, UNIT_TEXT, ATTRIBUTE_TEXT))


# `altitudes: tuple[AltitudeReading, ...]` are things that carry their own units; numbers and arrays are not
NUMBER_TEXT = "float int None tuple list Sequence Iterable Scalar Vec3 Rows np ndarray Annotated Parameter"
NUMBERS = frozenset(NUMBER_TEXT.split())


def has_its_unit(name: str) -> bool:
    words = name.strip("_").lower().split("_")
    if not DIMENSIONS.intersection(words) or words[0] in {"is", "has", "may", "log", "spread", "back"}:
        return True  # a truth, a logarithm, a relative spread and a share of thrust (back pressure) have no unit
    return words[-1] in UNITS or words[-1] in ATTRIBUTES


def is_number(annotation: ast.expr | None) -> bool:
    names = {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)} if annotation else set()
    return names <= NUMBERS


def stated_names(tree: ast.Module):
    """Parameters of public functions and methods, and the fields of public classes.

    Kernels are left out: they transcribe formulas, in the letters of the paper, with units in the docstring.
    """
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for item in node.body:
                if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and is_number(item.annotation):
                    yield item.lineno, item.target.id
                yield from parameters(item)
        yield from parameters(node)


def parameters(node: ast.stmt):
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    if node.name.startswith("_") or node.name.endswith("_kernel"):
        return
    for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
        if is_number(argument.annotation):
            yield argument.lineno, argument.arg


@pytest.mark.parametrize("name", ["position_itrf", "range", "sigma_range", "min_elevation", "launch_lat"])
def test_the_rule_notices_a_missing_unit(name):
    assert not has_its_unit(name)


@pytest.mark.parametrize("name", ["position_itrf_m", "range_rate_mps", "state_itrf", "intensity_w_sr", "range_count"])
def test_the_rule_lets_a_good_name_pass(name):
    assert has_its_unit(name)


def test_every_name_with_a_dimension_carries_its_unit():
    allowed = {"speed"}  # `--speed 10`: how many times faster than life a replay runs
    bare = [
        f"{name_of(path)}:{line}: {name}"
        for path in files(".py", under=SOURCE)
        for line, name in stated_names(syntax(path))
        if not has_its_unit(name) and not (path.is_relative_to(SOURCE / "doors") and name in allowed)
    ]
    assert not bare, "\n".join(bare)


@pytest.mark.parametrize("package", packages(), ids=lambda package: package.__name__)
def test_what_a_package_shows_is_there_and_documented(package):
    assert package.__doc__, f"{package.__name__} says nothing about itself"
    shown = list(getattr(package, "__all__", ()))
    assert len(shown) == len(set(shown)), "shown twice"
    undocumented = []
    for name in shown:
        thing = getattr(package, name)
        speaks = inspect.isfunction(thing) or inspect.isclass(thing)
        if speaks and not (thing.__doc__ or "").strip():
            undocumented.append(name)
        if inspect.isclass(thing) and (thing.__doc__ or "").startswith(f"{thing.__name__}("):
            undocumented.append(name)  # only the signature that dataclass wrote
    assert undocumented == []
