"""What nobody has looked at since is not weighed again."""

from vedette.assessment.candidates.dossier import Basis


def test_only_the_same_looks_fit_and_sky_are_the_same_basis():
    fit, sky = object(), object()
    one = Basis(12, 1_000, fit, sky)
    assert one.is_that_of(Basis(12, 1_000, fit, sky))
    others = (None, Basis(13, 1_000, fit, sky), Basis(12, 2_000, fit, sky), Basis(12, 1_000, None, sky),
              Basis(12, 1_000, fit, object()))  # fmt: skip
    assert not any(one.is_that_of(other) for other in others)
