"""The orbit watch: several objects side by side, fits only when they are worth it, and letting go."""

import numpy as np
from tests.tracking.geos3 import KAENA, head, looks

from vedette.assessment.orbit_watch import OrbitWatch
from vedette.reports import FindingKind


def test_objects_do_not_mix_and_are_forgotten():
    watch = OrbitWatch({"kaena": KAENA})
    assert watch.consider("O1", looks(3)) == () and watch.summary("O1") is None and watch.predict("O1", 0) is None
    kinds = [finding.kind for finding in watch.consider("O1", looks(10))]
    assert kinds == [FindingKind.ORBIT, FindingKind.CLASSIFIED]
    (other,) = (f for f in watch.consider("O2", looks(12)) if f.kind is FindingKind.ORBIT)
    assert (
        other.object_id == "O2" and other.data["looks"] == 12 and watch.assessment("O1").fit.residuals.shape == (10, 4)
    )
    watch.forget("O1")
    assert watch.assessment("O1") is None and watch.summary("O2").sensors == ("kaena",)


def test_a_fit_is_made_when_the_looks_have_grown_by_a_fifth_and_at_the_end():
    watch, whole = OrbitWatch({"kaena": KAENA}), looks()
    fitted = []
    for n in range(4, 47):
        watch.consider("O1", head(whole, n))
        fitted.append(len(watch.assessment("O1").fit.residuals))
    assert sorted(set(fitted)) == [4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 18, 22, 27, 33, 40]
    (final,) = watch.consider("O1", whole, is_final=True)
    assert final.data["looks"] == 46 and "final" in final.text
    assert watch.consider("O1", whole, is_final=True) == ()


def test_an_orbit_is_summarised_once_and_anew_when_there_is_a_newer_one():
    watch, whole = OrbitWatch({"kaena": KAENA}), looks()
    watch.consider("O1", head(whole, 10))
    first = watch.summary("O1")
    assert watch.summary("O1") is first and watch.summary("O1", ("kaena", "other")) != first
    watch.consider("O1", head(whole, 11))
    second = watch.summary("O1")
    assert second is not first and second.state != first.state
    anew = OrbitWatch({"kaena": KAENA})
    for n in (10, 11):
        anew.consider("O1", head(whole, n))
    assert anew.summary("O1") == second


def test_the_order_of_the_looks_is_irrelevant():
    whole = looks(14)
    shuffled = np.random.default_rng(1).permutation(14)
    from dataclasses import replace

    names = ("sensor_index", "kind_code", "t_measured_tai_ns", "values", "sigmas", "sensor_positions_itrf_m")
    mixed = replace(whole, **{name: getattr(whole, name)[shuffled] for name in names})
    one, two = OrbitWatch({"kaena": KAENA}), OrbitWatch({"kaena": KAENA})
    assert [f.text for f in one.consider("O1", whole)] == [f.text for f in two.consider("O1", mixed)]
